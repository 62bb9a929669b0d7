"""How many questions a second the real server answers over HTTP, how long the slowest wait, and whether memory grows.

A real ``chatbot serve`` with two workers, and this process as 32 visitors on
kept connections who each ask as soon as they are answered. The visitors'
own work is part of the figure: both share the machine.

.venv/bin/python benchmarks/throughput.py [--var var] [--questions 20000]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass
class Seen:
    """What the visitors saw: seconds of each request, and how often each status came."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def percentile(self, share: float) -> float:
        """Milliseconds that this share of the requests did not exceed."""
        times = sorted(self.seconds)
        return times[min(len(times) - 1, int(len(times) * share))] * 1000


@contextmanager
def serving(corpus: Path, var: Path, workers: int = 2, **settings: str) -> Iterator[tuple[str, int, int]]:
    """A real server in a process of its own: its host, port and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "chatbot.cli", "serve", "--corpus", str(corpus), "--var", str(var)]
    command += ["--port", str(port), "--workers", str(workers)]
    environment = {**os.environ, "CHATBOT_LIMITS": "off", **settings}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz", process)
            yield "127.0.0.1", port, process.pid
        finally:
            process.terminate()


def wait_until_ready(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Return when the server answers questions. Raises RuntimeError when it ends or takes too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def request_of(question: str) -> bytes:
    """A question as the bytes of a whole HTTP request."""
    body = json.dumps({"question": question}).encode()
    head = f"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


async def visit(host: str, port: int, requests: Iterator[bytes], seen: Seen, pause: float = 0.0) -> None:
    """One visitor: asks on one kept connection until the questions are used up; comes back when it is closed."""
    reader = writer = None
    for request in requests:
        began = time.perf_counter()
        try:
            if writer is None or reader is None or reader.at_eof():
                reader, writer = await asyncio.open_connection(host, port)
            writer.write(request)
            status, closing = await read_reply(reader)
            seen.statuses[status] += 1
        except (OSError, asyncio.IncompleteReadError):
            seen.statuses[0] += 1
            closing = True
        if closing and writer is not None:
            writer.close()
            reader = writer = None
        took = time.perf_counter() - began
        seen.seconds.append(took)
        if pause > took:
            await asyncio.sleep(pause - took)
    if writer is not None:
        writer.close()


async def read_reply(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Read one reply to its end: its status, and whether the server closes the connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = re.search(rb"content-length: (\d+)", head)
    await reader.readexactly(int(length[1]) if length else 0)
    return int(head.split(b" ", 2)[1]), b"connection: close" in head


async def load(host: str, port: int, questions: list[str], count: int, visitors: int = 32, rate: float = 0.0) -> Seen:
    """``count`` questions from ``visitors`` at once; at most ``rate`` a second where one is given."""
    made = [request_of(question) for question in questions]
    requests = (made[number % len(made)] for number in range(count))
    seen = Seen()
    pause = visitors / rate if rate else 0.0
    await asyncio.gather(*(visit(host, port, requests, seen, pause) for _ in range(visitors)))
    return seen


def memory_mb(parent: int) -> float:
    """The memory of a server and its workers in MB: what is theirs alone, and their part of what they share."""
    pids = [str(parent), *Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    found = (re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M) for pid in pids)
    return sum(int(each[1]) for each in found if each) / 1024


def golden_questions() -> list[str]:
    """The held-out questions that a visitor could have typed."""
    table = tomllib.loads((ROOT / "tests/golden/questions.toml").read_text(encoding="utf-8"))
    return [each["ask"] for each in table["question"] if len(each["ask"]) < 200]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    options.add_argument("--var", type=Path, default=ROOT / "var")
    options.add_argument("--questions", type=int, default=20_000)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--visitors", type=int, default=32)
    chosen = options.parse_args()
    questions = golden_questions()
    with serving(chosen.corpus, chosen.var, chosen.workers) as (host, port, pid):
        asyncio.run(load(host, port, questions, min(2000, chosen.questions), chosen.visitors))
        before, part = memory_mb(pid), max(1, chosen.questions // 5)
        for number in range(1, 6):
            began = time.perf_counter()
            seen = asyncio.run(load(host, port, questions, part, chosen.visitors))
            rate = part / (time.perf_counter() - began)
            print(
                f"{number * part:>7} questions: {rate:.0f} replies a second; ms: median {seen.percentile(0.5):.0f}, "
                f"99th {seen.percentile(0.99):.0f}; memory {memory_mb(pid):.0f} MB (first {before:.0f}); "
                f"statuses {dict(seen.statuses)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
