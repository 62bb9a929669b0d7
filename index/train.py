"""Trains the question encoder that ships: ``python -m index.train --out FOLDER``.

What it was trained on, and how well it does, stands in its card,
``question_encoder/README.md``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from corpus import read_corpus
from index.tuning import tune_questions


@click.command()
@click.option("--corpus", type=click.Path(path_type=Path, file_okay=False), default="corpus", show_default=True)
@click.option(
    "--elsewhere",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="JSON lines [question, answering sentence] of other subjects.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where the model is written."
)
def main(corpus: Path, elsewhere: Path | None, out: Path) -> None:
    """Train the encoder and write it to a folder."""
    pairs: list[tuple[str, str]] = []
    if elsewhere is not None:
        pairs = [tuple(json.loads(line)) for line in elsewhere.read_text(encoding="utf-8").splitlines()]
    with click.progressbar(length=1, label="training", file=sys.stderr) as bar:

        def advance(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        tune_questions(read_corpus(corpus).questions.examples, out, "patient questions", pairs, advance)


if __name__ == "__main__":
    main()
