"""Real servers for the tests of faults and of operation: started, reached over plain sockets, stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from fakes import SAMOVAR


@dataclass
class Answer:
    """What came back over a socket."""

    status: int
    head: str
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """A ``chatbot serve`` in a process of its own."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def connect(self, timeout: float = 30) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def send(self, request: bytes, timeout: float = 30) -> Answer:
        with self.connect(timeout) as connection:
            connection.sendall(request)
            return answer(connection)

    def get(self, path: str) -> Answer:
        return self.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())

    def ask(self, question: str = SAMOVAR, *headers: str) -> Answer:
        return self.send(asking(question, *headers))

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def asking(question: str, *headers: str, **rest: Any) -> bytes:
    """A question as the bytes of a request."""
    body = json.dumps({"question": question, **rest}).encode()
    lines = ["POST /api/ask HTTP/1.1", "Host: localhost", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def answer(connection: socket.socket) -> Answer:
    """Read one answer to its end. Raises ConnectionError when the connection ends before."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    length = next((int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")), 0)
    while len(body) < length:
        body += _more(connection)
    return Answer(int(lines[0].split()[1]), "\n".join(lines), body)


def _more(connection: socket.socket) -> bytes:
    came = connection.recv(65536)
    if not came:
        raise ConnectionError("the server closed the connection")
    return came


@contextmanager
def serve(corpus: Path, var: Path, workers: int = 2, **settings: str) -> Iterator[Server]:
    """A running server with these settings; its log is kept beside ``var``."""
    port = free_port()
    command = [sys.executable, "-m", "chatbot.cli", "serve", "--corpus", str(corpus), "--var", str(var)]
    command += ["--port", str(port), "--workers", str(workers)]
    with started(command, port, var.parent / f"server-{port}.log", **settings) as server:
        yield server


@contextmanager
def started(command: Sequence[str], port: int, log: Path, **settings: str) -> Iterator[Server]:
    """The server that ``command`` starts on ``port``, once it answers."""
    with log.open("w") as stderr:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.DEVNULL, stderr=stderr, text=True
        )
    server = Server(process, port, log)
    try:
        _wait(server)
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)


def _wait(server: Server, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while server.process.poll() is None and time.monotonic() < end:
        try:
            if server.get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    server.process.kill()
    pytest.fail(f"the server did not start: {server.log.read_text()}", pytrace=False)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_until(true: Any, seconds: float = 30) -> None:
    """Return as soon as ``true()`` holds; fail the test when it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.05)
    pytest.fail("waited too long")
