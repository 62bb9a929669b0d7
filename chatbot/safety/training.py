"""Trains the network that ships: ``python -m chatbot.safety.training --out FOLDER``.

A clinic never runs this. The network learns two things at once: to lay
questions near the sentences that answer them (from a corpus's examples), and
to hear danger (from ``messages/``). Ordinary questions and sentences keep it
from crying wolf.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import click

from chatbot.safety.screen import CLASSES, HERE
from corpus import Example, read_corpus
from index import Lessons, tune_network

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
FOLDER = click.Path(path_type=Path, file_okay=False)


def read_messages(folder: Path = HERE / "messages") -> list[tuple[str, str, str]]:
    """Every training message as (text, class, family). Raises FileNotFoundError where there is none."""
    found: list[tuple[str, str, str]] = []
    for path in sorted(folder.glob("*.toml")):
        for family in tomllib.loads(path.read_text(encoding="utf-8"))["family"]:
            found += [(text, path.stem, family["name"]) for text in family["messages"]]
    if not found:
        raise FileNotFoundError(f"{folder}: no training messages; they are in the source, not in an installed package")
    return found


def kind_of(example: Example) -> str:
    """The class of an example question, which is no danger."""
    if example.target == "topic:suicidality_general":
        return "info"
    return "personal" if example.target == "personal" else "none"


@click.command()
@click.option("--corpus", type=FOLDER, default="corpus", show_default=True)
@click.option("--elsewhere", type=FILE, help="JSON lines [question, answering sentence] of other subjects.")
@click.option("--further", type=FILE, help="Further ordinary sentences, one a line.")
@click.option("--runs", type=click.IntRange(1, 9), default=2, show_default=True, help="How many trainings to average.")
@click.option("--out", type=FOLDER, required=True, help="Where the network is written.")
def main(corpus: Path, elsewhere: Path | None, further: Path | None, runs: int, out: Path) -> None:
    """Train the network that ships and write it to a folder (about two hours for each run on one core)."""
    number = {name: place for place, name in enumerate(CLASSES)}
    examples = read_corpus(corpus).questions.examples
    ordinary = [(each.question, number[kind_of(each)]) for each in examples]
    if further is not None:
        ordinary += [
            (line, number["none"]) for line in further.read_text(encoding="utf-8").splitlines() if line.strip()
        ]
    pairs: list[tuple[str, str]] = []
    if elsewhere is not None:
        pairs = [tuple(json.loads(line)) for line in elsewhere.read_text(encoding="utf-8").splitlines()]
        ordinary += [(question, number["none"]) for question, _ in pairs]
    messages = [(text, number[kind]) for text, kind, _ in read_messages()]
    lessons = Lessons(pairs, messages, ordinary, CLASSES)
    with click.progressbar(length=1, label="training", file=sys.stderr) as bar:

        def advance(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        tune_network(examples, lessons, out, "questions and danger", runs, advance)


if __name__ == "__main__":
    main()
