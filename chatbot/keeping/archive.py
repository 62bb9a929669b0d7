"""The file of a backup: a .tar.gz of plain files whose last one, ``manifest.json``, has every digest.

What is read from one is trusted in nothing: only names that a backup would
have written are taken, and only plain files.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any

from chatbot.problem import ChatbotError

FORMAT = 1
MANIFEST = "manifest.json"
JOURNAL = "journal.sqlite"
FOLDERS = {"var": ("editions", "models", "tuned"), "corpus": ("articles", "questions", ".removed")}
"""What is kept of each of the two folders; of the corpus folder also its .toml files."""

_DAMAGE = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError)


class KeepingError(ChatbotError):
    """A backup that cannot be made or restored: one line that says why, and what to do."""


def belongs(name: str) -> bool:
    """Whether a backup holds a file of this name: nothing hidden, no program, nothing outside the known folders."""
    path = PurePosixPath(name)
    if name == JOURNAL:
        return True
    if name != str(path) or path.is_absolute() or "\\" in name or ":" in name or "\0" in name or len(path.parts) < 2:
        return False
    top, rest = path.parts[0], path.parts[1:]
    if top == "corpus" and len(rest) == 1:
        return path.suffix == ".toml" and not rest[0].startswith(".")
    inner = rest[1:] if top == "corpus" else rest
    known = rest[0] in FOLDERS["corpus"] if top == "corpus" else top in FOLDERS["var"]
    return known and not any(part.startswith(".") for part in inner) and not path.suffix.startswith(".py")


class Writer:
    """Writes a backup; ``with`` closes it with its manifest, or, after an error, without."""

    def __init__(self, file: IO[bytes], made: datetime) -> None:
        self._zip = gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0)
        self._tar = tarfile.open(fileobj=self._zip, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed in __exit__
        self._made = made
        self.files: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Writer:
        return self

    def add(self, name: str, content: bytes) -> None:
        """Add a file."""
        self.files[name] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        self._put(name, content)

    def _put(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = len(content), 0o600, int(self._made.timestamp())
        self._tar.addfile(member, io.BytesIO(content))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is None:
            manifest = {"format": FORMAT, "made": self._made.isoformat(timespec="seconds"), "files": self.files}
            self._put(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False).encode())
        with suppress(OSError) if error else nullcontext(), self._zip:
            self._tar.close()


def unpack(file: Path, place_of: Callable[[str], Path]) -> dict[str, Any]:
    """Write every file of a backup to the place that ``place_of`` gives for its name; the manifest.

    Raises KeepingError, naming the file, for anything that is not whole and
    exactly as a backup was written. What was written until then is for the caller to delete.
    """
    found: dict[str, dict[str, Any]] = {}
    manifest: object = None
    try:
        with gzip.open(file) as zipped:
            with tarfile.open(fileobj=zipped, mode="r|") as tar:
                for member in tar:
                    content = tar.extractfile(member) if member.isreg() else None
                    if content is None or manifest is not None or member.name in found:
                        raise _refused(file, member.name)
                    if member.name == MANIFEST:
                        manifest = json.loads(content.read())
                    elif belongs(member.name):
                        found[member.name] = _write(content, place_of(member.name))
                    else:
                        raise _refused(file, member.name)
            while zipped.read(1 << 20):
                pass  # to the end, so that the check sum is looked at
    except _DAMAGE as error:
        raise KeepingError(f"{file}: damaged, or no backup ({type(error).__name__}); use another backup") from error
    return _checked(file, manifest, found)


def _checked(file: Path, manifest: object, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if not isinstance(manifest, dict):
        raise KeepingError(f"{file}: damaged, or no backup (it has no {MANIFEST}); use another backup")
    if manifest.get("format") != FORMAT:
        raise KeepingError(f"{file}: made by another version of the program; restore it with that version")
    listed = manifest.get("files")
    if listed != found or JOURNAL not in found:
        names = listed if isinstance(listed, dict) else {}
        wrong = sorted(name for name in names.keys() | found.keys() if names.get(name) != found.get(name))
        raise KeepingError(f"{file}: damaged ({', '.join(wrong[:3]) or MANIFEST}); use another backup")
    return manifest


def _write(content: IO[bytes], place: Path) -> dict[str, Any]:
    place.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with place.open("xb") as out:
        for piece in _pieces(content):
            digest.update(piece)
            size += len(piece)
            out.write(piece)
    return {"sha256": digest.hexdigest(), "size": size}


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    while piece := content.read(1 << 20):
        yield piece


def _refused(file: Path, name: str) -> KeepingError:
    return KeepingError(f"{file}: holds {name[:80]!r}, which no backup would; do not use this file")
