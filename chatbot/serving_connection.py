"""A visitor's connection as the worker keeps it: what has come of a request, and an end that waits for nobody."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from typing import Any

from gunicorn.workers.gthread import TConn

SEND_WITHIN = 5.0
"""Seconds that a thread waits for a visitor to take or give bytes."""

HEAD_LIMIT = 16 * 1024
"""The longest request line and headers, in bytes."""

COLLECTED = 1024 * 1024
"""Bytes of a body that are collected before a thread is used; what is longer, a thread reads."""

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*(?:\r\n|$)")
_TRANSFER = b"\r\ntransfer-encoding:"
_CONTINUE = re.compile(rb"\r\nexpect:[ \t]*100-continue")


class Refused(Exception):
    """A request that is not collected: the status line that says why."""


def whole(received: bytearray) -> int | None:
    """How many bytes one request has, when as much of it as is collected has come; None while some are missing.

    Raises Refused for headers that are too long and for a body without a length.
    """
    end = received.find(b"\r\n\r\n")
    if end < 0 and len(received) <= HEAD_LIMIT:
        return None
    if end < 0 or end > HEAD_LIMIT:
        raise Refused("431 Request Header Fields Too Large")
    head = bytes(received[:end]).lower()
    if _TRANSFER in head:
        raise Refused("411 Length Required")
    found = _LENGTH.search(head)
    length = int(found[1]) if found else 0
    return end + 4 + length if len(received) >= end + 4 + min(length, COLLECTED) else None


class _Socket(socket.socket):
    """A socket that never blocks for ever."""

    def setblocking(self, flag: bool, /) -> None:
        self.settimeout(SEND_WITHIN if flag else 0.0)


class Connection(TConn):  # type: ignore[misc]
    """One connection. ``received`` is what has come of the next request, ``request`` the one that a thread answers."""

    def __init__(
        self, cfg: Any, accepted: socket.socket, client: Any, server: Any, linger: Callable[[Connection], None]
    ) -> None:
        super().__init__(cfg, _Socket(fileno=accepted.detach()), client, server)
        self._linger = linger
        self.received, self.request = bytearray(), b""
        self.continued = self.overloaded = False

    def read(self) -> bool:
        """Add what has come to what was received; whether more can come."""
        try:
            came = self.sock.recv(COLLECTED)
        except (BlockingIOError, InterruptedError):
            return True
        self.received += came
        return bool(came)

    def encourage(self) -> None:
        """Tell a client that waits for it to send the body; asked about once, when the headers are there."""
        end = -1 if self.continued else self.received.find(b"\r\n\r\n")
        if end >= 0:
            self.continued = True
            if _CONTINUE.search(bytes(self.received[: end + 2]).lower()):
                self.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def refuse(self, refusal: Refused) -> None:
        """Answer a request that is not collected."""
        self.sock.send(f"HTTP/1.1 {refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())

    def has_ended(self) -> bool:
        """Throw away what still comes; whether the visitor has closed."""
        try:
            return not self.sock.recv(COLLECTED)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True

    def close(self, graceful: bool = False) -> None:
        """Close now, or, ``graceful``, when the visitor has taken the answer: gunicorn would wait for that, and
        everybody else with it."""
        if graceful:
            self._linger(self)
        else:
            super().close()
