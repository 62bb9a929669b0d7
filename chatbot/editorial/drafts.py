"""Drafts: the articles of the corpus folder as staff edit them.

Nobody overwrites what another wrote: a save names the version it began with,
and the second of two is shown the first one's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chatbot.editorial.files import EditorialError
from corpus import Article, Problem
from index import Passage

STATES = ("published", "changed", "new", "removed", "broken")


@dataclass(frozen=True, slots=True)
class DraftArticle:
    """One article of the draft. ``state`` is one of STATES, against the published edition; ``version`` goes
    back with a save; empty for one that is removed."""

    id: str
    title: str
    state: str
    reviewed: date | None
    problems: tuple[Problem, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a text would be: the article (None when its shape is wrong), its passages, what is wrong with it, and
    the quotes of example questions that the text no longer holds."""

    article: Article | None
    passages: tuple[Passage, ...]
    problems: tuple[Problem, ...]
    broken: tuple[str, ...] = ()


class EditConflict(EditorialError):
    """Somebody else saved meanwhile. ``theirs`` is their text and ``version`` its version; both are empty
    where they removed the article. Nothing was written."""

    def __init__(self, article_id: str, theirs: str, version: str) -> None:
        self.theirs, self.version = theirs, version
        super().__init__(f"{article_id}: somebody else changed it meanwhile; compare, then save again")


class Drafts:
    """The articles of the corpus folder; the published edition below ``var`` tells what has changed."""

    def __init__(self, corpus: Path, var: Path) -> None:
        self._corpus, self._var = corpus, var

    def articles(self) -> list[DraftArticle]:
        """Every article of the draft and those removed since the last edition, in the order of their ids."""
        raise NotImplementedError

    def text(self, article_id: str) -> tuple[str, str]:
        """An article's whole file and its version. Raises EditorialError where there is none."""
        raise NotImplementedError

    def save(self, article_id: str, text: str, version: str | None) -> DraftArticle:
        """Write an article, also one with problems; ``version`` is what ``text`` gave, None for a new article.

        Raises EditConflict, with nothing written, when the file is no longer of that version.
        """
        raise NotImplementedError

    def remove(self, article_id: str, version: str) -> None:
        """Take an article out of the draft; it is kept in corpus/.removed. Raises EditConflict as ``save`` does."""
        raise NotImplementedError

    def restore(self, article_id: str) -> DraftArticle:
        """Bring back the article that was removed last under this id."""
        raise NotImplementedError

    def preview(self, article_id: str, text: str) -> Preview:
        """What the text would be as an article, without writing it."""
        raise NotImplementedError

    def problems(self) -> Sequence[Problem]:
        """Everything that ``chatbot check`` lists, by file and line."""
        raise NotImplementedError
