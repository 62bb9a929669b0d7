"""Shows a quote as a visitor reads it: paragraphs and lists, its words without the marks, the answer highlighted.

The words and their order stay the author's. ``static/quotes.js`` does the same
in the browser; both follow the same few rules, and a test compares them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from web.inline import Piece, pieces_of

_LINE_END = re.compile(r"\r\n|\n|\r")
_QUOTED = re.compile(r"[ \t]*(?:>[ \t]?)+")
_RULE = re.compile(r"[ \t]*(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})")
_UNDERLINE = re.compile(r"[ \t]*(?:=+|-+)[ \t]*")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?=[^ \t])")
_HEADING_END = re.compile(r"[ \t]+#+[ \t]*$")
_ITEM = re.compile(r"([ \t]*)(?:([-*+])|([0-9]{1,9})[.)])[ \t]+(?=[^ \t])")

_BEGIN = {"ol": Markup("<ol"), "ul": Markup("<ul")}
_WHOLE = {"paragraph": Markup("<p>{}</p>"), "heading": Markup("<p><strong>{}</strong></p>")}
_END = {"ol": Markup("</li></ol>"), "ul": Markup("</li></ul>")}

Places = Sequence[Sequence[int]]


@dataclass(slots=True)
class _Block:
    """A paragraph, heading or list item: for each paragraph in it, where its lines begin and end."""

    kind: str
    indent: int = 0
    number: str | None = None
    parts: list[list[tuple[int, int]]] = field(default_factory=list)


def quote_html(text: str, highlights: Places) -> Markup:
    """The quote as HTML without its marks, its highlighted places as ``<mark>``."""
    return Markup("").join(_pieces(text.replace("\x00", "\ufffd"), highlights))


def line_html(text: str) -> Markup:
    """One line, such as a heading, as HTML without its marks."""
    return _part(text.replace("\x00", "\ufffd"), [(0, len(text))], ())


def _pieces(text: str, highlights: Places) -> Iterator[Markup]:
    lists: list[tuple[int, str]] = []
    for block in _blocks(text):
        words = Markup(" ").join(_part(text, part, highlights) for part in block.parts)
        if block.kind == "item":
            yield from _begin_item(lists, block.indent, block.number)
            yield words
            continue
        yield from _end_lists(lists, -1)
        yield _WHOLE[block.kind].format(words)
    yield from _end_lists(lists, -1)


def _blocks(text: str) -> list[_Block]:
    """The blocks of a quote, line by line. Its first line is never a heading or a quotation: it may begin anywhere."""
    made: list[_Block] = []
    outer: int | None = None
    fresh = True
    for first, (start, end) in enumerate(_lines(text)):
        quoted = _QUOTED.match(text, start, end) if first else None
        start = quoted.end() if quoted else start
        running = bool(made) and not fresh and made[-1].kind == "paragraph"
        if _shows_nothing(text, start, end, running):
            fresh = True
            continue
        heading = _HEADING.match(text, start, end) if first else None
        item = None if heading else _ITEM.match(text, start, end)
        inside = len(text[start:end]) - len(text[start:end].lstrip(" \t"))
        if heading:
            start, end = heading.end(), _without_end(text, heading.end(), end)
            made.append(_Block("heading", parts=[[(start, end)]]))
            outer = None
        elif item:
            indent = len(item[1])
            outer = indent if outer is None else min(outer, indent)
            made.append(_Block("item", indent, item[3], [[(item.end(), end)]]))
        elif running or (outer is not None and inside > outer):
            _continue(made[-1], (start + inside, end), fresh)
        else:
            made.append(_Block("paragraph", parts=[[(start + inside, end)]]))
            outer = None
        fresh = heading is not None
    return made


def _lines(text: str) -> Iterator[tuple[int, int]]:
    place = 0
    for found in _LINE_END.finditer(text):
        yield place, found.start()
        place = found.end()
    yield place, len(text)


def _shows_nothing(text: str, start: int, end: int, running: bool) -> bool:
    """Whether a line is blank, a rule, or the line under a heading of two lines."""
    bare = not text[start:end].strip(" \t") or _RULE.fullmatch(text, start, end)
    return bool(bare or (running and _UNDERLINE.fullmatch(text, start, end)))


def _without_end(text: str, start: int, end: int) -> int:
    """Where a heading's words end, without the marks that may close it."""
    found = _HEADING_END.search(text, start, end)
    return found.start() if found else end


def _continue(block: _Block, line: tuple[int, int], fresh: bool) -> None:
    if fresh:
        block.parts.append([])
    block.parts[-1].append(line)


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


def _part(text: str, lines: Sequence[tuple[int, int]], highlights: Places) -> Markup:
    """One paragraph of a block; a highlight never crosses the end of an element."""
    words = "\n".join(text[start:end] for start, end in lines).rstrip(" \t")
    places = [place for start, end in lines for place in range(start, end + 1)]
    spans = [(bisect_left(places, first), bisect_left(places, last)) for first, last in highlights]
    made, marking = Markup(""), False
    for piece in pieces_of(words):
        shown = _marked(piece, spans) if piece.kind == "text" else [(_tag(piece), False)]
        for each, marked in shown:
            if not each:
                continue
            if marked != marking:
                made += Markup("<mark>") if marked else Markup("</mark>")
                marking = marked
            made += escape(each)
    return made + (Markup("</mark>") if marking else Markup(""))


def _tag(piece: Piece) -> Markup:
    if piece.kind == "a":
        target = Markup(' target="_blank"') if piece.words[:4].lower() == "http" else Markup("")
        return Markup('<a href="{}" rel="noopener noreferrer"{}>').format(piece.words, target)
    return Markup("<{}>").format("br" if piece.kind == "break" else piece.kind)


def _marked(piece: Piece, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """The words of a piece in turn, each with whether a highlight covers it."""
    place = piece.start
    for first, last in spans:
        first, last = max(first, place), min(last, piece.end)
        if first >= last:
            continue
        if piece.whole:
            yield piece.words, True
            return
        yield piece.words[place - piece.start : first - piece.start], False
        yield piece.words[first - piece.start : last - piece.start], True
        place = last
    yield piece.words[place - piece.start :], False
