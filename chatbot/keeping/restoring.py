"""Brings a backup back: all of it is unpacked and checked beside what is there, then changes places with it."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath
from typing import Any

from chatbot.journal import Database, copy_rows, holds_mark, holds_rows
from chatbot.keeping.archive import FOLDERS, JOURNAL, KeepingError, unpack
from chatbot.keeping.swap import Arrived, Swap, finish, swapping


def restore(file: Path, corpus: Path, var: Path, database: Database, replace: bool = False) -> dict[str, Any]:
    """Put back everything that a backup holds; its manifest.

    Raises KeepingError for a damaged backup, or when there is something
    already and ``replace`` is not given; Busy while another restore runs;
    JournalError; OSError. After an error everything is as it was; after a
    kill it is when ``finish_restore`` has been called.
    """
    if not replace:
        _check_empty(corpus, var, database)
    with swapping(var, _arrived(database)) as swap:
        new_corpus, new_var = swap.folder_in(corpus), swap.folder_in(var)
        manifest = unpack(file, lambda name: _place(name, new_corpus, new_var))
        journal = Database.beside(new_var)
        journal.migrate()
        journal.sweep()
        for name in FOLDERS["var"]:
            swap.exchange(var / name, new_var / name)
        for name in sorted({*FOLDERS["corpus"], *_tomls(corpus), *_tomls(new_corpus)}):
            swap.exchange(corpus / name, new_corpus / name)
        if database.path is None:
            copy_rows(journal, database, swap.last)
        else:
            new_place = swap.folder_in(database.path.parent)
            journal.close()
            shutil.move(new_var / JOURNAL, new_place / JOURNAL)
            _exchange_journal(swap, database, database.path, new_place / JOURNAL)
    return manifest


def finish_restore(var: Path, journal_url: str | None = None) -> bool:
    """Take back a restore that was stopped on the way; whether there was one.

    Raises Busy while one runs; KeepingError or JournalError when the database
    that ``journal_url`` names, looked at only where one was stopped, cannot
    say how far it had come.
    """
    return finish(var, lambda mark: _arrived(Database.of(journal_url, var))(mark))


def _arrived(database: Database) -> Arrived:
    """Whether ``database`` holds the mark of restored rows. Only rows that go to a PostgreSQL leave one."""

    def arrived(mark: str) -> bool:
        if database.path is not None:
            raise KeepingError(
                "a restore into a PostgreSQL was stopped on the way; "
                "name that database in CHATBOT_JOURNAL, and try again"
            )
        return holds_mark(database, mark)

    return arrived


def _place(name: str, new_corpus: Path, new_var: Path) -> Path:
    path = PurePosixPath(name)
    return new_corpus.joinpath(*path.parts[1:]) if path.parts[0] == "corpus" else new_var.joinpath(*path.parts)


def _tomls(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.toml")}


def _check_empty(corpus: Path, var: Path, database: Database) -> None:
    """Raises KeepingError where a restore would replace something."""
    places = [var / name for name in FOLDERS["var"]] + [corpus / name for name in FOLDERS["corpus"]]
    found = next((place for place in places if place.is_dir() and any(place.iterdir())), None)
    found = found or next(iter(sorted(corpus.glob("*.toml"))), None)
    if found is not None:
        raise KeepingError(f"{found}: is there already; restore into an empty place, or replace it: --replace")
    if (database.path is None or database.path.exists()) and holds_rows(database):
        raise KeepingError(f"{database.name}: holds rows already; restore into an empty one, or replace it: --replace")


def _exchange_journal(swap: Swap, database: Database, place: Path, new: Path) -> None:
    """The file of the database changes places like any other, and what SQLite keeps beside it goes."""
    new.chmod(0o600)
    database.close()
    for suffix in ("-wal", "-shm"):
        swap.exchange(Path(f"{place}{suffix}"), Path(f"{new}{suffix}"))
    swap.exchange(place, new)
