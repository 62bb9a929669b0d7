"""A long run at half of what the server can do: does memory stay flat, do times stay short, is anything lost?

First measures the capacity for a moment, then asks at half that rate, and
publishes a fresh look at memory and times every few seconds. Draws what was
seen. Exits 1 when memory grew by more than a tenth after warming up, or when
anything but an answer came.

.venv/bin/python benchmarks/soak.py [--minutes 60] [--var var] [--plot soak.png]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from throughput import ROOT, golden_questions, load, memory_mb, serving

GREW = 1.10


@dataclass(frozen=True)
class Look:
    """One look at the server: minutes since the start, its memory, the times of the last questions, what went wrong."""

    minute: float
    memory: float
    median: float
    slowest: float
    wrong: int


def soak(corpus: Path, var: Path, minutes: float, questions: list[str], looks: int = 60) -> tuple[float, list[Look]]:
    """Run for so long; the rate that was asked at, and what was seen."""
    seen = []
    with serving(corpus, var) as (host, port, pid):
        asyncio.run(load(host, port, questions, 400))
        began = time.monotonic()
        asyncio.run(load(host, port, questions, 800))
        rate = 800 / (time.monotonic() - began) / 2
        start, part = time.monotonic(), max(1, int(rate * minutes * 60 / looks))
        for _ in range(looks):
            got = asyncio.run(load(host, port, questions, part, 16, rate))
            wrong = sum(count for status, count in got.statuses.items() if status != 200)
            minute = (time.monotonic() - start) / 60
            seen.append(Look(minute, memory_mb(pid), got.percentile(0.5), got.percentile(0.99), wrong))
    return rate, seen


def is_flat(seen: list[Look]) -> bool:
    """Whether memory after the first quarter of the run grew by less than a tenth."""
    warm = seen[len(seen) // 4 :]
    return warm[-1].memory < warm[0].memory * GREW


def draw(seen: list[Look], rate: float, path: Path) -> None:
    """Memory and times over the run."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (above, below) = pyplot.subplots(2, 1, sharex=True, figsize=(9, 6))
    minutes = [look.minute for look in seen]
    above.plot(minutes, [look.memory for look in seen])
    most = max(look.memory for look in seen)
    above.set(ylabel="memory, MB", ylim=(0, 1.2 * most), title=f"{rate:.0f} questions a second, two workers")
    below.plot(minutes, [look.median for look in seen], label="median")
    below.plot(minutes, [look.slowest for look in seen], label="99th percentile")
    below.set(xlabel="minutes", ylabel="ms", ylim=(0, None))
    below.legend()
    figure.savefig(path, dpi=110)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    options.add_argument("--var", type=Path, default=ROOT / "var")
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--plot", type=Path, default=Path("soak.png"))
    chosen = options.parse_args()
    rate, seen = soak(chosen.corpus, chosen.var, chosen.minutes, golden_questions())
    draw(seen, rate, chosen.plot)
    wrong = sum(look.wrong for look in seen)
    print(f"{rate:.0f} questions a second for {seen[-1].minute:.1f} minutes; {wrong} not answered")
    slowest = max(look.slowest for look in seen)
    print(f"memory {seen[0].memory:.0f} to {seen[-1].memory:.0f} MB; worst 99th percentile {slowest:.0f} ms")
    sys.exit(0 if is_flat(seen) and not wrong else 1)


if __name__ == "__main__":
    main()
