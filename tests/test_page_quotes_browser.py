"""With JavaScript and without it, on the page and in the widget's frame, a quote reads the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import article_text, write_corpus
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_cases import CASES, quotes
from playwright.sync_api import Browser, Page, expect

from web import create_app
from web.quotes import line_html, quote_html

pytestmark = pytest.mark.browser

BODY = """## A *samovar* &amp; its lid

A **samovar** is [filled *from* the \\[top\\]](https://example.org/a?b=1&c=2), 2 * 3 * 4 cups. `Lids` of
snake_case_size &copy; <img src=x onerror=alert(1)> go [on](javascript:alert(2)).
"""
SHOWN = (
    "A samovar is filled from the [top], 2 * 3 * 4 cups. Lids of snake_case_size © <img src=x onerror=alert(1)> go on."
)
COMPARE = """cases => cases.map(([text, highlights, server]) => {
    const [told, made] = [document.createElement("blockquote"), quoteBody(text, highlights, "en")];
    told.innerHTML = server;
    return [made.innerHTML, told.innerHTML];
})"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, build: Callable[..., Any]) -> Iterator[str]:
    """The address of a chat over one article that is full of marks."""
    from werkzeug.serving import make_server

    folder: Path = tmp_path_factory.mktemp("marks")
    corpus = write_corpus(folder / "corpus", samovars=article_text(BODY))
    build(corpus, folder / "var")
    server = make_server("127.0.0.1", 0, create_app(corpus, folder / "var"), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(address)
    yield page
    page.close()


def compare(page: Page, cases: list[tuple[str, list[list[int]]]]) -> None:
    sent = [[text, highlights, str(quote_html(text, highlights))] for text, highlights in cases]
    for case, (browser, server) in zip(cases, page.evaluate(COMPARE, sent), strict=True):
        assert browser == server, case


def test_nasty_quotes_are_shown_alike_wherever_the_highlight_begins(page: Page) -> None:
    ends = [(text, start, end) for text in CASES for start in range(len(text)) for end in (start + 1, start + 7, 999)]
    compare(page, [(text, [[start, min(end, len(text))]]) for text, start, end in ends])


@settings(max_examples=30)
@given(cases=st.lists(quotes(), min_size=20, max_size=60))
def test_any_quote_is_shown_alike(page: Page, cases: list[tuple[str, list[list[int]]]]) -> None:
    compare(page, cases)


@settings(max_examples=20)
@given(cases=st.lists(st.text(max_size=60), min_size=20, max_size=60))
def test_any_text_at_all_is_shown_alike(page: Page, cases: list[str]) -> None:
    compare(page, [(text, [[0, len(text) // 2]]) for text in cases])


def test_every_named_character_is_known_to_both(page: Page) -> None:
    from html.entities import html5

    compare(page, [(f"a&{name.rstrip(';')};b", []) for name in html5])


def test_headings_are_shown_alike(page: Page) -> None:
    told = (
        "lines => lines.map(line =>"
        " { const p = document.createElement('p'); p.append(...lineOf(line)); return p.innerHTML })"
    )
    lines = [text for text in CASES if "\n" not in text and "\r" not in text]
    server = (
        "pages => pages.map(page => { const p = document.createElement('p'); p.innerHTML = page; return p.innerHTML })"
    )
    assert page.evaluate(told, lines) == page.evaluate(server, [str(line_html(line)) for line in lines])


@pytest.mark.parametrize("path", ["/", "/embed"])
def test_an_answer_reads_the_same_with_and_without_javascript(browser: Browser, address: str, path: str) -> None:
    seen = []
    for script in (True, False):
        context = browser.new_context(java_script_enabled=script)
        context.set_default_timeout(20_000)
        page = context.new_page()
        trouble: list[str] = []
        page.on("dialog", lambda dialog, trouble=trouble: (trouble.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error, trouble=trouble: trouble.append(str(error)))
        page.goto(address + path)
        page.fill("#question", "How is a samovar filled?")
        shown = page
        if not script and path == "/embed":
            with context.expect_page() as opened:
                page.click("#send")
            shown = opened.value
        else:
            page.click("#send")
        quote = shown.locator(".turn .answer blockquote")
        expect(quote).to_have_text(SHOWN)
        expect(quote.locator("strong")).to_have_text("samovar")
        expect(quote.locator("a")).to_have_attribute("href", "https://example.org/a?b=1&c=2")
        expect(quote.locator("a")).to_have_attribute("target", "_blank")
        expect(quote.locator("a")).to_have_attribute("rel", "noopener noreferrer")
        expect(quote.locator("img, script")).to_have_count(0)
        expect(shown.locator(".turn .section")).to_have_text("A samovar & its lid")
        seen.append((quote.inner_html(), quote.inner_text(), shown.locator(".turn .section").inner_html()))
        assert trouble == []
        context.close()
    assert seen[0] == seen[1]


def test_what_is_copied_and_announced_are_the_plain_words(browser: Browser, address: str) -> None:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address)
    page.fill("#question", "How is a samovar filled?")
    page.click("#send")
    expect(page.locator("#status")).to_contain_text("A samovar is filled from the [top]")
    assert "**" not in page.locator("#status").inner_text()
    page.click("#copy")
    expect(page.locator("#copy")).not_to_have_text("Copy")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert SHOWN in copied
    assert "example.org" not in copied.split(SHOWN)[0]
    context.close()


def test_a_list_is_copied_as_lines_with_its_marks(page: Page) -> None:
    text = (
        "Before *you* pour:\n\n- Warm the **pot**\n  - or [cup](tel:1)\n\n    now\n2. Count\n   to ten\n\nThat is\nall."
    )
    assert page.evaluate("text => quoteWords(text)", text) == (
        "Before you pour:\n\n- Warm the pot\n  - or cup now\n2. Count to ten\n\nThat is all."
    )
    places = [[text.index(words), text.index(words) + len(words)] for words in ("*you* pour", "the **po")]
    assert page.evaluate("([text, places]) => heardWords(text, places)", [text, places]) == "you pour the po"
