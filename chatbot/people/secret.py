"""The key that signs the sessions of staff."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from chatbot.people.values import PeopleError

LENGTH = 32


def secret_key(var: Path) -> bytes:
    """The key in ``var``, 32 bytes: made on the first run, readable by the owner only. Raises OSError, PeopleError."""
    path = var / "secret_key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        _make(path)
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    key = path.read_bytes()
    if len(key) != LENGTH:
        raise PeopleError(f"{path}: expected {LENGTH} bytes; delete it, a new key is made and everybody logs in again")
    return key


def _make(path: Path) -> None:
    """Write a key whole or not at all; when two processes start at once, the first one's stays."""
    beside = path.with_name(f".secret_key-{os.getpid()}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(LENGTH))
        file.flush()
        os.fsync(file.fileno())
    try:
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
    finally:
        beside.unlink()
