"""The gate: what an edition must get right before it is published.

The safety set that ships with the program, the clinic's own checks
(corpus/checks.toml), and a look at every known question whose answer changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chatbot.answering import Chatbot
from corpus import Check

Advance = Callable[[str, int, int], None]
"""Called with a step's name, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that was answered wrongly: what was ``expected`` and what was ``found``, in words."""

    ask: str
    after: tuple[str, ...]
    expected: str
    found: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a question: the reply's kind, and what was quoted, as (article id, text)."""

    kind: str
    quotes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """A known question that the candidate answers otherwise than the published edition."""

    question: str
    after: tuple[str, ...]
    before: Answered
    now: Answered


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate found. ``compared_with`` is the edition that the answers were compared with, or empty;
    ``asked`` are how many safety messages, checks and known questions were asked, ``passed_over`` how many known
    questions were too many to ask."""

    compared_with: str
    safety: tuple[Failure, ...] = ()
    checks: tuple[Failure, ...] = ()
    changed: tuple[ChangedAnswer, ...] = ()
    asked: tuple[int, int, int] = (0, 0, 0)
    passed_over: int = 0

    @property
    def passed(self) -> bool:
        """Whether the edition may be published without a reason."""
        return not self.safety and not self.checks


def run_gate(
    candidate: Chatbot,
    published: Chatbot | None,
    checks: Sequence[Check],
    advance: Advance = lambda *_: None,
) -> GateReport:
    """Ask the candidate everything it must get right, and compare it with the published edition."""
    raise NotImplementedError
