"""The one thread that writes the journal, so that no reply ever waits for a database.

What cannot be written because the database is away waits for it, up to a
bound; what can never be written is let go, and does not stop the rest.
"""

from __future__ import annotations

import atexit
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import insert

from chatbot.journal.database import Database, is_away
from chatbot.journal.tables import Base, Unanswered

log = logging.getLogger(__name__)
Row = tuple[type[Base], dict[str, Any]]
"""A table and the values of its columns; cheaper for the reply that hands it over than an object of the table."""

EXPIRE_EVERY = timedelta(hours=6)
WAITING = 1000
"""How many entries may wait for the writing thread before further ones are let go."""

TOGETHER = 0.25
"""Seconds in which rows are gathered, so that a busy server makes few transactions."""

MOST = 500
"""Rows of one transaction."""

AGAIN_AFTER = 5.0
"""Seconds until a database that was away is tried again."""


class Writer:
    """Writes rows in a thread of its own; ``expire`` is called now and then by the same thread."""

    def __init__(self, database: Database, expire: Callable[[], None]) -> None:
        self._database, self._expire = database, expire
        self._waiting: queue.Queue[Row | threading.Event] = queue.Queue(WAITING)
        self._kept: list[Row] = []
        self._flushing = threading.Event()
        self._trouble = ""
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def hand_over(self, table: type[Base], **values: Any) -> None:
        """Have a row written; returns at once, and never raises."""
        try:
            self.start()
            self._waiting.put_nowait((table, values))
        except (queue.Full, RuntimeError):
            log.error("the journal is behind; an entry was let go")

    def start(self) -> None:
        """Start the thread, where none runs: also in a process that was forked since."""
        if self._thread is not None and self._thread.is_alive():
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                thread = threading.Thread(target=self._work, name="journal", daemon=True)
                thread.start()
                if self._thread is None:
                    atexit.register(self.flush)
                self._thread = thread

    def flush(self, seconds: float = 2.0) -> None:
        """Wait until what was handed over so far was tried to be written, or the time is up."""
        if self._thread is not None:
            done = threading.Event()
            try:
                self._waiting.put(done, timeout=seconds)
            except queue.Full:
                return
            self._flushing.set()
            done.wait(seconds)

    def _work(self) -> None:
        """Write what is handed over, and delete what is old, also while nothing comes in."""
        expired = float("-inf")
        while True:
            if time.monotonic() - expired >= EXPIRE_EVERY.total_seconds():
                self._try(self._expire)
                expired = time.monotonic()
            batch = self._next_batch()
            self._kept += [row for row in batch if not isinstance(row, threading.Event)]
            self._try(self._write)
            for row in batch:
                if isinstance(row, threading.Event):
                    row.set()

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever breaks, the next entries must still be written
            trouble = type(error.__cause__ or error).__name__
            if trouble != self._trouble:
                log.error("the journal cannot be written: %s", trouble)
            self._trouble = trouble

    def _write(self) -> None:
        """Write everything kept, or keep it while the database is away; what can never be written is let go."""
        if not self._kept:
            return
        rows, self._kept = self._kept, []
        try:
            self._insert(rows)
            self._trouble = ""
        except Exception as error:
            if is_away(error):
                self._kept = rows[-WAITING:]
            if is_away(error) or len(rows) == 1:
                raise
            for row in rows:
                self._try(partial(self._insert, [row]))

    def _insert(self, rows: Sequence[Row]) -> None:
        with self._database.writing() as connection:
            for table, alike in groupby(rows, itemgetter(0)):
                connection.execute(insert(table), [_values(*row) for row in alike])

    def _next_batch(self) -> list[Row | threading.Event]:
        """What came in, with what follows in a moment; empty when it is time to expire or to try again."""
        try:
            batch = [self._waiting.get(timeout=AGAIN_AFTER if self._kept else EXPIRE_EVERY.total_seconds())]
        except queue.Empty:
            return []
        self._flushing.wait(TOGETHER)
        self._flushing.clear()
        while not self._waiting.empty() and len(batch) < MOST:
            batch.append(self._waiting.get_nowait())
        return batch


def _values(table: type[Base], values: dict[str, Any]) -> dict[str, Any]:
    if table is not Unanswered:
        return values
    from chatbot.redaction import redact  # its expressions take long to compile, and most clinics never need them

    return values | {"text": redact(values["text"])}
