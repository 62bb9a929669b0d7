"""``chatbot prepare`` with the legible encoder: ``python prepare_small.py ENCODER --corpus=... --var=... --by=...``."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from fakes import WordEncoders  # noqa: E402 - the folder of this file and the rooms must be found first

from chatbot import Publishing  # noqa: E402

if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("encoder", type=Path)
    for name in ("corpus", "var"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--by")
    given = parser.parse_args()
    Publishing(given.corpus, given.var).prepare(given.by, encoders=WordEncoders(given.encoder))
