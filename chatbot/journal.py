"""Counts what happens, without words: how many replies of which kind, and what was quoted.

By default nothing that a visitor typed, no address and no session is written.
A reply never waits for the journal and never fails because of it: entries are
handed to one writing thread, and lost when the database cannot be written.

This is the one home of SQLAlchemy.
"""

from __future__ import annotations

import atexit
import logging
import queue
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, Index, create_engine, delete, event, func, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

log = logging.getLogger(__name__)
KEPT = timedelta(days=396)
"""Thirteen months: a year can be compared with the one before, and no longer."""

WAITING = 1000
"""How many entries may wait for the writing thread before further ones are let go."""

REASONS = ("useful", "wrong", "unclear", "unsafe", "not_asked")


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
        """The default journal: SQLite in the folder ``var``."""
        return cls(f"sqlite:///{(var / 'journal.sqlite').resolve()}")

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
        except SQLAlchemyError as error:
            log.error("the journal cannot be read: %s", type(error).__name__)
            return {}
        months: dict[str, dict[str, int]] = {}
        for hour, kind, count in rows:
            month = months.setdefault(f"{hour:%Y-%m}", {})
            month[kind] = month.get(kind, 0) + count
        return dict(sorted(months.items()))

    def expire(self, now: datetime | None = None) -> None:
        """Delete what is older than thirteen months."""
        oldest = (now or datetime.now(UTC)).replace(tzinfo=None) - KEPT
        with self._open().begin() as connection:
            connection.execute(delete(Entry).where(Entry.hour < oldest))
            connection.execute(delete(Feedback).where(Feedback.hour < oldest))

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
        if self._writer is None:
            with self._lock:
                if self._writer is None:
                    self._writer = threading.Thread(target=self._write_forever, name="journal", daemon=True)
                    self._writer.start()
                    atexit.register(self.flush)
        try:
            self._waiting.put_nowait(row)
        except queue.Full:
            log.error("the journal is behind; an entry was let go")

    def _write_forever(self) -> None:
        expired = datetime.min
        while True:
            batch = [self._waiting.get()]
            while not self._waiting.empty() and len(batch) < 200:
                batch.append(self._waiting.get_nowait())
            try:
                with self._open().begin() as connection:
                    for row in batch:
                        _insert(connection, row)
                if datetime.now() - expired > timedelta(hours=6):
                    self.expire()
                    expired = datetime.now()
            except (SQLAlchemyError, OSError) as error:
                log.error("the journal cannot be written: %s", type(error).__name__)
            for row in batch:
                if isinstance(row, threading.Event):
                    row.set()

    def _open(self) -> Engine:
        if self._engine is None:
            engine = create_engine(self._url)
            if engine.dialect.name == "sqlite" and engine.url.database:
                Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
            if engine.dialect.name == "sqlite":
                event.listen(engine, "connect", _wait_for_others)
            _Base.metadata.create_all(engine)
            self._engine = engine
        return self._engine


def _wait_for_others(connection: object, _: object) -> None:
    """SQLite with a write-ahead log, so that workers do not block each other."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA busy_timeout=3000")
    cursor.close()


def _insert(connection: Connection, row: _Base | threading.Event) -> None:
    if isinstance(row, _Base):
        columns = type(row).__table__.columns.keys()
        values = {name: getattr(row, name) for name in columns if name != "number"}
        connection.execute(insert(type(row)).values(**values))


def _hour() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0, tzinfo=None)
