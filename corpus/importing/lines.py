"""Lines of a page, each with its place and type, as paragraphs, headings and lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.importing.pieces import Piece, plain

LONGEST_HEADING = 100
_BULLET = re.compile(r"^(?:[•●▪◦‣⁃∙·■□➢✓*\uf0a7\uf0b7\uf0d8\u2023-](?:\s+|$)|[•●▪‣\uf0b7](?=\S)|o\s+(?=[A-Z]))")
_NUMBER = re.compile(r"^(\d{1,2})(?:[.)](?:\s+|$)|$)")
_PAGE = re.compile(r"\W*(?:page|p\.?|seite)?\s*\d{1,4}\s*(?:(?:of|/|von|-)\s*\d{1,4})?\W*", re.I)
_SENTENCE_END = re.compile(r"[.!?:;…][\"”’')\]]*$")
_KEPT_HYPHENS = ("well", "self", "long", "short", "follow", "half", "high", "low", "non", "one", "two", "three", "ex")
"""A word part after which a hyphen at the line's end most often belongs to the word."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: where it begins (in points, from the left and from below), its size, whether it is bold."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False


def without_margins(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without page numbers, and without what stands at the top or bottom of most of them."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_pattern(line) for line in _margin(lines)})
    often = {text for text, count in seen.items() if count >= 2 and count * 2 >= len(pages)}
    kept = []
    for lines in pages:
        margin = set(_margin(lines))
        numbers = {line for line in margin if _PAGE.fullmatch(line.text) and _is_alone(line, lines)}
        kept.append([line for line in lines if line not in margin or not (_pattern(line) in often or line in numbers)])
    return kept


@dataclass(frozen=True, slots=True)
class _Type:
    """How most of a document is set: size, distance of lines, characters in a full line, left edge."""

    size: float
    leading: float
    widest: int
    left: float


def page_pieces(pages: Sequence[Sequence[Line]]) -> list[Piece]:
    """The paragraphs, headings and items of all pages, in order."""
    lines = _with_marks([line for page in pages for line in page])
    if not lines:
        return []
    usual = _usual(lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not _begins(groups[-1], line, usual):
            groups[-1].append(line)
        else:
            groups.append([line])
    levels = sorted({_step(line.size) for line in lines if line.size > 1.1 * usual.size}, reverse=True)
    spelled = Counter(word for line in lines for word in re.findall(r"[\w-]+", line.text.lower()))
    pieces = [_piece(group, usual.size, levels, spelled) for group in groups]
    return _indented_as_items(pieces, [(group[0].x - usual.left) / usual.size for group in groups])


def _usual(lines: Sequence[Line]) -> _Type:
    size = max(1.0, _most_common((round(line.size, 1), len(line.text)) for line in lines))
    text = [line for line in lines if abs(line.size - size) < 0.6] or list(lines)
    widest = max(len(line.text) for line in text)
    return _Type(size, _leading(lines, size), widest, _most_common((round(line.x), len(line.text)) for line in text))


def _margin(lines: Sequence[Line]) -> list[Line]:
    """The two highest and the two lowest rows of a page."""
    rows = sorted({round(line.y) for line in lines})
    edge = {*rows[:2], *rows[-2:]} if len(rows) > 4 else {*rows[:1], *rows[-1:]} if len(rows) > 2 else set()
    return [line for line in lines if round(line.y) in edge]


def _is_alone(line: Line, lines: Sequence[Line]) -> bool:
    """Whether a number stands on a row of its own: beside words it numbers them."""
    return all(other is line or abs(other.y - line.y) > line.size for other in lines)


def _pattern(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text.casefold())


def _with_marks(lines: Sequence[Line]) -> list[Line]:
    """The lines with a bullet or number that stood apart put in front of its words."""
    found: list[Line] = []
    for line in lines:
        before = found[-1] if found else None
        alone = before and (_BULLET.fullmatch(before.text) or _NUMBER.fullmatch(before.text))
        if before and alone and abs(before.y - line.y) < line.size:
            mark = f"{before.text}." if before.text.isdigit() else before.text
            found[-1] = Line(f"{mark} {line.text}", before.x, line.y, line.size, line.bold)
        else:
            found.append(line)
    return [line for line in found if not _BULLET.fullmatch(line.text)]


def _leading(lines: Sequence[Line], body: float) -> float:
    """The usual distance from one line of text to the next."""
    gaps = [
        (round(first.y - second.y, 1), 1)
        for first, second in pairwise(lines)
        if abs(first.size - body) < 0.6 and abs(second.size - body) < 0.6 and 0 < first.y - second.y < 3 * body
    ]
    close = [gap for gap in gaps if gap[0] < 1.9 * body]
    return _most_common(close) if close else 1.2 * body


def _most_common(weighed: Iterable[tuple[float, int]]) -> float:
    counts: Counter[float] = Counter()
    for value, weight in weighed:
        counts[value] += weight
    return counts.most_common(1)[0][0]


def _begins(group: Sequence[Line], line: Line, usual: _Type) -> bool:
    """Whether a line begins a new piece after the lines of ``group``."""
    before = group[-1]
    short = _is_short(before, usual)
    if _is_item(line) or abs(line.size - before.size) > 0.08 * before.size or (line.bold != before.bold and short):
        return True
    ended = bool(_SENTENCE_END.search(before.text))
    gap = before.y - line.y
    if gap < -0.5 * line.size or gap > 6 * usual.leading:  # the next column or page
        return ended or not line.text[:1].islower()
    if gap > 1.3 * usual.leading or (ended and short):
        return True
    return _stands_elsewhere(group, line, usual, ended)


def _stands_elsewhere(group: Sequence[Line], line: Line, usual: _Type, ended: bool) -> bool:
    """Whether a line's left edge, right under the line before it, says that something new begins."""
    before = group[-1]
    starts = line.text[:1].isupper() or ended
    if _is_short(before, usual) and starts:
        in_list = line.x > usual.left + line.size and abs(line.x - group[0].x) < 1
        if in_list or abs(line.x - before.x) > 1.2 * line.size:
            return True
    back = _is_item(group[0]) and line.x < group[0].x - 0.5 * line.size
    return back or (ended and len(group) > 1 and line.x - before.x > 0.8 * line.size)


def _is_item(line: Line) -> bool:
    return bool(_BULLET.match(line.text) or _NUMBER.match(line.text))


def _indented_as_items(pieces: Sequence[Piece], indents: Sequence[float]) -> list[Piece]:
    """Paragraphs that stand under one another, all further right than the rest, are a list whose marks were drawn."""
    found = list(pieces)
    steps: list[float] = []
    for place, (piece, indent) in enumerate(zip(pieces, indents, strict=True)):
        near = [*indents[max(0, place - 1) : place], *indents[place + 1 : place + 2]]
        if piece.kind != "paragraph" or indent < 1 or not any(other >= 1 and abs(other - indent) < 4 for other in near):
            steps = steps if piece.kind == "item" else []
            continue
        steps = [*(step for step in steps if step < indent - 0.5), indent]
        found[place] = plain("item", piece.text, len(steps))
    return found


def _is_short(line: Line, usual: _Type) -> bool:
    return len(line.text) < 0.75 * usual.widest


def _step(size: float) -> float:
    return round(size * 2) / 2


def _piece(group: Sequence[Line], body: float, levels: Sequence[float], spelled: Counter[str]) -> Piece:
    text = group[0].text
    for line in group[1:]:
        text = _join(text, line.text, spelled)
    number, bullet = _NUMBER.match(text), _BULLET.match(text)
    short = len(text) <= LONGEST_HEADING and not re.search(r"[.,;:]$", text)
    if group[0].size > 1.1 * body and short:
        return plain("heading", text, 1 + levels.index(_step(group[0].size)))
    if bullet:
        return plain("item", text[bullet.end() :], 1)
    if all(line.bold for line in group) and short and len(group) <= 2:
        return plain("heading", text, 1 + len(levels))
    if number:
        return plain("item", text[number.end() :], 1, int(number[1]))
    return plain("paragraph", text)


def _join(text: str, following: str, spelled: Counter[str]) -> str:
    """Two lines as one, with the hyphen taken out that only a line's end had put in."""
    if text.endswith("\u2010"):
        return text[:-1] + following
    first, second = re.search(r"(\w+)-$", text), re.match(r"[a-zà-ÿ]+", following)
    if not first or not second:
        return f"{text} {following}"
    whole, parted = (first[1] + second[0]).lower(), f"{first[1]}-{second[0]}".lower()
    keeps = spelled[parted] > spelled[whole] or (not spelled[whole] and first[1].lower() in _KEPT_HYPHENS)
    return text + following if keeps else text[:-1] + following
