"""Who did what, and when: rows that are added and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from chatbot.journal import Database
from chatbot.journal.tables import AuditRow


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
        with self._database.writing() as connection:
            add_row(connection, who, action, subject, detail)

    def entries(self, limit: int = 100, before: int | None = None) -> list[AuditEntry]:
        """The newest rows, newest first, or those older than number ``before``. Raises JournalError."""
        columns = (AuditRow.number, AuditRow.at, AuditRow.who, AuditRow.action, AuditRow.subject, AuditRow.detail)
        query = select(*columns).order_by(AuditRow.number.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditRow.number < before)
        with self._database.reading() as connection:
            return [AuditEntry(*row) for row in connection.execute(query)]


def add_row(to: Connection | Session, who: str, action: str, subject: str, detail: str = "") -> None:
    """Add a row in the transaction of what it tells of: both stay, or neither."""
    at = datetime.now(UTC).replace(tzinfo=None)
    words = {"who": who, "action": action, "subject": subject, "detail": detail}
    to.execute(insert(AuditRow).values(at=at, **{name: _writable(text) for name, text in words.items()}))


def _writable(text: str) -> str:
    """The text without what no database takes."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
