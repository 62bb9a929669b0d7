"""Slows down whoever tries passwords: five tries for one name, then a wait that doubles.

A try counts before its password is looked at, so that many at once are no way
around. Names that no account has are treated the same, and kept as digests: a
password may have been typed in the wrong field.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete
from sqlalchemy.orm import Session

from chatbot.journal.tables import TriesRow

FREE = 5
"""Wrong tries before the first wait."""

FIRST, LONGEST = 30, 900
"""Seconds of the first wait, and of the longest: nobody is shut out for good by somebody else's tries."""

FORGOTTEN = timedelta(days=1)


def count_try(session: Session, key: str, now: datetime) -> int:
    """Count a try to log in; or, where it comes too early, the seconds still to wait, and it is not counted."""
    session.execute(delete(TriesRow).where(TriesRow.last < now - FORGOTTEN))
    row = session.get(TriesRow, _digest(key))
    if row is None:
        session.add(TriesRow(digest=_digest(key), count=1, last=now))
        return 0
    left = (row.last + timedelta(seconds=wait_after(row.count)) - now).total_seconds()
    if left > 0:
        return int(left) + 1
    row.count, row.last = row.count + 1, now
    return 0


def forget_tries(session: Session, key: str) -> None:
    """Begin anew for a name: somebody has got in, or an administrator has reset the account."""
    session.execute(delete(TriesRow).where(TriesRow.digest == _digest(key)))


def wait_after(count: int) -> int:
    """Seconds to wait after so many wrong tries."""
    return 0 if count < FREE else int(min(LONGEST, FIRST * 2 ** min(count - FREE, 10)))


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "replace")).hexdigest()
