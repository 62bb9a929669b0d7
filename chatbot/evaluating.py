"""Measures answers against a TOML set of questions with what is right for each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.answering import Chatbot
from chatbot.deciding import understand
from chatbot.problem import ChatbotError
from chatbot.reply import Reply

EXPECTED = ("answer", "not_covered", "personal", "smalltalk", "crisis", "emergency", "abuse")


class QuestionSetError(ChatbotError):
    """A file of questions that cannot be used; says where and what."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A question and what is right: a kind, and for an answer the sentences any one of which must be quoted.

    ``also`` holds the right sentences of a second question in the same message.
    """

    ask: str
    family: str
    expect: str
    after: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened with one question: ``right`` over all quotes, ``first`` for the first quote alone."""

    expectation: Expectation
    reply: Reply
    answerable: float
    right: bool
    first: bool


def read_expectations(path: Path) -> tuple[Expectation, ...]:
    """The questions of a TOML file. Raises QuestionSetError with the entry that is wrong."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise QuestionSetError(f"{path}: not a readable TOML file ({error})") from error
    found = []
    for number, entry in enumerate(table.get("question", []), 1):
        try:
            values: dict[str, Any] = {
                key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
            }
            each = Expectation(**values)
        except TypeError as error:
            raise QuestionSetError(f"{path}: question {number}: {error}") from error
        if each.expect not in EXPECTED or (each.expect == "answer") != bool(each.answers):
            message = f"expect must be one of {', '.join(EXPECTED)}, and answers stand with answer alone"
            raise QuestionSetError(f"{path}: question {number} ({each.ask!r}): {message}")
        found.append(each)
    if not found:
        raise QuestionSetError(f"{path}: no [[question]] entries")
    return tuple(found)


def evaluate(chatbot: Chatbot, expectations: Iterable[Expectation]) -> tuple[Outcome, ...]:
    """Ask every question and judge every reply."""
    outcomes = []
    for each in expectations:
        reply = chatbot.reply(each.ask, each.after)
        answerable = understand(chatbot.edition, each.ask, each.after).answerable
        outcomes.append(Outcome(each, reply, answerable, *judge(each, reply)))
    return tuple(outcomes)


def judge(each: Expectation, reply: Reply) -> tuple[bool, bool]:
    """Whether a reply is right, and whether its first quote alone is."""
    if each.expect != "answer":
        right = reply.kind == each.expect or (
            each.expect == "not_covered" and reply.kind == "smalltalk" and each.family == "off_topic"
        )
        return right, right
    if reply.kind != "answer" or not reply.quotes:
        return False, False
    texts = [quote.text for quote in reply.quotes]
    right = _holds(texts, each.answers) and (not each.also or _holds(texts, each.also))
    return right, _holds(texts[:1], each.answers + each.also)


def _holds(texts: Sequence[str], sentences: Sequence[str]) -> bool:
    return any(sentence in text for text in texts for sentence in sentences)


def table(outcomes: Sequence[Outcome]) -> str:
    """Shares right by family, as lines of text, with the whole below."""
    lines = [f"{'family':24}{'questions':>10}{'right':>8}{'first':>8}"]
    families = dict.fromkeys(outcome.expectation.family for outcome in outcomes)
    for family in families:
        lines.append(_line(family, [outcome for outcome in outcomes if outcome.expectation.family == family]))
    lines.append(_line("all", outcomes))
    return "\n".join(lines)


def share(outcomes: Sequence[Outcome]) -> float:
    """The share of outcomes that are right."""
    return sum(outcome.right for outcome in outcomes) / max(1, len(outcomes))


def _line(name: str, outcomes: Sequence[Outcome]) -> str:
    answered = [outcome for outcome in outcomes if outcome.expectation.expect == "answer"]
    first = f"{sum(outcome.first for outcome in answered) / len(answered):8.3f}" if answered else " " * 8
    return f"{name:24}{len(outcomes):>10}{share(outcomes):8.3f}{first}"
