"""How long staff wait with a thousand articles: the list, a save, preparing an edition with its gate, publishing it.

    .venv/bin/python benchmarks/editorial.py FOLDER_OF_SETS [--articles 1000] [--runs 3]

The articles are MedQuAD's answers, embedded by the real passage model; after each change of one article everything is
prepared, tried by the gate and published, as the staff pages do it. Each wait is shown with its least and most.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from building import answers, write_articles
from figures import spread

from chatbot import Drafts, Publishing


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--articles", type=int, default=1000)
    options.add_argument("--runs", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        corpus, var = Path(scratch) / "corpus", Path(scratch) / "var"
        names = write_articles(answers(chosen.folder)[: chosen.articles], corpus)
        publishing = Publishing(corpus, var)
        print(f"the first edition of {len(names)} articles: {timed(lambda: publishing.prepare('benchmark')):.1f} s")
        publishing.publish(publishing.job().edition, "benchmark")
        waits: dict[str, list[float]] = {}

        def wait(what: str, work: Callable[[], object]) -> None:
            waits.setdefault(what, []).append(timed(work))

        wait("the list, by a server that has just started", Drafts(corpus, var).articles)
        for name in names[: chosen.runs]:
            drafts = Drafts(corpus, var)
            drafts.articles()
            text, version = drafts.text(name)
            wait("saving one article", partial(drafts.save, name, f"{text.rstrip()} It was changed.\n", version))
            wait("the list, after that", drafts.articles)
            wait("the list, once more", drafts.articles)
            wait("preparing and trying an edition", lambda: publishing.prepare("benchmark"))
            wait("publishing it", lambda: publishing.publish(publishing.job().edition, "benchmark"))
        for what, took in waits.items():
            print(f"{what:44} {spread(took)} s")


main()
