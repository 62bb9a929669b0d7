"""ask, search and evaluate: questions to the published edition."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from chatbot.answering import Chatbot
from chatbot.commands.frame import command
from chatbot.deciding import understand
from chatbot.evaluating import evaluate as run_questions
from chatbot.evaluating import read_expectations, share, table
from chatbot.safety import load_screen
from index import Match, load_edition
from index import search as search_edition

BATCH = click.option(
    "--batch",
    type=click.File(encoding="utf-8", errors="surrogateescape"),
    help="JSON lines {id, question, after}; - reads standard input.",
)


@command
@click.argument("question", required=False)
@click.option(
    "--after",
    multiple=True,
    metavar="EARLIER",
    help="An earlier message of the visitor; may be given more than once, oldest first.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the reply as JSON.")
@BATCH
def ask(
    corpus: Path, var: Path, question: str | None, after: tuple[str, ...], as_json: bool, batch: TextIO | None
) -> None:
    """Answer QUESTION as a visitor would be answered."""
    _one_of(question, batch)
    chatbot = Chatbot.of(load_edition(var), load_screen())
    if batch is not None:
        for row in _rows(batch):
            reply = chatbot.reply(row["question"], row["after"])
            _print_json({"id": row["id"], "reply": reply.to_dict()})
        return
    reply = chatbot.reply(_whole(question or ""), [_whole(each) for each in after])
    if as_json:
        _print_json(reply.to_dict())
        return
    if reply.help:
        click.echo(reply.help.words)
        for line in reply.help.lines:
            click.echo(f"  {line.label}: {line.detail} <{line.href}>")
    click.echo(reply.words)
    for quote in reply.quotes:
        place = ", ".join(filter(None, (quote.article.title, quote.heading)))
        click.echo(f"\n{quote.text}\n  -- {place} ({quote.article.source})")
    if reply.contact:
        click.echo(f"\n{reply.contact.words}")
        for channel in reply.contact.channels:
            click.echo(f"  {channel.label}: {channel.href}")
    for suggestion in reply.suggestions:
        click.echo(f"  ? {suggestion}")
    click.echo(f"\n{reply.disclaimer}")


@command
@click.argument("question", required=False)
@click.option("--top", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many passages.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@BATCH
def search(corpus: Path, var: Path, question: str | None, top: int, as_json: bool, batch: TextIO | None) -> None:
    """List the passages nearest to QUESTION, best first, without a threshold."""
    _one_of(question, batch)
    edition = load_edition(var)
    if batch is not None:
        for row in _rows(batch):
            found = understand(edition, row["question"], row["after"], top)
            _print_json(
                {
                    "id": row["id"],
                    "matches": [_match(each) for each in found.matches[:top]],
                    "answerable": found.answerable,
                }
            )
        return
    found = search_edition(edition, _whole(question or ""), top=top)
    if as_json:
        _print_json({"id": None, "matches": [_match(each) for each in found.matches], "answerable": found.answerable})
        return
    click.echo(f"answerable {found.answerable:.2f}")
    for match in found.matches:
        click.echo(f"{match.score:.3f}  {match.passage.article.id}  {' '.join(match.highlights[0].text.split())}")


@command
@click.argument("questions", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write an HTML report with plots here.")
@click.option("--floor", type=click.FloatRange(0, 1), default=0.0, help="Fail when the share right is below this.")
def evaluate(corpus: Path, var: Path, questions: Path, report: Path | None, floor: float) -> None:
    """Ask every question of the TOML file QUESTIONS and print what share is right, by family."""
    chatbot = Chatbot.of(load_edition(var), load_screen())
    outcomes = run_questions(chatbot, read_expectations(questions))
    click.echo(table(outcomes))
    if report is not None:
        from chatbot.report import write_report  # matplotlib comes with the build extra, not with serving

        report.write_text(write_report(outcomes, chatbot.edition), encoding="utf-8")
        click.echo(f"report: {report}")
    if share(outcomes) < floor:
        click.echo(f"{share(outcomes):.3f} right, below the floor of {floor}", err=True)
        sys.exit(1)


def _one_of(question: str | None, batch: TextIO | None) -> None:
    if (question is None) == (batch is None):
        raise click.UsageError("give a QUESTION, or --batch FILE")


def _rows(batch: TextIO) -> Iterator[dict[str, Any]]:
    """The rows of a batch; a usage error names the line that is not one."""
    for number, line in enumerate(batch, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.encode())
        except (ValueError, RecursionError):
            row = None
        after = row.get("after", []) if isinstance(row, dict) else None
        fits = isinstance(row, dict) and isinstance(row.get("question"), str) and isinstance(after, list)
        if not fits or not all(isinstance(each, str) for each in after or ()):
            raise click.UsageError(
                f'{batch.name}:{number}: expected {{"id": ..., "question": "...", "after": ["..."]}}'
            )
        yield {
            "id": row.get("id"),
            "question": _whole(row["question"]),
            "after": [_whole(each) for each in after or ()],
        }


def _whole(text: str) -> str:
    """The text without half characters, which JSON and a shell can carry but UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()


def _match(match: Match) -> dict[str, Any]:
    passage = match.passage
    return {
        "article": passage.article.id,
        "start": passage.start,
        "end": passage.end,
        "heading": passage.headings[-1] if passage.headings else "",
        "text": passage.text,
        "highlights": [[span.start - passage.start, span.end - passage.start] for span in match.highlights],
        "score": match.score,
    }


def _print_json(value: object) -> None:
    line = json.dumps(value, ensure_ascii=False)
    click.echo(line.encode("utf-8", "backslashreplace").decode())  # half a surrogate pair stays a JSON escape
