"""Publishing: a candidate is prepared in a process of its own, tried, and only then put in the place of what serves.

Whatever is interrupted, the last good edition serves on and it can be tried again.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.editorial.comparing import Changes
from chatbot.editorial.files import EditorialError
from chatbot.editorial.gate import GateReport

PREPARE = (sys.executable, "-m", "chatbot.cli", "prepare")


class PublishRefused(EditorialError):
    """The edition may not be published. ``overridable`` says whether a reason would let it through."""

    def __init__(self, message: str, overridable: bool) -> None:
        self.overridable = overridable
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Job:
    """The candidate, or what becomes of it.

    ``state`` is none, running, ready (its gate was run, see ``report``),
    unchanged (the draft is what is published), published, or failed (see
    ``error``, whose lines are for staff). ``done`` of ``total`` of the ``step``
    are through. ``outdated`` says that the draft, or what is published, has
    changed since.
    """

    state: str
    step: str = ""
    done: int = 0
    total: int = 0
    edition: str = ""
    report: GateReport | None = None
    error: str = ""
    by: str = ""
    began: str = ""
    outdated: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """One step of the history: ``action`` is publish or rollback, ``at`` a time (ISO, UTC), ``reason`` says why in
    spite of a failed check, or why back; ``kept`` whether it can be gone back to, ``current`` whether it serves."""

    edition: str
    at: str
    by: str
    action: str
    reason: str
    summary: str
    kept: bool = True
    current: bool = False


class Publishing:
    """From the draft to what is served, and back."""

    def __init__(self, corpus: Path, var: Path, command: Sequence[str] = PREPARE) -> None:
        self._corpus, self._var, self._command = corpus, var, tuple(command)

    def start(self, by: str) -> Job:
        """Begin to prepare a candidate in a process of its own. Raises Busy when one is being prepared."""
        raise NotImplementedError

    def job(self) -> Job:
        """The candidate, as far as it is."""
        raise NotImplementedError

    def publish(self, edition_id: str, by: str, reason: str = "") -> Publication:
        """Publish the candidate. Raises PublishRefused, with nothing changed.

        A ``reason`` lets through a failed check of the clinic, and a draft
        edited since; it never lets through a failed safety message, nor a
        candidate that was compared with another edition than serves now.
        """
        raise NotImplementedError

    def history(self) -> list[Publication]:
        """What was published and gone back to, the latest first."""
        raise NotImplementedError

    def changes(self, old: str, new: str) -> Changes:
        """What is different between two editions, by their ids; ``old`` may be empty."""
        raise NotImplementedError

    def rollback(self, edition_id: str, by: str, reason: str) -> Publication:
        """Serve an earlier edition again. Raises PublishRefused without a reason, or when it is not kept or damaged."""
        raise NotImplementedError
