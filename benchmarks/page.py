"""How soon a visitor on a slow telephone sees the chat page, and the first answer; and how much travels for it.

A real server and a real Chromium that is slowed down to a telephone on a slow 4G connection (150 ms to and fro,
1.6 Mbit/s down, 0.75 up, the processor four times as slow: what Lighthouse takes for mobile). A first visit, a
question, and a second visit with what the browser kept.

.venv/bin/python benchmarks/page.py [--var var] [--runs 5]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, Page
from throughput import ROOT, serving

sys.path.insert(0, str(ROOT / "tests"))

from browsers import chromium

SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SLOWER = 4
QUESTION = "what does it feel like?"
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
TRAVELLED = """[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, entry) => sum + entry.transferSize, 0)"""


def opened(page: Page, url: str) -> tuple[float, float]:
    """Open the page on the slow telephone: milliseconds to the first paint of words, and kilobytes that travelled."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(url, wait_until="networkidle")
    return page.evaluate(PAINTED), page.evaluate(TRAVELLED) / 1000


def visit(browser: Browser, url: str) -> dict[str, float]:
    """One visitor, who asks, and comes back."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = context.new_page()
    paint, kilobytes = opened(page, url)
    page.fill("#question", QUESTION)
    began = time.perf_counter()
    page.press("#question", "Enter")
    page.locator(".turn mark").first.wait_for()
    answer = (time.perf_counter() - began) * 1000
    again = context.new_page()
    second, kept = opened(again, url)
    context.close()
    return {"first visit, first paint, ms": paint, "first visit, kB": kilobytes, "question to answer, ms": answer,
            "second visit, first paint, ms": second, "second visit, kB": kept}  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    options.add_argument("--var", type=Path, default=ROOT / "var")
    options.add_argument("--runs", type=int, default=5)
    chosen = options.parse_args()
    with serving(chosen.corpus, chosen.var) as (host, port, _), chromium() as browser:
        rows = [visit(browser, f"http://{host}:{port}/") for _ in range(chosen.runs)]
    for name in rows[0]:
        values = [row[name] for row in rows]
        print(f"{name:32}{statistics.median(values):8.0f} ({min(values):.0f} to {max(values):.0f})")


if __name__ == "__main__":
    main()
