"""Who did what, and when: rows that are added and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chatbot.journal import Database


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did; ``at`` is in UTC."""

    number: int
    at: datetime
    who: str
    action: str
    subject: str
    detail: str


class Audit:
    """The audit log of a database. The database itself refuses to change or delete a row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, who: str, action: str, subject: str, detail: str = "") -> None:
        """Add a row. Raises JournalError when it cannot be written: then what it tells of must not happen."""
        raise NotImplementedError

    def entries(self, limit: int = 100, before: int | None = None) -> list[AuditEntry]:
        """The newest rows, newest first, or those older than number ``before``. Raises JournalError."""
        raise NotImplementedError
