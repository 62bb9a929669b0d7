"""A real browser for the tests, and what a visitor does in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium that is on the path, or the one that CHROMIUM names."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail("no Chromium is installed; run: make browser, or leave out: -m 'not browser'", pytrace=False)
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=path, args=flags)
        except Error as error:
            pytest.fail(f"{path} does not start: {error}", pytrace=False)
        yield started
        started.close()


def ask(page: Page, question: str) -> None:
    """Ask on the chat page, and wait for the answer."""
    turns = page.locator(".turn .answer").count()
    page.fill("#question", question)
    page.press("#question", "Enter")
    expect(page.locator(".turn .answer")).to_have_count(turns + 1)
