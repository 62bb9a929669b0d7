"""How a question becomes a reply: listen for danger, search, decide, quote.

One pipeline, once: every door (page, API, command line) calls Chatbot.reply.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.deciding import Decision, decide
from chatbot.quoting import quotes_of
from chatbot.reply import Reply
from chatbot.safety import Concern, Screen
from chatbot.suggesting import Suggester
from chatbot.wordings import Speaker
from index import Edition

log = logging.getLogger(__name__)
FAILED = Concern("crisis", ("crisis",))
"""What is heard when the screen itself fails: help is shown."""


def hear(screen: Screen | None, question: str, after: Sequence[str]) -> Concern:
    """What the safety screen hears. It never fails to answer: if it breaks, the crisis help is shown."""
    if screen is None:
        return FAILED
    try:
        return screen.hear(question, after)
    except Exception as error:  # noqa: BLE001 - whatever breaks here, help must be shown
        log.error("the safety screen failed: %s", type(error).__name__)
        return FAILED


@dataclass(frozen=True, slots=True)
class Considered:
    """A reply with its reasons: what was heard, and what was decided (None where help or nothing was said)."""

    reply: Reply
    concern: Concern
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Chatbot:
    """Answers from one edition, in the words of that edition."""

    edition: Edition
    screen: Screen | None
    speaker: Speaker
    suggester: Suggester

    @classmethod
    def of(cls, edition: Edition, screen: Screen | None) -> Chatbot:
        """The chatbot of an edition; without a screen every reply shows the crisis help."""
        return cls(edition, screen, Speaker.of(edition), Suggester.of(edition))

    def reply(self, question: str, after: Sequence[str] = ()) -> Reply:
        """The reply to ``question``, given the visitor's earlier messages, oldest first."""
        return self.consider(question, after).reply

    def consider(self, question: str, after: Sequence[str] = ()) -> Considered:
        """The reply to ``question``, and why it is this one."""
        concern = hear(self.screen, question, after)
        if concern.is_alarm:
            return Considered(self.speaker.alarm(concern), concern)
        if not question.strip():
            return Considered(self.speaker.plain("empty", concern, self.suggester.first()), concern)
        decision = decide(self.edition, question, after, asks_advice=concern.kind == "personal")
        quotes = quotes_of(decision.quotable)
        if decision.kind == "answer" and not quotes:
            decision = Decision("not_covered", decision.matches)
        suggestions = self.suggester.next(decision, quotes, (*after, question))
        return Considered(self.speaker.say(decision, quotes, concern, suggestions), concern, decision)
