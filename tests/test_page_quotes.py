"""A visitor reads an author's words without the marks around them, and nothing that an author writes can run."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from markdown_cases import CASES, lines, quotes
from markdown_it import MarkdownIt
from markdown_it.token import Token

from web.quotes import line_html, quote_html

_TAG = re.compile(
    r'</?(?:p|em|strong|code|mark|ul|ol|li|br)>|<ol start="\d+">|</a>'
    r'|<a href="(?:https?:|mailto:|tel:|sms:)[^"]*" rel="noopener noreferrer"(?: target="_blank")?>'
)


class _AnyLink(MarkdownIt):
    """markdown-it that takes every address for a link: here, a link that could do harm keeps its words alone."""

    def validateLink(self, url: str) -> bool:
        del url
        return True


def _alternative(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return str(self.renderInline(tokens[at].children or [], options, env))


reference = _AnyLink("commonmark", {"html": False})
reference.add_render_rule("image", _alternative)


def words_of(page: str) -> str:
    """The words of the page, a space for every break and between blocks."""
    parted = re.sub(r"<br ?/?>|</?(?:p|li|ul|ol)\b[^>]*>", " ", page)
    return re.sub(r"[ \t\r\n]+", " ", html.unescape(re.sub(r"</?[a-z][^>]*>", "", parted))).strip()


def structure(page: str) -> str:
    """The page without links and breaks, in which the two may differ."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"</?a\b[^>]*>", "", re.sub(r"<br ?/?>", " ", page)))).strip()


@pytest.mark.parametrize("text", CASES)
def test_the_words_are_shown_without_their_marks(text: str) -> None:
    assert words_of(quote_html(text, [])) == CASES[text]


@given(text=lines)
def test_a_line_is_read_as_markdown_says(text: str) -> None:
    assume(text == text.strip() and "![" not in text)
    assert structure(line_html(text)) == structure(reference.renderInline(text))


@given(quote=quotes())
def test_only_the_few_elements_of_a_quote_ever_stand_in_it(quote: tuple[str, list[list[int]]]) -> None:
    page = quote_html(*quote)
    assert "<" not in _TAG.sub("", page)
    assert page.count("<mark>") == page.count("</mark>")
    assert words_of(page) == words_of(quote_html(quote[0], []))


@pytest.mark.parametrize(
    ("text", "highlight", "shown"),
    [
        ("a **bold word** here", "word** here", "<p>a <strong>bold <mark>word</mark></strong><mark> here</mark></p>"),
        ("one *two* three", "one *two*", "<p><mark>one </mark><em><mark>two</mark></em> three</p>"),
        ("Tom &amp; Ann", "p; A", "<p>Tom <mark>&amp; A</mark>nn</p>"),
        (r"2 \* 3", r"\* 3", "<p>2 <mark>* 3</mark></p>"),
        ("a [b](tel:1) c", "](tel:1) c", '<p>a <a href="tel:1" rel="noopener noreferrer">b</a><mark> c</mark></p>'),
        ("a [bc](https://x.example) d", "c](h",
         '<p>a <a href="https://x.example" rel="noopener noreferrer" target="_blank">b<mark>c</mark></a> d</p>'),
        ("one\ntwo *three*", "one\ntwo", "<p><mark>one two</mark> <em>three</em></p>"),
        ("😀 *é* x", "é", "<p>😀 <em><mark>é</mark></em> x</p>"),
    ],
)  # fmt: skip
def test_a_highlight_stays_at_its_words(text: str, highlight: str, shown: str) -> None:
    start = text.index(highlight)
    assert quote_html(text, [[start, start + len(highlight)]]) == shown


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "java&#115;cript:x", "data:text/html,x", "vbscript:x", "//x.example",
     "/staff", "#x", "&#1;javascript:x", "blob:x", '"onclick=alert(1)', ""],
)  # fmt: skip
def test_a_link_elsewhere_than_to_a_site_or_a_line_keeps_its_words_alone(address: str) -> None:
    assert quote_html(f"[words]({address})", []) == "<p>words</p>"


def test_an_address_cannot_leave_its_attribute() -> None:
    page = quote_html('[w](https://x.example/"onclick="alert(1)) <https://x.example/"><b>', [])
    assert _TAG.sub("", page) == "w https://x.example/&#34;&lt;b&gt;"
    assert 'href="https://x.example/&#34;onclick=&#34;alert(1)"' in page


def test_long_and_hostile_text_is_read_in_time() -> None:
    for text in (
        "*a " * 999,
        "[" * 3000,
        "[a](" * 5_000,
        "`" * 999 + " `" * 999,
        "_*" * 999,
        "a*_" * 999,
        "<a" * 999,
        "> " * 999,
    ):
        assert words_of(quote_html(text, []))
