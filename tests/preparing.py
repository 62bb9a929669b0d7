"""``chatbot prepare`` with the legible encoder: run by test_publishing_faults.py as a process of its own.

The first argument is the encoder's folder, the second what goes wrong on the
way: "nothing", "hang" (at the first progress, until it is killed), or a
number of bytes that no file may exceed.
"""

from __future__ import annotations

import resource
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from fakes import WordEncoders

from chatbot import Publishing
from index import EditionError


def main() -> None:
    encoder, trouble, *options = sys.argv[1:]
    given = dict(option.removeprefix("--").split("=", 1) for option in options)
    var = Path(given["var"])

    def progress(step: str, done: int, total: int) -> None:
        if trouble == "hang" and step.startswith("embedding"):
            (var / "hanging").write_text("so")
            time.sleep(600)

    if trouble.isdigit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(trouble), int(trouble)))
    try:
        Publishing(Path(given["corpus"]), var).prepare(
            given["by"], encoders=WordEncoders(Path(encoder)), progress=progress
        )
    except (OSError, EditionError) as error:
        sys.exit(str(error))


main()
