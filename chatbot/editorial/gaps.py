"""What visitors ask and the articles do not answer, grouped by meaning.

Nothing is taught by itself: a group is a suggestion that a person looks at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from chatbot.journal import Journal
from index import Edition, Vectors

ALIKE = 5
"""From this many questions on, a group is a suggestion."""

NEAR = 0.6
"""The least cosine of two questions that are taken to ask about the same."""

LOOKED_AT = 2000
"""So many of the newest unanswered questions are grouped."""

SINCE = timedelta(days=396)
"""The journal keeps thirteen months."""


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
    since = date.today() - SINCE
    kept = journal.unanswered()
    newest = sorted(kept, key=lambda each: (each.day, each.number), reverse=True)[:LOOKED_AT]
    questions = [GapQuestion(each.number, each.day, each.text) for each in newest]
    labels = edition.texts.topics()
    topics = {labels.get(name, name.replace("_", " ")): count for name, count in journal.topics(since).items()}
    by_count = dict(sorted(topics.items(), key=lambda pair: (-pair[1], pair[0])))
    return Gaps(tuple(grouped(questions, edition)), by_count, _weeks(journal.kinds_by_day(since)))


def grouped(questions: Sequence[GapQuestion], edition: Edition) -> list[Gap]:
    """The questions in groups of one meaning, the largest group first.

    The question with the most others nearest to it makes the first group with them,
    and so on with those that are left.
    """
    if not questions:
        return []
    vectors = _vectors([each.text for each in questions], edition)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, 1.0)
    near = cosines >= NEAR
    weights = np.where(near, cosines, 0.0)
    crowd = weights.sum(axis=1)
    left = np.ones(len(questions), dtype=bool)
    found = []
    while left.any():
        centre = int(np.where(left, crowd, -1.0).argmax())
        members = np.flatnonzero(near[centre] & left)
        members = members[np.argsort(-cosines[centre, members], kind="stable")]
        left[members] = False
        crowd -= weights[:, members].sum(axis=1)
        found.append(Gap(tuple(questions[place] for place in members.tolist())))
    return found


def _vectors(texts: Sequence[str], edition: Edition) -> Vectors:
    """The texts as the edition's encoder reads questions."""
    return np.concatenate([edition.encoder.encode(texts[begin : begin + 256]) for begin in range(0, len(texts), 256)])


def _weeks(days: Mapping[date, Mapping[str, int]]) -> dict[date, tuple[int, int]]:
    weeks: dict[date, tuple[int, int]] = {}
    for day in sorted(days):
        monday = day - timedelta(days=day.weekday())
        replies, missed = weeks.get(monday, (0, 0))
        weeks[monday] = (replies + sum(days[day].values()), missed + days[day].get("not_covered", 0))
    return weeks
