"""Plain text as pieces: paragraphs, lists and the lines that stand for headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from corpus.importing.pieces import Piece, clean_text, plain

LONGEST_HEADING = 80
_ITEM = re.compile(r"([ \t]*)(?:[-*+•●▪◦‣⁃∙·■–—o](?=[ \t])[ \t]*|•|(\d{1,3})[.)][ \t]+)(.*\S)")
_WRAPPED_FROM = 50
"""Lines of at least this length that come one after another are one wrapped paragraph."""


def text_pieces(text: str) -> list[Piece]:
    """The text as pieces. Lone short lines without a full stop are headings; a line of no such list is a paragraph."""
    lines = [line.rstrip() for line in clean_text(text).split("\n")]
    paragraphs = _paragraphs(lines)
    found: list[Piece] = []
    for place, words in enumerate(paragraphs):
        following = paragraphs[place + 1] if place + 1 < len(paragraphs) else None
        if isinstance(words, Piece):
            found.append(words)
        elif _is_heading(words, following):
            found.append(plain("heading", words.rstrip(), 2))
        else:
            found.append(plain("paragraph", words))
    return found


def _paragraphs(lines: list[str]) -> list[str | Piece]:
    """Paragraphs as text and list items as pieces, in order."""
    found: list[str | Piece] = []
    open_lines: list[str] = []
    in_item = False
    wrapped = _is_wrapped(lines)
    for line in lines:
        item = _ITEM.fullmatch(line)
        if item or not line.strip() or (open_lines and not wrapped and not in_item):
            found += _closed(open_lines)
            open_lines, in_item = [], False
        if item:
            number = int(item[2]) if item[2] else None
            found.append(plain("item", item[3], 1 + (len(item[1].expandtabs(4)) >= 2), number))
            in_item = True
        elif in_item and line.startswith((" ", "\t")) and isinstance(found[-1], Piece):
            last = found[-1]
            found[-1] = plain("item", f"{last.text} {line.strip()}", last.depth, last.number)
        elif line.strip():
            in_item = False
            open_lines.append(line.strip())
    return found + list(_closed(open_lines))


def _closed(lines: list[str]) -> Iterator[str]:
    if lines:
        yield " ".join(lines)


def _is_wrapped(lines: list[str]) -> bool:
    """Whether lines were broken by a width: then lines that follow one another are one paragraph.

    Text copied from a word processor has a whole paragraph on each line.
    """
    pairs = [(first, second) for first, second in pairwise(lines) if first.strip() and second.strip()]
    broken = [1 for first, second in pairs if not re.search(r"[.!?:;…][\"”’')]*$", first) or second[:1].islower()]
    longest = max((len(line) for line in lines), default=0)
    return bool(pairs) and longest <= 120 and len(broken) * 2 >= len(pairs) and longest >= _WRAPPED_FROM


def _is_heading(words: str, following: str | Piece | None) -> bool:
    """A short line that ends like a title, with something longer under it."""
    if following is None or len(words) > LONGEST_HEADING or not re.match(r"[\"“‘']?[A-Z0-9]", words):
        return False
    ends_well = not re.search(r"[.,;:!…]$", words) and len(words.split()) <= 12
    return ends_well and (isinstance(following, Piece) or len(following) > len(words))
