"""Counts what happens, without words: how many replies of which kind, and what was quoted.

By default nothing that a visitor typed, no address and no session is written. A
clinic may have the redacted text of unanswered questions kept for a month.
A reply never waits for the journal and never fails because of it: entries are
handed to one writing thread, and lost when the database cannot be written.

This is the one home of SQLAlchemy.
"""

from __future__ import annotations

import atexit
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, Index, create_engine, delete, event, func, insert, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chatbot.redaction import redact

log = logging.getLogger(__name__)
KEPT = timedelta(days=396)
"""Thirteen months: a year can be compared with the one before, and no longer."""

TEXT_KEPT = timedelta(days=30)
"""How long the redacted text of an unanswered question is kept, where a clinic asked for it."""

EXPIRE_EVERY = timedelta(hours=6)
WAITING = 1000
"""How many entries may wait for the writing thread before further ones are let go."""

REASONS = ("useful", "wrong", "unclear", "unsafe", "not_asked")
"""What a visitor can say about an answer."""


class _Base(DeclarativeBase):
    pass


class Entry(_Base):
    """One reply: the hour it was given, its kind, the concern heard, and which passages were quoted."""

    __tablename__ = "entry"
    __table_args__ = (Index("entry_hour_kind", "hour", "kind"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    hour: Mapped[datetime]
    kind: Mapped[str]
    concern: Mapped[str]
    passages: Mapped[str]
    milliseconds: Mapped[int]
    edition: Mapped[str]


class Feedback(_Base):
    """One verdict on an answer: the passages it quoted and a reason, no words."""

    __tablename__ = "feedback"

    number: Mapped[int] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str]
    passages: Mapped[str]
    edition: Mapped[str]


class Unanswered(_Base):
    """One question that the articles did not answer: the day and its redacted text."""

    __tablename__ = "unanswered"

    number: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    text: Mapped[str]
    edition: Mapped[str]


class Journal:
    """The journal in a database, by SQLAlchemy URL."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: queue.Queue[_Base | threading.Event] = queue.Queue(WAITING)
        self._lock = threading.Lock()
        self._writer: threading.Thread | None = None
        self._engine: Engine | None = None

    @classmethod
    def beside(cls, var: Path) -> Journal:
        """The default journal: SQLite in the folder ``var``; what is old in it is deleted from now on."""
        path = (var / "journal.sqlite").resolve()
        journal = cls(f"sqlite:///{path}")
        if path.exists():
            journal._start()
        return journal

    def record(self, kind: str, concern: str, passages: Sequence[str], milliseconds: float, edition: str) -> None:
        """Note one reply; returns at once."""
        entry = Entry(
            hour=_hour(),
            kind=kind,
            concern=concern,
            passages=" ".join(passages),
            milliseconds=round(milliseconds),
            edition=edition,
        )
        self._hand_over(entry)

    def record_feedback(self, edition: str, passages: Sequence[str], reason: str) -> None:
        """Note one verdict; returns at once. Raises ValueError for a reason that is not one of REASONS."""
        if reason not in REASONS:
            raise ValueError(f"a reason is one of {', '.join(REASONS)}")
        self._hand_over(Feedback(hour=_hour(), reason=reason, passages=" ".join(passages), edition=edition))

    def record_unanswered(self, question: str, edition: str) -> None:
        """Keep the redacted text of a question; returns at once, the writing thread redacts."""
        self._hand_over(Unanswered(day=datetime.now(UTC).date(), text=question, edition=edition))

    def counts(self, kinds: Sequence[str]) -> dict[str, Mapping[str, int]]:
        """How many replies of these kinds each month had: month (YYYY-MM) to kind to count; empty when unreadable."""
        self.flush()
        try:
            with self._open().connect() as connection:
                rows = connection.execute(
                    select(Entry.hour, Entry.kind, func.count())
                    .where(Entry.kind.in_(kinds))
                    .group_by(Entry.hour, Entry.kind)
                ).all()
        except (SQLAlchemyError, OSError) as error:
            log.error("the journal cannot be read: %s", type(error).__name__)
            return {}
        months: dict[str, dict[str, int]] = {}
        for hour, kind, count in rows:
            month = months.setdefault(f"{hour:%Y-%m}", {})
            month[kind] = month.get(kind, 0) + count
        return dict(sorted(months.items()))

    def expire(self, now: datetime | None = None) -> None:
        """Delete what is older than thirteen months, and text that is thirty days old."""
        now = (now or datetime.now(UTC)).replace(tzinfo=None)
        oldest = now - KEPT
        with self._open().begin() as connection:
            connection.execute(delete(Entry).where(Entry.hour < oldest))
            connection.execute(delete(Feedback).where(Feedback.hour < oldest))
            connection.execute(delete(Unanswered).where(Unanswered.day <= (now - TEXT_KEPT).date()))
        self._sweep()

    def flush(self, seconds: float = 2.0) -> None:
        """Wait until what was handed over so far is written, or the time is up."""
        if self._writer is not None:
            done = threading.Event()
            try:
                self._waiting.put(done, timeout=seconds)
            except queue.Full:
                return
            done.wait(seconds)

    def _hand_over(self, row: _Base) -> None:
        try:
            if self._writer is None or not self._writer.is_alive():
                self._start()
            self._waiting.put_nowait(row)
        except (queue.Full, RuntimeError):
            log.error("the journal is behind; an entry was let go")

    def _start(self) -> None:
        with self._lock:
            if self._writer is None or not self._writer.is_alive():
                writer = threading.Thread(target=self._write_forever, name="journal", daemon=True)
                writer.start()
                if self._writer is None:
                    atexit.register(self.flush)
                self._writer = writer

    def _write_forever(self) -> None:
        """Write what is handed over, and delete what is old, also while nothing comes in."""
        expired = float("-inf")
        while True:
            if time.monotonic() - expired >= EXPIRE_EVERY.total_seconds():
                self._try(self.expire)
                expired = time.monotonic()
            batch = self._next_batch()
            self._try(partial(self._write, [row for row in batch if isinstance(row, _Base)]))
            for row in batch:
                if isinstance(row, threading.Event):
                    row.set()

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever breaks, the next entries must still be written
            log.error("the journal cannot be written: %s", type(error).__name__)
            self._close()

    def _write(self, rows: Sequence[_Base]) -> None:
        if rows:
            with self._open().begin() as connection:
                for row in rows:
                    _insert(connection, row)

    def _next_batch(self) -> list[_Base | threading.Event]:
        """What waits, at most 200 at once; empty when nothing came in until it is time to expire."""
        try:
            batch = [self._waiting.get(timeout=EXPIRE_EVERY.total_seconds())]
        except queue.Empty:
            return []
        while not self._waiting.empty() and len(batch) < 200:
            batch.append(self._waiting.get_nowait())
        return batch

    def _close(self) -> None:
        """Let go of the database, so that the next entries open it anew."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _sweep(self) -> None:
        """Have deleted text leave the write-ahead log, too."""
        engine = self._open()
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def _open(self) -> Engine:
        if self._engine is not None and _is_gone(self._engine):
            self._close()
        if self._engine is None:
            engine = create_engine(self._url, hide_parameters=True)
            if engine.dialect.name == "sqlite" and engine.url.database:
                Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
                event.listen(engine, "connect", _wait_for_others)
            _Base.metadata.create_all(engine)
            self._engine = engine
        return self._engine


def _is_gone(engine: Engine) -> bool:
    """Whether SQLite's file was taken away: it would be written to all the same, and read by nobody."""
    return engine.dialect.name == "sqlite" and not Path(engine.url.database or ".").exists()


def _wait_for_others(connection: object, _: object) -> None:
    """SQLite with a write-ahead log, so that workers do not block each other; what is deleted is overwritten."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA busy_timeout=3000")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _insert(connection: Connection, row: _Base) -> None:
    columns = type(row).__table__.columns.keys()
    values = {name: getattr(row, name) for name in columns if name != "number"}
    if isinstance(row, Unanswered):
        values["text"] = redact(row.text)
    connection.execute(insert(type(row)).values(**values))


def _hour() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0, tzinfo=None)
