"""The database by its URL: SQLite beside the editions unless a clinic names a PostgreSQL.

Tables come from migrations on first use. Two processes may start at
once, and a journal from before the migrations is taken over as it is.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError, SQLAlchemyError

from chatbot.problem import ChatbotError

NEWEST = "0003"
"""The revision of the tables that this program knows: the last one in ``migrations``."""

ONE_AT_A_TIME = 5_061_977
"""PostgreSQL's advisory lock of whoever changes tables or accounts: any number, the same everywhere."""

_migrating = threading.Lock()
"""Alembic keeps what it is doing in a global."""


class NewerTables(Exception):
    """The tables are of a revision that this program does not know."""


class JournalError(ChatbotError):
    """The database cannot be used: one line that says where and what to do, and nothing of what stands in it."""


class Database:
    """A database by SQLAlchemy URL, opened and migrated on first use, opened anew when it was taken away."""

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise JournalError(
                "the journal's URL cannot be read; write postgresql://name:password@host/database in CHATBOT_JOURNAL"
            ) from None
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        self._url = parsed
        self._lock = threading.RLock()
        self._engine: Engine | None = None
        self._file: tuple[int, int] | None = None

    def __del__(self) -> None:
        if getattr(self, "_engine", None) is not None:
            self.close()

    @classmethod
    def beside(cls, var: Path) -> Database:
        """The default database: SQLite in the folder ``var``."""
        return cls(f"sqlite:///{(var / 'journal.sqlite').resolve()}")

    @classmethod
    def of(cls, url: str | None, var: Path) -> Database:
        """The database that a URL names; without one, the default."""
        return cls(url) if url else cls.beside(var)

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database, or None."""
        is_file = self._url.get_backend_name() == "sqlite" and self._url.database
        return Path(self._url.database) if is_file and self._url.database else None

    @property
    def name(self) -> str:
        """Where the database is, without its password."""
        return str(self.path or self._url.render_as_string(hide_password=True))

    def migrate(self) -> None:
        """Bring the tables up to this program; does nothing when they are. Raises JournalError."""
        with self._told():
            self._open()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read by, that sees one state of the database. Raises JournalError."""
        with self._told(), self._open().connect() as connection:
            if self.path is None:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self, alone: bool = False) -> Iterator[Connection]:
        """A transaction, committed at the end; ``alone`` when nobody else may write meanwhile. Raises JournalError."""
        with self._told(), self._open().connect() as connection:
            connection = connection.execution_options(at_once=True)
            with connection.begin():
                if alone:
                    _lock(connection)
                yield connection

    def sweep(self) -> None:
        """Have deleted text leave SQLite's write-ahead log, too. Raises JournalError."""
        if self.path is not None:
            with self._told(), closing(self._open().raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the database; the next use opens it anew."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError, ImportError) as error:
            self.close()
            message = f"{self.name}: the journal cannot be used ({_cause(error)})"
            raise JournalError(f"{message}; see that it is there, writable and not full, then try again") from error
        except NewerTables as error:
            raise JournalError(
                f"{self.name}: the journal was made by a newer version; install that version, or restore a backup"
            ) from error

    def _open(self) -> Engine:
        with self._lock:
            if self._engine is not None and self._file != _identity(self.path):
                self.close()
            if self._engine is None:
                engine = self._create()
                try:
                    with _migrating, engine.connect() as connection:
                        _migrate(connection)
                except BaseException:
                    engine.dispose()
                    raise
                self._file, self._engine = _identity(self.path), engine
            return self._engine

    def _create(self) -> Engine:
        if self.path is None:
            return _postgresql(self._url.render_as_string(hide_password=False))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # accounts stand in it
        engine = create_engine(self._url, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine


def migrate_by(connection: Connection) -> None:
    """Bring the tables up to this program on a connection that is in a transaction. Raises NewerTables."""
    from chatbot.journal.migrating import upgrade  # Alembic takes longer to load than everything else here

    upgrade(connection)


def _migrate(connection: Connection) -> None:
    """Bring the tables up where they are not; only then wait, up to a minute, for another process that does."""
    with connection.begin():
        if _revision(connection) == NEWEST:
            return
    connection.exec_driver_sql(
        "PRAGMA busy_timeout=60000" if connection.dialect.name == "sqlite" else "SET lock_timeout = '60s'"
    )
    connection.commit()
    with connection.execution_options(at_once=True).begin():
        _lock(connection)
        if _revision(connection) != NEWEST:
            migrate_by(connection)
    connection.invalidate()  # the next one waits for nobody so long


def _revision(connection: Connection) -> str | None:
    """The revision that the tables are of; None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _lock(connection: Connection) -> None:
    """Let nobody else change tables or accounts until this transaction ends; SQLite's own does so already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))


def _postgresql(url: str) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": 3}, pool_timeout=3
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: object, _: object) -> None:
    """Nobody waits for ever, neither for a lock nor for a query."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("SET lock_timeout = '5s'")
    cursor.execute("SET statement_timeout = '30s'")
    cursor.close()
    connection.commit()  # type: ignore[attr-defined]


def _prepare_sqlite(connection: object, _: object) -> None:
    """SQLite with a write-ahead log, so that workers do not block each other; what is deleted is overwritten."""
    connection.isolation_level = None  # type: ignore[attr-defined]  # transactions begin below, also around tables
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA busy_timeout=3000")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Whoever writes takes the lock at once: who reads first may find later that another has written meanwhile."""
    at_once = connection.get_execution_options().get("at_once", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if at_once else "BEGIN")


def _identity(path: Path | None) -> tuple[int, int] | None:
    """Which file a path leads to: one that was taken away or replaced would be written to, and read by nobody."""
    if path is None:
        return None
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _cause(error: BaseException) -> str:
    """The kind of an error, and what the driver says where it cannot hold a value."""
    if isinstance(error, ImportError):
        return f"{error.name} is not installed; run: pip install --editable '.[postgresql]'"
    origin = getattr(error, "orig", None)
    said = f": {' '.join(str(origin).split())[:120]}" if type(origin).__name__ == "OperationalError" else ""
    return type(error).__name__ + said


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database cannot be reached or written just now, not that a row is wrong."""
    return isinstance(error, JournalError) and isinstance(error.__cause__, (OperationalError, InterfaceError, OSError))
