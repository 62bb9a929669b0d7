"""The questions that an edition is known by: the clinic's checks, the suggested ones, and two of each example entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chatbot.answering import Chatbot
from chatbot.editorial.example_files import asked_in, entries_of
from chatbot.editorial.parsed import content_of
from chatbot.safety import Concern, Screen
from corpus import DEFAULTS, Check
from index import Edition

OF_EACH = 2
"""So many example questions of each entry are asked."""

HEADINGS = 200
"""So many suggestions that nobody wrote (headings) are asked: those of articles that differ first, then some spread
over the others."""

Known = tuple[str, tuple[str, ...]]
"""A question and the messages before it."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a question: the reply's kind, and what was quoted, as (article id, text)."""

    kind: str
    quotes: tuple[tuple[str, str], ...]

    def is_like(self, other: Answered) -> bool:
        """Whether both say the same, first the same; the order of further quotes does not matter."""
        same = (self.kind, self.quotes[:1]) == (other.kind, other.quotes[:1])
        return same and set(self.quotes) == set(other.quotes)


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """A known question that the candidate answers otherwise than the published edition."""

    question: str
    after: tuple[str, ...]
    before: Answered
    now: Answered


@dataclass(frozen=True, slots=True)
class RememberingScreen(Screen):
    """A screen that hears each message once, for two editions that are asked the same."""

    heard: dict[Known, Concern] = field(default_factory=dict)

    @classmethod
    def of(cls, screen: Screen) -> RememberingScreen:
        return cls(screen.patterns, screen.encoder, screen.thresholds)

    def hear(self, message: str, after: Sequence[str] = ()) -> Concern:
        key = (message, tuple(after))
        if key not in self.heard:
            self.heard[key] = Screen.hear(self, message, after)
        return self.heard[key]


def known_questions(candidate: Edition, published: Edition, checks: Sequence[Check]) -> tuple[list[Known], int]:
    """The known questions of both editions, each once, and how many headings were passed over."""
    found: dict[Known, None] = {(check.ask, check.after): None for check in checks}
    for edition in (candidate, published):
        for path in (DEFAULTS / "kinds.toml", *sorted((edition.folder / "corpus" / "questions").glob("*.toml"))):
            for entry in entries_of(path):
                if isinstance(entry.get("suggest"), str):
                    found[entry["suggest"], ()] = None
                for question, after in asked_in(entry)[:OF_EACH]:
                    found[question, (after,) if after else ()] = None
    headings = [each for each in _headings(candidate, published) if (each, ()) not in found]
    chosen = headings[:HEADINGS]
    found.update(((heading, ()), None) for heading in chosen)
    return list(found), len(headings) - len(chosen)


def answered(chatbot: Chatbot, known: Known) -> Answered:
    """What a chatbot makes of a question."""
    reply = chatbot.reply(*known)
    return Answered(reply.kind, tuple((quote.article.id, quote.text) for quote in reply.quotes))


def _headings(candidate: Edition, published: Edition) -> list[str]:
    """The suggestions of both: those of articles that differ first, the others so that any number of the first of
    them is spread over the articles."""
    before = {article.id: content_of(article) for article in published.texts.articles()}
    now = {article.id: content_of(article) for article in candidate.texts.articles()}
    differing: dict[str, None] = {}
    same: dict[str, None] = {}
    for edition in (candidate, published):
        for question, number, _ in edition.texts.suggestions():
            name = edition.texts.passage(number).article.id
            (same if before.get(name) == now.get(name) else differing)[question] = None
    rest = [question for question in same if question not in differing]
    step = max(1, len(rest) // HEADINGS)
    return [*differing, *(question for start in range(step) for question in rest[start::step])]
