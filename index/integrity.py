"""Whether an edition's files are what was published.

Every file has its SHA-256 in the manifest. A small file is read whole each
time an edition is loaded. A large one is read whole when it is published, and
whenever anything about it changed since: its size, its times, its place on
the disk (a seal beside the edition remembers them). Where nothing changed it
is served at once and read whole in the background; what is found damaged then
is refused from that moment on.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

LARGE = 64 * 1024 * 1024
"""Bytes from which on a file is not read whole at each load: a twentieth of a second."""

Mark = tuple[str, int, int, int, int]
"""A file's digest, size, time of its content, time of its last change of any kind, and number on the disk."""


def file_digest(path: Path) -> str:
    """SHA-256 of a file, or an empty string when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


class Watch:
    """Reads the files that were taken on the seal's word, in the background. ``damaged`` is the first that is not
    what it was, or empty."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self.damaged = ""
        self._folder, self._files = folder, dict(files)
        self._thread = threading.Thread(target=self._read, name="integrity", daemon=True)
        if files:
            self._thread.start()

    def wait(self) -> None:
        """Return when every file was read."""
        if self._files:
            self._thread.join()

    def _read(self) -> None:
        for name, digest in self._files.items():
            if file_digest(self._folder / name) != digest:
                self.damaged = name
                _seal_of(self._folder).unlink(missing_ok=True)
                return


def first_damaged(folder: Path, files: Mapping[str, str], large: int = LARGE) -> tuple[str, dict[str, str]]:
    """The first of ``files`` that is not what its digest says, or nothing; and those that only the seal vouches for."""
    seal = _read_seal(folder)
    vouched: dict[str, str] = {}
    fresh: dict[str, Mark] = {}
    for name, digest in files.items():
        mark = _mark(folder / name, digest)
        if mark is not None and mark[1] >= large and seal.get(name) == mark:
            vouched[name] = digest
            continue
        if mark is None or file_digest(folder / name) != digest:
            return name, {}
        if mark[1] >= large:
            fresh[name] = mark
    if fresh:
        with suppress(OSError):  # a folder that cannot be written to has no seal, and is read whole each time
            beside = _seal_of(folder).with_suffix(f".{os.getpid()}")
            beside.write_text(json.dumps(seal | fresh), encoding="utf-8")
            os.replace(beside, _seal_of(folder))
    return "", vouched


def forget_seal(folder: Path) -> None:
    """Remove an edition's seal, with the edition or so that its files are read whole again."""
    with suppress(OSError):
        _seal_of(folder).unlink(missing_ok=True)


def _seal_of(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.seal")


def _read_seal(folder: Path) -> dict[str, Mark]:
    try:
        found = json.loads(_seal_of(folder).read_text(encoding="utf-8"))
        return {name: tuple(mark) for name, mark in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _mark(path: Path, digest: str) -> Mark | None:
    """What changes when a file does; a program cannot set a file's change time."""
    try:
        found = path.stat()
    except OSError:
        return None
    return digest, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
