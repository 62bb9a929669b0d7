"""Teaching: staff say what is right for a question, and the next edition knows it.

What is taught stands in corpus/questions/taught.toml, which a person can read
and edit. An edit of an article may break an example; it is listed until it is
aimed at another sentence.
"""

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


class Teaching:
    """What the example questions of the corpus folder teach."""

    def __init__(self, corpus: Path, var: Path) -> None:
        self._corpus, self._var = corpus, var

    def teach(self, question: str, after: str, target: Target, by: str) -> Taught:
        """Add a question with what is right for it; ``after`` is the earlier message it leans on, or empty.

        What the file taught for the same question before is replaced. Raises
        EditorialError when the sentence does not stand in the draft.
        """
        raise NotImplementedError

    def taught(self) -> list[Taught]:
        """What staff taught, the latest first."""
        raise NotImplementedError

    def undo(self, taught: Taught) -> None:
        """Take back what was taught. Raises EditorialError when the file no longer holds it as it was."""
        raise NotImplementedError

    def broken(self) -> list[BrokenExample]:
        """Quotes that example questions name and the articles no longer hold, by file and line."""
        raise NotImplementedError

    def re_aim(self, broken: BrokenExample, target: Target | None) -> int:
        """Aim every example that names the broken quote at ``target``, or leave the quote out (None); how many.

        Raises EditorialError, with nothing written, when it cannot be done.
        """
        raise NotImplementedError

    def sentences(self, article_id: str) -> list[Sentence]:
        """The sentences of a draft article that may answer, in order."""
        raise NotImplementedError

    def topics(self) -> list[Topic]:
        """The topics that are not covered, by label."""
        raise NotImplementedError
