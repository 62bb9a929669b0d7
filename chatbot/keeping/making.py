"""Makes a backup, also while the program serves."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chatbot.journal import Database, copy_rows
from chatbot.keeping.archive import FOLDERS, JOURNAL, KeepingError, Writer, belongs


@dataclass(frozen=True, slots=True)
class BackUp:
    """What a backup holds: how many files, how many rows of the database, and its own size in bytes."""

    files: int
    rows: int
    size: int


def back_up(corpus: Path, var: Path, database: Database, file: Path) -> BackUp:
    """Write a backup to ``file``, whole or not at all, readable by its owner only.

    Raises KeepingError where there is such a file already or an edition
    comes in between, JournalError when the database cannot be read, OSError.
    """
    if file.exists():
        raise KeepingError(f"{file}: is there already; choose another name, or delete it first")
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}-{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with Writer(out, datetime.now(UTC)) as archive:
                rows = _add_journal(archive, database)
                _add_files(archive, corpus, var)
            out.flush()
            os.fsync(out.fileno())
        size = beside.stat().st_size
        os.replace(beside, file)
    except FileNotFoundError as error:
        raise KeepingError(f"{error.filename}: was removed meanwhile; run the backup again") from error
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()
    return BackUp(len(archive.files), rows, size)


def _add_journal(archive: Writer, database: Database) -> int:
    """Add all rows as one SQLite file, as they were at one moment; how many there are."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Database.beside(Path(folder))
        rows = copy_rows(database, copy)
        copy.sweep()
        copy.close()
        archive.add(JOURNAL, (Path(folder) / JOURNAL).read_bytes())
    return sum(rows.values())


def _add_files(archive: Writer, corpus: Path, var: Path) -> None:
    """Add every file to keep. Raises KeepingError when an edition was published after its folder was listed."""
    current = ""
    for name, path in _files(corpus, var):
        content = path.read_bytes()
        archive.add(name, content)
        if name == "editions/current":
            current = content.decode("ascii", "replace").strip()
    if current and not any(name.startswith(f"editions/{current}/") for name in archive.files):
        raise KeepingError("an edition was published meanwhile; run the backup again")


def _files(corpus: Path, var: Path) -> Iterator[tuple[str, Path]]:
    """Every file to keep, with its name in the backup."""
    for path in sorted(corpus.glob("*.toml")):
        yield f"corpus/{path.name}", path
    for folder in FOLDERS["corpus"]:
        yield from _below(corpus / folder, f"corpus/{folder}")
    for folder in FOLDERS["var"]:
        yield from _below(var / folder, folder)


def _below(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        inside = f"{name}/{path.relative_to(folder).as_posix()}"
        if belongs(inside) and path.is_file() and not path.is_symlink():
            yield inside, path
