"""What is noted in the journal, what is forgotten, and what staff may ask it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import delete
from sqlalchemy.engine import Connection

from chatbot.journal import reading
from chatbot.journal.database import Database, JournalError
from chatbot.journal.reading import UnansweredQuestion, Verdicts
from chatbot.journal.tables import Entry, Feedback, Unanswered
from chatbot.journal.writing import Writer

log = logging.getLogger(__name__)
Found = TypeVar("Found")

KEPT = timedelta(days=396)
"""Thirteen months: a year can be compared with the one before, and no longer."""

TEXT_KEPT = timedelta(days=30)
"""How long the redacted text of an unanswered question is kept, where a clinic asked for it."""

REASONS = ("useful", "wrong", "unclear", "unsafe", "not_asked")
"""What a visitor can say about an answer."""


class Journal:
    """The journal in a database. What is noted returns at once and never fails; what is read raises JournalError."""

    def __init__(self, database: Database | str) -> None:
        self.database = Database(database) if isinstance(database, str) else database
        self._writer = Writer(self.database, self.expire)

    @classmethod
    def beside(cls, var: Path) -> Journal:
        """The default journal: SQLite in the folder ``var``; what is old in it is deleted from now on."""
        return cls.of(Database.beside(var))

    @classmethod
    def of(cls, database: Database) -> Journal:
        """The journal in a database; where there is one already, what is old in it is deleted from now on."""
        journal = cls(database)
        if database.path is None or _may_be_there(database.path):
            journal._writer.start()
        return journal

    def record(
        self,
        kind: str,
        concern: str,
        passages: Sequence[str],
        milliseconds: float,
        edition: str,
        topic: str = "",
    ) -> None:
        """Note one reply; returns at once."""
        self._writer.hand_over(
            Entry,
            hour=_hour(),
            kind=kind,
            concern=concern,
            passages=" ".join(passages),
            milliseconds=round(milliseconds),
            edition=edition,
            topic=topic,
        )

    def record_feedback(self, edition: str, passages: Sequence[str], reason: str) -> None:
        """Note one verdict; returns at once. Raises ValueError for a reason that is not one of REASONS."""
        if reason not in REASONS:
            raise ValueError(f"a reason is one of {', '.join(REASONS)}")
        self._writer.hand_over(Feedback, hour=_hour(), reason=reason, passages=" ".join(passages), edition=edition)

    def record_unanswered(self, question: str, edition: str) -> None:
        """Keep the redacted text of a question; returns at once, the writing thread redacts."""
        self._writer.hand_over(Unanswered, day=datetime.now(UTC).date(), text=question, edition=edition)

    def flush(self, seconds: float = 2.0) -> None:
        """Wait until what was handed over so far was tried to be written, or the time is up."""
        self._writer.flush(seconds)

    def counts(self, kinds: Sequence[str]) -> dict[str, Mapping[str, int]]:
        """How many replies of these kinds each month had: month (YYYY-MM) to kind to count; empty when unreadable."""
        try:
            return self._read(lambda connection: reading.counts_by_month(connection, kinds))
        except JournalError as error:
            log.error("the journal cannot be read: %s", type(error.__cause__ or error).__name__)
            return {}

    def unanswered(self) -> list[UnansweredQuestion]:
        """The questions that are kept, redacted, newest first. Raises JournalError."""
        return self._read(reading.unanswered)

    def dismiss(self, numbers: Iterable[int]) -> int:
        """Delete kept questions that staff have dealt with; how many there were. Raises JournalError."""
        chosen = list(numbers)
        with self.database.writing() as connection:
            return reading.dismiss(connection, chosen)

    def topics(self, since: date) -> dict[str, int]:
        """How often each topic that staff named was asked for and not covered, most first. Raises JournalError."""
        return self._read(lambda connection: reading.topics(connection, since))

    def kinds_by_day(self, since: date) -> dict[date, dict[str, int]]:
        """How many replies of each kind each day (UTC) had, oldest first. Raises JournalError."""
        return self._read(lambda connection: reading.kinds_by_day(connection, since))

    def quoted(self, since: date) -> dict[str, dict[str, int]]:
        """How often each edition quoted each of its passages ("article:start-end"). Raises JournalError."""
        return self._read(lambda connection: reading.quoted(connection, since))

    def help_by_day(self, since: date) -> dict[date, int]:
        """How many replies of each day (UTC) showed help, oldest first. Raises JournalError."""
        return self._read(lambda connection: reading.help_by_day(connection, since))

    def feedback(self, since: date) -> list[Verdicts]:
        """What visitors said of which passages, unsafe first. Raises JournalError."""
        return self._read(lambda connection: reading.feedback(connection, since))

    def judged(self, since: date) -> list[tuple[str, Verdicts]]:
        """What visitors said of which passages of which edition, in no order. Raises JournalError."""
        return self._read(lambda connection: reading.judged(connection, since))

    def expire(self, now: datetime | None = None) -> None:
        """Delete what is older than thirteen months, and text that is thirty days old. Raises JournalError."""
        now = (now or datetime.now(UTC)).replace(tzinfo=None)
        oldest = now - KEPT
        with self.database.writing() as connection:
            connection.execute(delete(Entry).where(Entry.hour < oldest))
            connection.execute(delete(Feedback).where(Feedback.hour < oldest))
            connection.execute(delete(Unanswered).where(Unanswered.day <= (now - TEXT_KEPT).date()))
        self.database.sweep()

    def _read(self, ask: Callable[[Connection], Found]) -> Found:
        self.flush()
        with self.database.reading() as connection:
            return ask(connection)


def _hour() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0, tzinfo=None)


def _may_be_there(path: Path) -> bool:
    """Whether a file is there, or where it should be cannot be looked at now."""
    try:
        return path.exists()
    except OSError:
        return True
