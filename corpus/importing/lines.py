"""Lines of a page, each with its place and type, as paragraphs, headings and lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.importing.pieces import Piece, plain

LONGEST_HEADING = 100
_BULLET = re.compile(r"^(?:[•●▪◦‣⁃∙·■□➢✓*\uf0a7\uf0b7\uf0d8\u2023-](?:\s+|$)|[•●▪‣\uf0b7](?=\S)|o\s+(?=[A-Z]))")
_NUMBER = re.compile(r"^(\d{1,2})[.)](?:\s+|$)")
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
        kept.append(
            [
                line
                for line in lines
                if line not in margin or not (_pattern(line) in often or _PAGE.fullmatch(line.text))
            ]
        )
    return kept


def page_pieces(pages: Sequence[Sequence[Line]]) -> list[Piece]:
    """The paragraphs, headings and items of all pages, in order."""
    lines = _with_marks([line for page in pages for line in page])
    if not lines:
        return []
    body = _most_common((round(line.size, 1), len(line.text)) for line in lines)
    leading = _leading(lines, body)
    widest = max((len(line.text) for line in lines if abs(line.size - body) < 0.6), default=80)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not _begins(groups[-1], line, leading, widest):
            groups[-1].append(line)
        else:
            groups.append([line])
    levels = sorted({_step(line.size) for line in lines if line.size > 1.1 * body}, reverse=True)
    spelled = Counter(word for line in lines for word in re.findall(r"[\w-]+", line.text.lower()))
    return [_piece(group, body, levels, spelled) for group in groups]


def _margin(lines: Sequence[Line]) -> list[Line]:
    """The two highest and the two lowest rows of a page."""
    rows = sorted({round(line.y) for line in lines})
    edge = {*rows[:2], *rows[-2:]} if len(rows) > 4 else {*rows[:1], *rows[-1:]} if len(rows) > 2 else set()
    return [line for line in lines if round(line.y) in edge]


def _pattern(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text.casefold())


def _with_marks(lines: Sequence[Line]) -> list[Line]:
    """The lines with a bullet or number that stood apart put in front of its words."""
    found: list[Line] = []
    for line in lines:
        before = found[-1] if found else None
        alone = before and (_BULLET.fullmatch(before.text) or _NUMBER.fullmatch(before.text))
        if before and alone and abs(before.y - line.y) < line.size:
            found[-1] = Line(f"{before.text} {line.text}", before.x, line.y, line.size, line.bold)
        else:
            found.append(line)
    return [line for line in found if not _BULLET.fullmatch(line.text)]


def _leading(lines: Sequence[Line], body: float) -> float:
    """The usual distance from one line of text to the next."""
    gaps = [
        (round(first.y - second.y, 1), 1)
        for first, second in zip(lines, lines[1:], strict=False)
        if abs(first.size - body) < 0.6 and abs(second.size - body) < 0.6 and 0 < first.y - second.y < 3 * body
    ]
    close = [gap for gap in gaps if gap[0] < 1.9 * body]
    return _most_common(close) if close else 1.2 * body


def _most_common(weighed: Iterable[tuple[float, int]]) -> float:
    counts: Counter[float] = Counter()
    for value, weight in weighed:
        counts[value] += weight
    return counts.most_common(1)[0][0]


def _begins(group: Sequence[Line], line: Line, leading: float, widest: int) -> bool:
    """Whether a line begins a new piece after the lines of ``group``."""
    before = group[-1]
    if _BULLET.match(line.text) or _NUMBER.match(line.text):
        return True
    if abs(line.size - before.size) > 0.08 * before.size or (line.bold != before.bold and _is_short(before, widest)):
        return True
    gap = before.y - line.y
    if gap < -0.5 * line.size or gap > 6 * leading:  # the next column or page
        ended = bool(_SENTENCE_END.search(before.text))
        return ended or not line.text[:1].islower()
    if gap > 1.3 * leading:
        return True
    indented = line.x - before.x > 0.8 * line.size and len(group) > 1
    ended = bool(_SENTENCE_END.search(before.text)) and _is_short(before, widest)
    back = bool(_BULLET.match(group[0].text) or _NUMBER.match(group[0].text)) and line.x < group[0].x - 0.5 * line.size
    return ended or back or (indented and bool(_SENTENCE_END.search(before.text)))


def _is_short(line: Line, widest: int) -> bool:
    return len(line.text) < 0.75 * widest


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
