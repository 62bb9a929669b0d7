"""Carries all rows from one database to another, whichever of SQLite and PostgreSQL each is."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Table, insert, select, text
from sqlalchemy.engine import Connection

from chatbot.journal.database import Database, migrate_by
from chatbot.journal.tables import Base, Entry

AT_ONCE = 500
"""Rows carried in one statement."""


def copy_rows(source: Database, target: Database, mark: Callable[[], str] | None = None) -> dict[str, int]:
    """Replace all of ``target`` by the rows of ``source`` in one transaction; table to rows. Raises JournalError.

    In a PostgreSQL the transaction leaves a mark, which ``holds_mark`` finds: letters and digits, asked for when only
    the commit is left to do.
    """
    with source.reading() as old, target.writing(alone=True) as new:
        _empty(new)
        counts = {table.name: _copy(old, new, table) for table in Base.metadata.sorted_tables}
        if mark is not None and new.dialect.name == "postgresql":
            new.execute(text(f"COMMENT ON TABLE {Entry.__tablename__} IS '{_plain(mark())}'"))
        return counts


def _plain(mark: str) -> str:
    """The mark, which stands in a statement as it is. Raises ValueError where it is more than letters and digits."""
    if not mark.isalnum():
        raise ValueError("a mark is letters and digits")
    return mark


def holds_mark(database: Database, mark: str) -> bool:
    """Whether the last rows that were carried to a PostgreSQL had this mark. Raises JournalError."""
    with database.reading() as connection:
        found = connection.execute(text(f"SELECT obj_description(to_regclass('{Entry.__tablename__}'), 'pg_class')"))
        return bool(found.scalar() == mark)


def holds_rows(database: Database) -> bool:
    """Whether there is any row that a restore would replace. Raises JournalError."""
    with database.reading() as connection:
        return any(connection.execute(select(table).limit(1)).first() for table in Base.metadata.sorted_tables)


def _empty(connection: Connection) -> None:
    """New, empty tables: rows of the audit log cannot be deleted, so the tables go and come again."""
    Base.metadata.drop_all(connection)
    connection.execute(text("DROP TABLE alembic_version"))
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP FUNCTION audit_is_only_added_to()"))
    migrate_by(connection)


def _copy(old: Connection, new: Connection, table: Table) -> int:
    count = 0
    for rows in old.execute(select(table)).mappings().partitions(AT_ONCE):
        new.execute(insert(table), [dict(row) for row in rows])
        count += len(rows)
    if new.dialect.name == "postgresql":
        for column in table.primary_key.columns:
            if column.name in ("number", "id"):
                _count_on(new, table.name, column.name)
    return count


def _count_on(connection: Connection, table: str, column: str) -> None:
    """Let PostgreSQL number the next row after the highest that was carried over."""
    sequence = f"pg_get_serial_sequence('{table}', '{column}')"
    highest = f"SELECT max({column}) FROM {table}"
    connection.execute(text(f"SELECT setval({sequence}, coalesce(({highest}), 1), ({highest}) IS NOT NULL)"))
