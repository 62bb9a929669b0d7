"""Trains the classifier that ships: ``python -m chatbot.safety.train --out FOLDER``.

A clinic never runs this. The messages it learns from are in ``messages/``;
ordinary questions come from a corpus's examples, and from a file of further
ordinary sentences (one a line) where one is named.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import click

from chatbot.safety.normalise import normalise
from chatbot.safety.screen import CLASSES, HERE
from corpus import read_corpus
from index import tune_messages


def read_messages(folder: Path = HERE / "messages") -> list[tuple[str, str, str]]:
    """Every training message as (text, class, family)."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        for family in tomllib.loads(path.read_text(encoding="utf-8"))["family"]:
            found += [(text, path.stem, family["name"]) for text in family["messages"]]
    return found


def corpus_questions(corpus: Path) -> list[tuple[str, str]]:
    """The example questions of a corpus, which are no danger, as (text, class)."""
    found = []
    for example in read_corpus(corpus).questions.examples:
        kind = "personal" if example.target == "personal" else "none"
        found.append((example.question, "info" if example.target == "topic:suicidality_general" else kind))
    return found


@click.command()
@click.option("--corpus", type=click.Path(path_type=Path, file_okay=False), default="corpus", show_default=True)
@click.option(
    "--further", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Ordinary sentences, one a line."
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where the model is written."
)
def main(corpus: Path, further: Path | None, out: Path) -> None:
    """Train the classifier and write it to a folder."""
    number = {name: place for place, name in enumerate(CLASSES)}
    known = [(text, kind) for text, kind, _ in read_messages()] + corpus_questions(corpus)
    messages = [(text, number[kind]) for text, kind in known]
    lines = further.read_text(encoding="utf-8").splitlines() if further is not None else []
    ordinary = [(line, number["none"]) for line in lines if line.strip()]
    with click.progressbar(length=1, label="training", file=sys.stderr) as bar:

        def advance(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        tune_messages(messages, ordinary, len(CLASSES), out, "safety", normalise, advance)


if __name__ == "__main__":
    main()
