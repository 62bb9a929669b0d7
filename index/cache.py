"""What earlier builds worked out, kept below ``var/cache``: no unchanged text is embedded twice.

A value is kept under a digest of everything that decides it (a model's digest
and a text, say), so that a hit is right by construction and any change is a
miss. Digests and numbers are kept, never words. What is read back is checked
against a digest of its own, and a damaged file is thrown away, never trusted:
losing the cache costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

log = logging.getLogger(__name__)
CACHE = Path("cache") / "built.sqlite"
"""Where a var folder holds its cache."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (key BLOB PRIMARY KEY, number INTEGER, first INTEGER, last INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS value (number INTEGER PRIMARY KEY, content BLOB);
CREATE TABLE IF NOT EXISTS build (number INTEGER PRIMARY KEY, edition TEXT);
"""
_CHECK = 8
"""Bytes of the digest that follows each value."""
_ASKED = 500
"""Keys in one query; SQLite takes no more than 999 values in older versions."""


def key_of(*parts: bytes | str) -> bytes:
    """The key of a value that just these parts decide."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "little"))
        digest.update(content)
    return digest.digest()


class BuildCache:
    """Values by key, and which build used each. Never raises for what is on the disk: then it is empty.

    ``first`` and ``last`` of an entry are the builds between which it was
    used; a build's number stands with its edition once that is written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._build = 1

    @classmethod
    def below(cls, var: Path) -> BuildCache:
        """The cache of a var folder."""
        return cls(var / CACHE)

    def recall(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The values of those keys that are kept and sound, each noted as used by this build."""
        found: dict[bytes, bytes] = {}
        with self._careful() as connection:
            for begin in range(0, len(keys), _ASKED):
                asked = keys[begin : begin + _ASKED]
                marks = ",".join("?" * len(asked))
                query = f"SELECT key, content FROM entry JOIN value USING (number) WHERE key IN ({marks})"
                rows = connection.execute(query, asked)
                found.update((key, content[:-_CHECK]) for key, content in rows if _sound(key, content))
            used = [(self._build, key) for key in found]
            connection.executemany("UPDATE entry SET last = ? WHERE key = ?", used)
            connection.commit()
        return found

    def keep(self, values: Mapping[bytes, bytes]) -> None:
        """Keep values from now on, also when this build breaks off later."""
        with self._careful() as connection:
            for key, content in values.items():
                connection.execute("DELETE FROM value WHERE number = (SELECT number FROM entry WHERE key = ?)", (key,))
                stored = connection.execute("INSERT INTO value(content) VALUES (?)", (content + _check(key, content),))
                row = (key, stored.lastrowid, self._build, self._build)
                connection.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", row)
            connection.commit()

    def done(self, edition_id: str) -> None:
        """Note the edition that this build became: what it used is kept as long as it is."""
        with self._careful() as connection:
            connection.execute("INSERT OR REPLACE INTO build VALUES (?, ?)", (self._build, edition_id))
            connection.commit()

    def sweep(self, editions: Iterable[str]) -> None:
        """Forget what none of these editions used, and give the space back."""
        with self._careful() as connection:
            _sweep(connection, list(editions))

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    @contextmanager
    def _careful(self) -> Iterator[sqlite3.Connection]:
        """The connection; trouble with the file never stops a build."""
        try:
            yield self._connection or self._connect()
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            self.close()
            self._discard(error)

    def _connect(self) -> sqlite3.Connection:
        """Open the file when it is first needed: anew where it is damaged, and in memory where it cannot be used."""
        for _ in range(2):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                return self._open(str(self._path))
            except (sqlite3.Error, OSError) as error:
                self.close()
                self._discard(error)
        return self._open(":memory:")

    def _open(self, place: str) -> sqlite3.Connection:
        self._connection = sqlite3.connect(place, timeout=30)
        self._connection.executescript(f"PRAGMA synchronous=OFF; PRAGMA auto_vacuum=INCREMENTAL; {_SCHEMA}")
        self._build = self._connection.execute("SELECT coalesce(max(number), 0) + 1 FROM build").fetchone()[0]
        return self._connection

    def _discard(self, error: Exception) -> None:
        """Remove a damaged file; one that is only locked or out of reach is left to others."""
        if isinstance(error, OSError) or "locked" in str(error) or "unable to open" in str(error):
            log.warning("%s: cannot be used (%s)", self._path, error)
            return
        log.warning("%s: damaged (%s); it is made anew", self._path, error)
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def _check(key: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(key + content, digest_size=_CHECK).digest()


def _sound(key: bytes, content: object) -> bool:
    return isinstance(content, bytes) and content[-_CHECK:] == _check(key, content[:-_CHECK])


def _sweep(connection: sqlite3.Connection, editions: Sequence[str]) -> None:
    """Forget the builds of other editions, and what was used by no build that is left."""
    named = {edition: number for number, edition in connection.execute("SELECT number, edition FROM build")}
    gone = [(number,) for edition, number in named.items() if edition not in editions]
    connection.executemany("DELETE FROM build WHERE number = ?", gone)
    connection.execute(
        "DELETE FROM entry WHERE NOT EXISTS (SELECT 1 FROM build WHERE build.number BETWEEN entry.first AND entry.last)"
    )
    connection.execute("DELETE FROM value WHERE number NOT IN (SELECT number FROM entry)")
    connection.commit()
    connection.execute("PRAGMA incremental_vacuum").fetchall()
    connection.commit()
