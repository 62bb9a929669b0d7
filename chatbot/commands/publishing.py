"""prepare, publish, editions and rollback: from the draft to what is served, and back."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from chatbot.commands.frame import ProgressBar, command, show_problems
from chatbot.editorial import Drafts, Failure, GateReport, Job, Publishing

BY = click.option("--by", default="the command line", show_default=True, help="Who does it, for the history.")
REASON = click.option("--reason", default="", help="Why, for the history; needed in spite of a failed check.")
MODEL = click.option(
    "--model", metavar="NAME", envvar="CHATBOT_MODEL", help="Another sentence-transformers model, by name or folder."
)


@command
@MODEL
@BY
def prepare(corpus: Path, var: Path, model: str | None, by: str) -> None:
    """Build a candidate of the draft and try it; nothing is published."""
    with ProgressBar() as progress:
        job, problems = Publishing(corpus, var).prepare(by, model, progress=progress.show)
    show_problems(problems)
    if job.state == "unchanged":
        click.echo(f"nothing has changed; still published is edition {job.edition}")
    elif job.report:
        show_report(job.report)
        click.echo(f"candidate {job.edition} is ready; to publish it, run: chatbot publish")
    Drafts(corpus, var).articles()  # so that the staff pages list them at once
    if job.report and not job.report.passed:
        sys.exit(1)


@command
@click.option("--yes", is_flag=True, help="Do not ask.")
@REASON
@BY
def publish(corpus: Path, var: Path, yes: bool, reason: str, by: str) -> None:
    """Publish the candidate that was prepared."""
    publishing = Publishing(corpus, var)
    job = publishing.job()
    _tell(job)
    if job.state == "ready" and job.report:
        click.echo(f"candidate {job.edition}: {publishing.changes(job.base, job.edition).summary}")
        show_report(job.report)
        if not yes:
            click.confirm("Publish it?", abort=True)
    done = publishing.publish(job.edition, by, reason)
    click.echo(f"published edition {done.edition}")


@command
def editions(corpus: Path, var: Path) -> None:
    """List what was published and gone back to, the latest first."""
    for each in Publishing(corpus, var).history():
        mark = "*" if each.current else " " if each.kept else "-"
        why = f" ({each.reason})" if each.reason else ""
        click.echo(f"{mark} {each.edition}  {each.at[:16]}  {each.action} by {each.by or '?'}: {each.summary}{why}")


@command
@click.argument("edition")
@click.option("--reason", prompt=True, help="Why, for the history.")
@BY
def rollback(corpus: Path, var: Path, edition: str, reason: str, by: str) -> None:
    """Serve the earlier EDITION again."""
    done = Publishing(corpus, var).rollback(edition, by, reason)
    click.echo(f"edition {done.edition} serves again: {done.summary}")


def show_report(report: GateReport) -> None:
    """Print what the gate found: how much was asked, and every failure."""
    messages, checks, known = report.asked
    changed = f"{len(report.changed)} of {known} known answers change" if report.compared_with else "nothing to compare"
    click.echo(
        f"{messages - len(report.safety)} of {messages} safety messages and {checks - len(report.checks)} of {checks} "
        f"checks are right; {changed}",
        err=True,
    )
    for failure in (*report.safety, *report.checks):
        click.echo(_failure(failure), err=True)
    for each in report.changed[:20]:
        click.echo(f"changes: {each.question!r}: {each.before.kind} -> {each.now.kind}", err=True)
    if len(report.changed) > 20:
        click.echo(f"... and {len(report.changed) - 20} more", err=True)


def _failure(failure: Failure) -> str:
    note = f" ({failure.note})" if failure.note else ""
    return f"failed: {failure.ask!r}: expected {failure.expected}, found {failure.found}{note}"


def _tell(job: Job) -> None:
    """Say why there is no candidate to publish, where there is none."""
    if job.state == "running":
        click.echo(f"{job.step}: {job.done} of {job.total}", err=True)
    elif job.state != "ready":
        click.echo(job.error or "no candidate is ready; run: chatbot prepare", err=True)
