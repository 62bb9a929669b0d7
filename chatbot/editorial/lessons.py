"""What can be taught: the values of teaching."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article, word for word; ``heading`` is what it stands under."""

    article: str
    quote: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that the articles do not cover; ``label`` fits after "Our articles say nothing about ..."."""

    name: str
    label: str


Target = Sentence | Topic | str
"""What is right for a question: a sentence that answers, a topic not covered, or one of corpus.KINDS."""


@dataclass(frozen=True, slots=True)
class Taught:
    """A question that staff taught. ``text`` is its entry in the file; ``elsewhere`` says (file:line) where
    another file teaches something else for the same question."""

    question: str
    after: str
    target: Target
    by: str
    at: date | None
    text: str
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class BrokenExample:
    """A quote that examples name and its article no longer holds. ``questions`` are theirs, ``nearest`` is the
    sentence of the draft most like it, ``trouble`` what is wrong, ``path`` and ``line`` where it first stands."""

    path: Path
    line: int
    article: str
    quote: str
    questions: tuple[str, ...]
    nearest: Sentence | None
    trouble: str
