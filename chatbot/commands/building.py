"""check and build: from the corpus folder to a published edition."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from chatbot.commands.frame import ProgressBar, command
from corpus import Severity, read_corpus
from index import build as build_edition
from index import cut, length_problems
from index import tune as tune_encoder


@command
def check(corpus: Path, var: Path) -> None:
    """List every problem in the corpus."""
    found = read_corpus(corpus)
    passages = [passage for article in found.articles for passage in cut(article)]
    problems = sorted(
        (*found.problems, *length_problems(found, passages)), key=lambda each: (str(each.path), each.line)
    )
    for problem in problems:
        click.echo(problem)
    stopping = [problem for problem in problems if problem.severity is not Severity.WARNING]
    click.echo(
        f"{len(found.articles)} articles, {len(found.questions.examples)} example questions, "
        f"{len(stopping)} problems, {len(problems) - len(stopping)} warnings",
        err=True,
    )
    if stopping:
        sys.exit(1)


@command
@click.option(
    "--model", metavar="NAME", envvar="CHATBOT_MODEL", help="Another sentence-transformers model, by name or folder."
)
@click.option("--tune", is_flag=True, help="First fine-tune the question encoder on the examples (minutes).")
def build(corpus: Path, var: Path, model: str | None, tune: bool) -> None:
    """Check the corpus, build an edition of it and publish it."""
    if tune:
        with ProgressBar() as progress:
            tuned = tune_encoder(corpus, var, lambda done, total: progress.show("tuning", done, total))
        kept = "kept" if tuned.kept else "not kept"
        click.echo(f"held-out examples right: {tuned.before:.3f} before, {tuned.after:.3f} after; {kept}")
    with ProgressBar() as progress:
        built = build_edition(corpus, var, model, progress.show)
    for problem in built.problems:
        click.echo(problem, err=True)
    done = "published" if built.is_new else "nothing has changed; still published is"
    click.echo(f"{done} edition {built.edition_id}")
