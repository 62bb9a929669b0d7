"""How this part of the program writes: whole files or nothing, one writer at a time.

A file is written beside its place, flushed to the disk, and only then put in
its place; whoever is killed or runs out of room leaves the old file as it was.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chatbot.problem import ChatbotError


class EditorialError(ChatbotError):
    """Something about drafts, teaching or publishing that a person must mend; one line."""


class Busy(EditorialError):
    """Somebody else is doing this just now; says what to do."""


def write_whole(path: Path, text: str, lasting: bool = True) -> None:
    """Replace ``path`` by ``text``, all of it or not at all; ``lasting`` waits until the disk holds it.

    Raises OSError, with the file as it was, when there is no room.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}-{time.monotonic_ns()}")
    try:
        with beside.open("wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    if lasting:
        settle(path.parent)


def settle(folder: Path) -> None:
    """Wait until the disk holds the names in ``folder``, where the system can say so."""
    if sys.platform != "win32":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


@contextmanager
def locked(path: Path, busy: str, patience: float = 10.0) -> Iterator[None]:
    """Hold the lock file ``path``; raises Busy with the words ``busy`` after ``patience`` seconds.

    The system lets go of it when the process ends, however it ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + patience
    with path.open("a+b") as file:
        while not _take(file.fileno()):
            if time.monotonic() >= end:
                raise Busy(busy)
            time.sleep(0.02)
        yield


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock file ``path``."""
    try:
        with path.open("a+b") as file:
            return not _take(file.fileno())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _take(number: int) -> bool:
        try:
            os.lseek(number, 0, os.SEEK_SET)
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(number: int) -> bool:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def draft_files(corpus: Path) -> list[Path]:
    """Every file of the corpus folder that decides what an edition holds, in order."""
    found = []
    for path in (*corpus.rglob("*.md"), *corpus.rglob("*.toml")):
        parts = path.relative_to(corpus).parts
        if path.is_file() and "defaults" not in parts and not any(part.startswith(".") for part in parts):
            found.append(path)
    return sorted(found)


def stamp_of(corpus: Path) -> str:
    """A digest of the draft: the same as long as nobody changes, adds or removes anything."""
    digest = hashlib.sha256()
    for path in draft_files(corpus):
        digest.update(path.relative_to(corpus).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def copy_draft(corpus: Path, folder: Path) -> None:
    """Copy the draft to ``folder``, so that edits made meanwhile do not reach what is built of it."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in draft_files(corpus):
        place = folder / path.relative_to(corpus)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
