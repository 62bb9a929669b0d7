"""Shows a quote: the lines of an article's Markdown as paragraphs and lists, the answer marked.

The text stays as the author wrote it. ``static/chat.js`` does the same in the
browser; both follow the same few rules, and a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

_ITEM = re.compile(r"([ \t]*)(?:([-*+])|(\d{1,9})[.)])[ \t]+(?=\S)")

_BEGIN = {"ol": Markup("<ol"), "ul": Markup("<ul")}
_END = {"ol": Markup("</li></ol>"), "ul": Markup("</li></ul>")}


def quote_html(text: str, highlights: Sequence[Sequence[int]]) -> Markup:
    """The quote's paragraphs and lists as HTML, its highlighted places as ``<mark>``."""
    return Markup("").join(_pieces(text, highlights))


def _pieces(text: str, highlights: Sequence[Sequence[int]]) -> Iterator[Markup]:
    lists: list[tuple[int, str]] = []
    paragraph = False
    place = 0
    for line in text.split("\n"):
        start, place = place, place + len(line) + 1
        item = _ITEM.match(line)
        if paragraph and (item or not line.strip()):
            yield Markup("</p>")
            paragraph = False
        if item:
            yield from _begin_item(lists, len(item[1]), item[3])
            yield _marked(text, start + item.end(), start + len(line), highlights)
        elif line.strip():
            indent = len(line) - len(line.lstrip())
            if lists and indent > lists[0][0]:
                yield Markup(" ")
            else:
                yield from _end_lists(lists, -1)
                yield Markup(" ") if paragraph else Markup("<p>")
                paragraph = True
            yield _marked(text, start + indent, start + len(line), highlights)
    if paragraph:
        yield Markup("</p>")
    yield from _end_lists(lists, -1)


def _begin_item(lists: list[tuple[int, str]], indent: int, number: str | None) -> Iterator[Markup]:
    yield from _end_lists(lists, indent)
    if lists and lists[-1][0] == indent:
        yield Markup("</li><li>")
        return
    tag = "ol" if number else "ul"
    lists.append((indent, tag))
    first = Markup(' start="{}"').format(int(number)) if number and int(number) != 1 else Markup("")
    yield _BEGIN[tag] + first + Markup("><li>")


def _end_lists(lists: list[tuple[int, str]], indent: int) -> Iterator[Markup]:
    """Close the lists that are set further in than ``indent``."""
    while lists and lists[-1][0] > indent:
        yield _END[lists.pop()[1]]


def _marked(text: str, start: int, end: int, highlights: Sequence[Sequence[int]]) -> Markup:
    made, place = Markup(""), start
    for first, last in highlights:
        first, last = max(first, place), min(last, end)
        if first < last:
            made += escape(text[place:first]) + Markup("<mark>{}</mark>").format(text[first:last])
            place = last
    return made + escape(text[place:end])
