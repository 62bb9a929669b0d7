"""Typesets an article for reading, with the quoted place marked.

The article's Markdown is parsed without raw HTML and the result is sanitised
again: nothing that stands in an article can run in a visitor's browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from corpus import Article

_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "mark", "ol", "p", "pre",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "mark": {"id"}}
_SCHEMES = {"http", "https", "mailto", "tel", "sms"}
_TEXTS = frozenset({"text", "text_special", "code_inline"})
_parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("text_join")


@dataclass(frozen=True, slots=True)
class _Mark:
    """The place to mark, in characters of the body."""

    start: int
    end: int


def article_html(article: Article, start: int | None = None, end: int | None = None) -> Markup:
    """The article's body as safe HTML, ``body[start:end]`` marked; the first mark has the id "quote".

    A place outside the article marks nothing.
    """
    body = article.body
    tokens = _parser.parse(body)
    for token in tokens:
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"
    if start is not None and end is not None and 0 <= start < end <= len(body):
        _mark(tokens, body, _Mark(start, end))
    _join(tokens)
    html = _parser.renderer.render(tokens, _parser.options, {})
    html = html.replace("<mark>", '<mark id="quote">', 1)
    clean = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer")
    return Markup(clean)  # noqa: S704 - sanitised in the line above


def has_mark(html: Markup) -> bool:
    """Whether a place of the article is marked."""
    return '<mark id="quote">' in html


def _mark(tokens: list[Token], body: str, mark: _Mark) -> None:
    """Put ``<mark>`` around each run of text inside the place; runs never cross another element."""
    starts = [0]
    for line in body.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    place = 0
    for token in tokens:
        if token.type == "inline" and token.map and token.children:
            place = max(place, starts[token.map[0]])
            place = _mark_block(token, body, place, mark)


def _mark_block(token: Token, body: str, place: int, mark: _Mark) -> int:
    """Mark the text of one block, reading along in the body from ``place``; where it ended."""
    children: list[Token] = []
    for child in token.children or []:
        source = child.markup if child.type == "text_special" else child.content
        found = body.find(source, place) if child.type in _TEXTS and source else -1
        if found < 0:
            children.append(child)
            continue
        place = found + len(source)
        children += _pieces(child, found, place, mark)
    token.children = children
    return place


def _join(tokens: list[Token]) -> None:
    """Make plain text of escaped characters: the last step of parsing, put off until the marks stand."""
    for token in tokens:
        for child in token.children or []:
            if child.type == "text_special":
                child.type = "text"


def _pieces(child: Token, start: int, end: int, mark: _Mark) -> Iterator[Token]:
    first, last = max(start, mark.start), min(end, mark.end)
    if first >= last:
        yield child
        return
    whole = child.type != "text"
    if not whole and first > start:
        yield Token("text", "", 0, content=child.content[: first - start])
    yield Token("html_inline", "", 0, content="<mark>")
    yield child if whole else Token("text", "", 0, content=child.content[first - start : last - start])
    yield Token("html_inline", "", 0, content="</mark>")
    if not whole and last < end:
        yield Token("text", "", 0, content=child.content[last - start :])
