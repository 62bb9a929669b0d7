"""Compares the whole reply with the plain script's retrieval, in turn, in one run: ratios, not seconds, are the result.

.venv/bin/python benchmarks/compare.py [--runs 5] [--var var]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from figures import spread

HERE = Path(__file__).parent


def measure(script: str, questions: list[str], var: Path) -> dict:
    """Run a script on the questions in a process of its own, with one thread for each library."""
    environment = os.environ | {"STARTED": str(time.time()), "CHATBOT_VAR": str(var), "PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(
        [sys.executable, str(HERE / script)],
        input="\n".join(questions),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=environment,
        cwd=HERE.parent,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--var", type=Path, default=Path("var"))
    chosen = options.parse_args()
    table = tomllib.loads((HERE.parent / "tests/golden/questions.toml").read_text(encoding="utf-8"))
    questions = [each["ask"] for each in table["question"] if len(each["ask"]) < 120][:200]
    rows = []
    for _ in range(chosen.runs):
        plain, ours = (measure(name, questions, chosen.var) for name in ("plain_script.py", "our_chatbot.py"))
        rows.append((summary(plain), summary(ours), statistics.median(ours["passes"])))
    print(f"{chosen.runs} runs of {len(questions)} questions; median (least to most)")
    print(f"{'':24}{'plain script':>26}{'whole reply':>26}{'ratio':>22}")
    for place, name in enumerate(("median ms", "95th ms", "first answer s", "memory MB")):
        plain, ours = [row[0][place] for row in rows], [row[1][place] for row in rows]
        ratios = [two / one for one, two in zip(plain, ours, strict=True)]
        print(f"{name:24}{spread(plain):>26}{spread(ours):>26}{spread(ratios):>22}")
    print(f"whole reply over the encoder's own pass: {spread([row[1][0] / row[2] for row in rows])}")


def summary(measured: dict) -> tuple[float, float, float, float]:
    times = sorted(measured["milliseconds"][5:])
    return (
        statistics.median(times),
        times[int(len(times) * 0.95)],
        measured["first_answer_seconds"],
        measured["memory_mb"],
    )


if __name__ == "__main__":
    main()
