"""What visitors ask and the articles do not answer, grouped by meaning.

Nothing is taught by itself: a group is a suggestion that a person looks at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from index import Edition

if TYPE_CHECKING:
    from chatbot.journal import Journal

ALIKE = 5
"""From this many questions on, a group is a suggestion."""


@dataclass(frozen=True, slots=True)
class GapQuestion:
    """An unanswered question as the journal keeps it: redacted; ``number`` dismisses it."""

    number: int
    day: date
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that mean about the same, the most typical first."""

    questions: tuple[GapQuestion, ...]

    @property
    def is_suggestion(self) -> bool:
        """Whether so many ask it that staff should extend an article or teach it."""
        return len(self.questions) >= ALIKE


@dataclass(frozen=True, slots=True)
class Gaps:
    """``groups``, the largest first; how often each topic that is not covered was asked about (by label); and for each
    week (its Monday), oldest first, how many replies there were and how many of them were not covered."""

    groups: tuple[Gap, ...]
    topics: Mapping[str, int]
    weeks: Mapping[date, tuple[int, int]]


def gaps(journal: Journal, edition: Edition) -> Gaps:
    """What the journal's last thirteen months say is missing. Raises JournalError when it cannot be read."""
    raise NotImplementedError
