"""What a new version of a text changes, paragraph by paragraph and word by word, for a person to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

ALIKE = 0.5
"""Two paragraphs that share at least this much of their words are one paragraph, changed."""

MOST_WORDS = 2000
"""Longer paragraphs are shown whole, as removed and added: comparing their words would take seconds."""


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words inside a changed paragraph: ``kind`` is kept, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One paragraph, heading or list item: ``kind`` is kept, added, removed or changed.

    ``old`` is empty for an added one, ``new`` for a removed one. ``words`` are
    the marks inside a changed one: its kept and removed runs joined are
    ``old``, its kept and added runs joined are ``new``.
    """

    kind: str
    old: str
    new: str
    words: tuple[Words, ...] = ()


def changes(old_text: str, new_text: str) -> list[Change]:
    """Every paragraph of both texts in reading order, with what became of it."""
    old, new = _paragraphs(old_text), _paragraphs(new_text)
    found: list[Change] = []
    for kind, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [Change("kept", text, text) for text in old[first:last]]
        else:
            found += _replaced(old[first:last], new[start:end])
    return found


def _paragraphs(text: str) -> list[str]:
    """The text cut at blank lines and before every list item and heading."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    pieces = re.split(r"\n[ \t]*\n|\n(?=[ \t]*(?:[-+*]|\d{1,9}[.)]|#{1,6})[ \t])", plain)
    return [piece.strip("\n").rstrip() for piece in pieces if piece.strip()]


def _replaced(old: list[str], new: list[str]) -> Iterator[Change]:
    """Removed and added paragraphs, paired in order where they are alike."""
    place = 0
    for before in old:
        alike = next(
            (at for at in range(place, min(len(new), place + 20)) if _likeness(before, new[at]) >= ALIKE), None
        )
        if alike is None:
            yield Change("removed", before, "")
            continue
        yield from (Change("added", "", text) for text in new[place:alike])
        yield Change("changed", before, new[alike], tuple(_words(before, new[alike])))
        place = alike + 1
    yield from (Change("added", "", text) for text in new[place:])


def _likeness(old: str, new: str) -> float:
    first, second = _cut(old), _cut(new)
    if max(len(first), len(second)) > MOST_WORDS:
        return 0.0
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


def _cut(text: str) -> list[str]:
    """Words, the spaces between them, and marks, each on its own."""
    return re.findall(r"\w+|\s+|[^\w\s]", text)


def _words(old: str, new: str) -> Iterator[Words]:
    first, second = _cut(old), _cut(new)
    for kind, start, end, begin, finish in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Words("kept", "".join(first[start:end]))
            continue
        if start < end:
            yield Words("removed", "".join(first[start:end]))
        if begin < finish:
            yield Words("added", "".join(second[begin:finish]))
