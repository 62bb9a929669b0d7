"""Reads a file in a process of its own, which has little time, little memory, no network and no files to write.

A file from elsewhere can be made to break or to exhaust whatever reads it.
The process is given the bytes and answers with JSON; whatever happens to it,
the server that asked only reads one sentence.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from corpus.importing.values import Imported, NotImportable

SECONDS = 20
"""Of processor time for one file; then twice as long by the clock, on a machine that is busy."""

MEMORY = 1024 * 1024 * 1024

INSTALL = "pip install --editable '.[import]'"

_PROGRAM = "import sys; sys.path[:] = {path!r}; from corpus.importing.reading import main; main({memory}, {seconds})"


def read_apart(data: bytes, kind: str, name: str, address: str = "", seconds: int = SECONDS) -> tuple[Imported, ...]:
    """The articles in the bytes of a file of this kind. Raises NotImportable, whatever the bytes are."""
    head = json.dumps({"kind": kind, "name": name, "address": address}).encode() + b"\n"
    program = _PROGRAM.format(path=sys.path, memory=MEMORY, seconds=seconds)
    try:
        done = subprocess.run(  # noqa: S603 - this Python, and a program of ours
            [sys.executable, "-I", "-B", "-c", program],
            input=head + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={} if os.name == "posix" else None,
            timeout=2 * seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_much(name) from None
    except OSError as error:
        raise NotImportable(f"“{name}” cannot be read now ({error.strerror}). Try again in a minute.") from None
    answer = _answer(done.stdout) if done.returncode == 0 else {}
    if "articles" in answer:
        return tuple(Imported(**{**each, "notes": tuple(each["notes"])}) for each in answer["articles"])
    if "sentence" in answer:
        raise NotImportable(answer["sentence"])
    if "missing" in answer:
        raise NotImportable(
            f"This server cannot read “{name}” yet: {answer['missing']} is not installed. "
            f"Whoever looks after it runs: {INSTALL}"
        )
    raise _too_much(name) if done.returncode < 0 or "exhausted" in answer else _damaged(name)


def _answer(output: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(output)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _too_much(name: str) -> NotImportable:
    return NotImportable(
        f"“{name}” takes more time or memory than an article needs. Save a smaller part of it, or paste its text."
    )


def _damaged(name: str) -> NotImportable:
    return NotImportable(
        f"“{name}” cannot be read; it may be damaged. Open it in the program that made it and save it again, "
        "or paste its text."
    )
