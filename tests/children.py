"""Work in a forked child, which may be killed at any of its steps."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Collection
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def in_child(work: Callable[[], None]) -> int:
    """Run in a forked child: 0 when it went well, minus the signal when it was killed, else 1."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def die_at(step: int, below: object, changes: Collection[str]) -> None:
    """Kill this process at this step: it opens for writing, or does one of ``changes`` to, something ``below``."""
    count = 0

    def hook(event: str, given: tuple[Any, ...]) -> None:
        nonlocal count
        writes = event == "open" and isinstance(given[2], int) and given[2] & WRITING
        if (writes or event in changes) and any(str(each).startswith(str(below)) for each in given):
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
