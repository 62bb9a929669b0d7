"""Brings a backup back: all of it is unpacked and checked beside what is there, then changes places with it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from chatbot.journal import Database, copy_rows, holds_rows
from chatbot.keeping.archive import FOLDERS, JOURNAL, KeepingError, unpack


def restore(file: Path, corpus: Path, var: Path, database: Database, replace: bool = False) -> dict[str, Any]:
    """Put back everything that a backup holds; its manifest.

    Raises KeepingError for a damaged backup, or when there is something
    already and ``replace`` is not given; JournalError; OSError. After an
    error everything is as it was.
    """
    if not replace:
        _check_empty(corpus, var, database)
    with ExitStack() as stack:
        new_corpus, new_var = stack.enter_context(_beside(corpus)), stack.enter_context(_beside(var))
        manifest = unpack(file, lambda name: _place(name, new_corpus, new_var))
        journal = Database.beside(new_var)
        journal.migrate()
        journal.sweep()
        swap = stack.enter_context(_Swap())
        for name in FOLDERS["var"]:
            swap.exchange(var / name, new_var / name)
        for name in sorted({*FOLDERS["corpus"], *_tomls(corpus), *_tomls(new_corpus)}):
            swap.exchange(corpus / name, new_corpus / name)
        if database.path is None:
            copy_rows(journal, database)
        else:
            new_place = stack.enter_context(_beside(database.path.parent))
            journal.close()
            shutil.move(new_var / JOURNAL, new_place / JOURNAL)
            _exchange_journal(swap, database, database.path, new_place / JOURNAL)
    return manifest


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


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A folder in ``folder`` itself, so that what is in it can change places in one step; deleted at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".restoring-", dir=folder))
    try:
        yield made
    finally:
        shutil.rmtree(made)


def _exchange_journal(swap: _Swap, database: Database, place: Path, new: Path) -> None:
    """The file of the database changes places like any other, and what SQLite keeps beside it goes."""
    new.chmod(0o600)
    database.close()
    for suffix in ("-wal", "-shm"):
        swap.exchange(Path(f"{place}{suffix}"), Path(f"{new}{suffix}"))
    swap.exchange(place, new)


class _Swap:
    """Places that were exchanged; ``with`` puts them back as they were when there is an error."""

    def __init__(self) -> None:
        self._steps: list[tuple[Path, Path]] = []

    def exchange(self, place: Path, new: Path) -> None:
        """Put what is at ``new`` at ``place``; what was there stands beside ``new`` until all has gone well."""
        if place.exists():
            self._move(place, new.with_name(f"{new.name}.before"))
        if new.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            self._move(new, place)

    def _move(self, source: Path, target: Path) -> None:
        os.rename(source, target)
        self._steps.append((source, target))

    def __enter__(self) -> _Swap:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            for source, target in reversed(self._steps):
                os.rename(target, source)
