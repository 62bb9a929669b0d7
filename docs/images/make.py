"""Makes the pictures of the README from a running server: ``python docs/images/make.py http://127.0.0.1:8000/``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent


def main(address: str) -> None:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1000, "height": 760}, device_scale_factor=1)
        page.goto(address)
        page.get_by_label("Your question").fill("what does it feel like?")
        page.keyboard.press("Enter")
        page.locator("mark").first.wait_for()
        page.wait_for_timeout(1500)  # until it has scrolled
        page.screenshot(path=HERE / "answer.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
