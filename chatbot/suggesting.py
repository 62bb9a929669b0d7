"""Questions to offer: good openings, and three that lead on and were not asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.deciding import Decision
from chatbot.reply import Quote
from index import Edition

OFFERED = 3


@dataclass(frozen=True, slots=True)
class Suggester:
    """Well-put questions by the passage that answers them, in the order of the articles."""

    questions: tuple[str, ...]
    openings: tuple[str, ...]
    places: tuple[tuple[str, int, int], ...]

    @classmethod
    def of(cls, edition: Edition) -> Suggester:
        offered = edition.texts.suggestions()
        passages = (edition.texts.passage(number) for _, number, _ in offered)
        places = tuple((passage.article.id, passage.start, passage.end) for passage in passages)
        openings = tuple(question for question, _, opening in offered if opening)
        return cls(tuple(question for question, _, _ in offered), openings, places)

    def all(self) -> tuple[str, ...]:
        """Every question there is, for a box that completes what is typed."""
        return tuple(dict.fromkeys(self.questions))

    def first(self) -> tuple[str, ...]:
        """Openings that staff chose, or some spread over the articles: at most six."""
        if self.openings:
            return self.openings[:6]
        distinct = self.all()
        step = max(1, len(distinct) // 6)
        return distinct[::step][:6]

    def next(self, decision: Decision, quotes: Sequence[Quote], asked: Sequence[str]) -> tuple[str, ...]:
        """Three questions near the matches, answered by passages not quoted now, and not asked before."""
        if decision.kind == "smalltalk":
            return self._fresh(self.first(), asked)[: OFFERED + 2]
        ranked: list[str] = []
        for match in decision.matches:
            here = (match.passage.article.id, match.passage.start, match.passage.end)
            quoted = any(
                quote.article.id == here[0] and quote.start < here[2] and here[1] < quote.end for quote in quotes
            )
            if not quoted and here in self.places:
                ranked.append(self.questions[self.places.index(here)])
        return self._fresh((*ranked, *self.first()), asked)[:OFFERED]

    def _fresh(self, questions: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
        heard = {_plain(question) for question in asked}
        return tuple(dict.fromkeys(question for question in questions if _plain(question) not in heard))


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()
