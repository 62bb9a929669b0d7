"""The two values that everything else points at: Article and Span."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    """One article of the clinic. ``body`` is the author's text, unchanged.

    The body begins with the first character after the front matter's closing
    line and its newline; every offset in this program counts from there.
    """

    id: str
    title: str
    source: str
    body: str
    reviewed: date | None = None
    url: str | None = None
    author: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of an article: ``article.body[start:end]``, in characters.

    The text is computed from the article, so a span cannot hold words that
    the article lacks. Raises ValueError when the range is not inside the body.
    """

    article: Article
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.article.body):
            raise ValueError(
                f"{self.article.id}: {self.start}:{self.end} is not a piece of its {len(self.article.body)} characters"
            )

    @property
    def text(self) -> str:
        return self.article.body[self.start : self.end]
