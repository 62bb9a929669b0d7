"""Trying a question as a visitor, with the reasons that staff may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatbot.answering import Chatbot
from chatbot.reply import Reply
from index import Match


@dataclass(frozen=True, slots=True)
class Tried:
    """A reply and why: ``kind`` is the reply's, ``reason`` says why in words. ``answerable`` is the probability that
    the articles answer (None where it was not looked up), ``kinds`` the likeliest kinds of message with theirs,
    ``matches`` the passages found, best first, with highlights and score, whether quoted or not; ``concern`` what
    the safety screen heard."""

    reply: Reply
    kind: str
    reason: str
    concern: str
    answerable: float | None
    kinds: Mapping[str, float]
    matches: tuple[Match, ...]


def try_question(chatbot: Chatbot, question: str, after: Sequence[str] = ()) -> Tried:
    """The reply that a visitor would get, word for word, with its reasons; nothing is recorded."""
    raise NotImplementedError
