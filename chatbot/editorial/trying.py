"""Trying a question as a visitor, with the reasons that staff may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatbot.answering import Chatbot, Considered
from chatbot.deciding import understand
from chatbot.reply import Reply
from index import Match

LIKELIEST = 5
"""So many kinds of message are shown with their probability."""


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
    considered = chatbot.consider(question, after)
    concern = considered.concern.kind
    if considered.decision is None:
        return Tried(considered.reply, considered.reply.kind, _reason(considered, 0.0), concern, None, {}, ())
    found = understand(chatbot.edition, question, after)
    likely = sorted(found.kinds.items(), key=lambda pair: -pair[1])[:LIKELIEST]
    reason = _reason(considered, found.answerable)
    matches = considered.decision.matches or found.matches
    return Tried(considered.reply, considered.reply.kind, reason, concern, found.answerable, dict(likely), matches)


def _reason(considered: Considered, answerable: float) -> str:
    """Why the reply is of its kind, and what stands beside it, for a person who writes articles."""
    reply, concern, decision = considered.reply, considered.concern, considered.decision
    if concern.is_alarm:
        return f"The safety screen heard danger ({concern.kind}): help is shown before all else, and nothing is quoted."
    if decision is None:
        return "There was no question."
    chance = f"{answerable:.0%}"
    if reply.kind == "answer" and decision.partly:
        reason = "One of the questions in the message is answered by the articles; another is not."
    elif reply.kind == "answer" and decision.several:
        reason = "The message holds several questions, and the articles answer each."
    elif reply.kind == "answer":
        reason = f"The articles answer this with a probability of {chance}; 50% is enough."
    elif reply.kind == "personal":
        quoted = "what the articles say in general is quoted" if reply.quotes else "nothing is quoted"
        reason = f"It asks for advice about one person, which only the clinic can give; {quoted}."
    elif reply.kind == "smalltalk":
        reason = f"It is small talk ({decision.smalltalk}), which the wording file answers."
    elif decision.topic:
        reason = f"The example questions name this a topic that the articles do not cover ({decision.topic})."
    elif answerable >= 0.5:
        reason = "The articles speak of this, but no passage that answers it fits whole into a reply."
    else:
        reason = f"The articles answer this with a probability of {chance} only; 50% would be enough."
    if concern.earlier:
        return f"{reason} Help stays beside it, because an earlier message raised an alarm."
    if concern.kind == "info":
        return f"{reason} It speaks of suicide or self-harm, so a calm line of help stands beside it."
    return reason
