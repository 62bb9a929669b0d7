"""Makes the pictures of the README from a running server: ``python docs/images/make.py http://127.0.0.1:8000/``."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "tests"))

from browsers import chromium  # noqa: E402 - the tests' browser must be found first


def main(address: str) -> None:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1000, "height": 760}, device_scale_factor=1)
        page.goto(address)
        page.get_by_label("Your question").fill("what does it feel like?")
        page.keyboard.press("Enter")
        page.locator("mark").first.wait_for()
        page.wait_for_timeout(1500)  # until it has scrolled
        page.screenshot(path=HERE / "answer.png")


if __name__ == "__main__":
    main(sys.argv[1])
