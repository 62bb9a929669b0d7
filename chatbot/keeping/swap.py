"""Exchanges files and folders so that a restore that is stopped on the way, however hard, can be taken back.

Each step is written down in ``restoring.jsonl`` in the var folder before it
is taken. Where that file is found and no restore runs, the steps are undone
one by one, the last first; after the last step all that is left to do is to
delete what was replaced. The rows of a PostgreSQL are carried over in one
transaction, which leaves a mark there: whether it is there says whether that
was the last step.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chatbot.editorial.files import locked

NOTE = "restoring.jsonl"
PREFIX = ".restoring-"
_LOCK = ".restoring.lock"
_BUSY = "a backup is being restored; wait until that is done"
_MADE, _MOVED, _ROWS, _DONE = "made", "moved", "rows", "done"

Arrived = Callable[[str], bool]
"""Whether a database holds the mark of rows that were carried there."""


@contextmanager
def swapping(var: Path, arrived: Arrived) -> Iterator[Swap]:
    """Places to exchange, all or none: after an error everything is as it was.

    Raises Busy when somebody restores already, and what ``arrived`` raises.
    """
    note = var / NOTE
    with locked(var / _LOCK, _BUSY, patience=0):
        _finish(note, arrived)
        try:
            swap = Swap(note)
            yield swap
            swap.write_down(_DONE)
        finally:
            _finish(note, arrived)


class Swap:
    """Exchanges places, and writes each step down in ``note`` first."""

    def __init__(self, note: Path) -> None:
        self._note = note

    def folder_in(self, folder: Path) -> Path:
        """A new folder in ``folder`` itself, whose content can change places in one step; deleted at the end."""
        folder.mkdir(parents=True, exist_ok=True)
        made = folder.resolve() / f"{PREFIX}{secrets.token_hex(4)}"
        self.write_down(_MADE, made)
        made.mkdir(mode=0o700)
        return made

    def exchange(self, place: Path, new: Path) -> None:
        """Put what is at ``new`` at ``place``; what was there stands beside ``new`` until all has gone well."""
        place = place.resolve()
        if place.exists():
            self._move(place, new.with_name(f"{new.name}.before"))
        if new.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            self._move(new, place)

    def last(self) -> str:
        """The mark that rows carried to another database must leave there, with which all is done."""
        mark = secrets.token_hex(8)
        self.write_down(_ROWS, mark)
        return mark

    def _move(self, source: Path, target: Path) -> None:
        self.write_down(_MOVED, source, target)
        os.rename(source, target)

    def write_down(self, step: str, *places: Path | str) -> None:
        """Note a step, and wait until the disk holds it."""
        with self._note.open("a", encoding="utf-8") as file:
            file.write(json.dumps([step, *map(str, places)]) + "\n")
            file.flush()
            os.fsync(file.fileno())


def finish(var: Path, arrived: Arrived) -> bool:
    """Take back a restore that was stopped on the way; whether there was one.

    Raises Busy while one runs, and what ``arrived`` raises.
    """
    if not (var / NOTE).exists():
        return False
    with locked(var / _LOCK, _BUSY, patience=0):
        return _finish(var / NOTE, arrived)


def _finish(note: Path, arrived: Arrived) -> bool:
    """Undo what is written down, unless all of it was done, and tidy up; whether something was undone."""
    steps = _steps(note)
    done = [_DONE] in steps or any(step == _ROWS and arrived(mark[0]) for step, *mark in steps)
    undone = bool(steps) and not done
    if undone:
        for source, target in (map(Path, places) for step, *places in reversed(steps) if step == _MOVED):
            if os.path.lexists(target) and not os.path.lexists(source):
                os.rename(target, source)
    for made in (places[0] for step, *places in steps if step == _MADE):
        shutil.rmtree(made, ignore_errors=True)
    note.unlink(missing_ok=True)
    return undone


def _steps(note: Path) -> list[list[str]]:
    """What is written down; a last line that was cut short is of a step that was not taken."""
    found: list[list[str]] = []
    with suppress(FileNotFoundError, ValueError):
        for line in note.read_text(encoding="utf-8").splitlines():
            found.append(json.loads(line))
    return found
