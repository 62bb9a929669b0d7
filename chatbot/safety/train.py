"""Trains the classifier that ships: ``python -m chatbot.safety.train fit --out FOLDER``.

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
from index import average, tune_messages


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


@click.group()
def main() -> None:
    """Train the classifier that ships."""


@main.command()
@click.option("--corpus", type=click.Path(path_type=Path, file_okay=False), default="corpus", show_default=True)
@click.option(
    "--further", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Ordinary sentences, one a line."
)
@click.option(
    "--all-questions", is_flag=True, help="Read every example question in each pass, in three passes, not four."
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where the model is written."
)
def fit(corpus: Path, further: Path | None, all_questions: bool, out: Path) -> None:
    """Train on the messages and write a model to a folder (a quarter of an hour)."""
    number = {name: place for place, name in enumerate(CLASSES)}
    messages = [(text, number[kind]) for text, kind, _ in read_messages()]
    questions = [(text, number[kind]) for text, kind in corpus_questions(corpus)]
    lines = further.read_text(encoding="utf-8").splitlines() if further is not None else []
    ordinary = [(line, number["none"]) for line in lines if line.strip()]
    messages, ordinary = (messages + questions, ordinary) if all_questions else (messages, ordinary + questions)
    epochs, share = (3, 0.1) if all_questions else (4, 0.3)
    with click.progressbar(length=1, label="training", file=sys.stderr) as bar:

        def advance(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        tune_messages(messages, ordinary, len(CLASSES), out, "safety", normalise, epochs, share, advance)


@main.command()
@click.argument("models", nargs=2, type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where the model is written."
)
def soup(models: tuple[Path, Path], out: Path) -> None:
    """Average two trained models, weight by weight."""
    average(*models, out)


if __name__ == "__main__":
    main()
