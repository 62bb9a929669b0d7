"""Questions to offer: good openings, and three that lead on and were not asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatbot.deciding import Decision
from chatbot.reply import Quote
from index import Edition

OFFERED = 3


@dataclass(frozen=True, slots=True)
class Suggester:
    """Well-put questions by the passage that answers them, in the order of the articles."""

    questions: Mapping[str, str]
    """Each question, and how it looks when it is compared."""
    openings: tuple[str, ...]
    answered_at: Mapping[tuple[str, int, int], str]
    """The first question of each passage, by article, start and end."""

    @classmethod
    def of(cls, edition: Edition) -> Suggester:
        offered = edition.texts.suggestions()
        passages = (edition.texts.passage(number) for _, number, _ in offered)
        answered_at: dict[tuple[str, int, int], str] = {}
        for passage, (question, _, _) in zip(passages, offered, strict=True):
            answered_at.setdefault((passage.article.id, passage.start, passage.end), question)
        openings = tuple(question for question, _, opening in offered if opening)
        return cls({question: _plain(question) for question, _, _ in offered}, openings, answered_at)

    def all(self) -> tuple[str, ...]:
        """Every question there is, for a box that completes what is typed."""
        return tuple(self.questions)

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
            if not quoted and here in self.answered_at:
                ranked.append(self.answered_at[here])
        return self._fresh((*ranked, *self.first()), asked)[:OFFERED]

    def _fresh(self, questions: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
        heard = {_plain(question) for question in asked}
        return tuple(dict.fromkeys(question for question in questions if self.questions[question] not in heard))


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()
