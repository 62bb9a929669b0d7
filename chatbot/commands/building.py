"""check and build: from the corpus folder to a published edition."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from chatbot.commands.frame import ProgressBar, command, show_problems
from chatbot.commands.publishing import BY, MODEL, REASON, show_report
from chatbot.editorial import Publishing
from corpus import Severity, read_corpus
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
@MODEL
@click.option("--tune", is_flag=True, help="First fine-tune the question encoder on the examples (minutes).")
@REASON
@BY
def build(corpus: Path, var: Path, model: str | None, tune: bool, reason: str, by: str) -> None:
    """Check the corpus, build an edition of it, try it and publish it."""
    if tune:
        with ProgressBar() as progress:
            tuned = tune_encoder(corpus, var, lambda done, total: progress.show("tuning", done, total))
        kept = "kept" if tuned.kept else "not kept"
        click.echo(f"held-out examples right: {tuned.before:.3f} before, {tuned.after:.3f} after; {kept}")
    publishing = Publishing(corpus, var)
    with ProgressBar() as progress:
        job, problems = publishing.prepare(by, model, progress=progress.show)
    show_problems(problems)
    if job.report is None:
        click.echo(f"nothing has changed; still published is edition {job.edition}")
        return
    show_report(job.report)
    publishing.publish(job.edition, by, reason, although_edited=True)
    click.echo(f"published edition {job.edition}")
