"""Kills a build at each of its steps: run by test_faults.py in a process of its own.

A step is whatever Python does to a file or folder below ``var``: opened for
writing, made, renamed, removed. One process forks a child for each step that
is killed there (SIGKILL, so that nothing is tidied), and another that looks
at what is left. Prints one line of JSON for each step.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
from pathlib import Path

from children import die_at, in_child
from fakes import SAMOVARS, builder, write_corpus

from index import current_id, load_edition

CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "shutil.copyfile", "sqlite3.connect"}


def main() -> None:
    encoder, before, place = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    build = builder(encoder)
    first = current_id(before)
    step = 0
    while True:
        step += 1
        var = place / f"{step}" / "var"
        shutil.copytree(before, var)
        corpus = write_corpus(place / f"{step}" / "corpus", samovars=SAMOVARS.replace("from the top", "from above"))

        def killed(var: Path = var, corpus: Path = corpus, step: int = step) -> None:
            die_at(step, var, CHANGES)
            build(corpus, var)

        def looked_at(var: Path = var, corpus: Path = corpus, step: int = step) -> None:
            serves = load_edition(var).id
            again = build(corpus, var).edition_id
            left = sorted(path.name for folder in var.iterdir() if folder.is_dir() for path in folder.glob(".*"))
            good = load_edition(var).id == again
            print(json.dumps({"step": step, "old": serves == first, "good": good, "left": left}), flush=True)

        ended = in_child(killed)
        if in_child(looked_at) != 0:
            print(json.dumps({"step": step, "old": False, "good": False, "left": []}), flush=True)
        shutil.rmtree(place / f"{step}")
        if ended != -signal.SIGKILL:
            print(json.dumps({"ended": ended}), flush=True)
            return


main()
