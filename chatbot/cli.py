"""The command line. It carries; it does not decide."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from functools import wraps
from pathlib import Path
from typing import Any, TextIO

import click

from chatbot.answering import Chatbot
from chatbot.deciding import understand
from chatbot.evaluating import QuestionSetError, read_expectations, share, table
from chatbot.evaluating import evaluate as run_questions
from chatbot.safety import load_screen
from corpus import CorpusError, Severity, read_corpus
from index import EditionError, EncoderError, Match, cut, length_problems, load_edition
from index import build as build_edition
from index import search as search_edition
from index import tune as tune_encoder

CORPUS = click.option(
    "--corpus",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="CHATBOT_CORPUS",
    default="corpus",
    show_default=True,
    help="Folder of articles.",
)
VAR = click.option(
    "--var",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="CHATBOT_VAR",
    default="var",
    show_default=True,
    help="Folder that the program writes to.",
)
BATCH = click.option(
    "--batch",
    type=click.File(encoding="utf-8", errors="surrogateescape"),
    help="JSON lines {id, question, after}; - reads standard input.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Answers visitors' questions with quotes from the clinic's own articles."""


def command(function: Callable[..., None]) -> click.Command:
    """A command with --corpus and --var whose errors are one line each on standard error."""

    @wraps(function)
    def guarded(**options: Any) -> None:
        try:
            function(**options)
        except CorpusError as error:
            for problem in error.problems:
                click.echo(problem, err=True)
            sys.exit(1)
        except BrokenPipeError:
            raise  # click ends quietly when nobody reads on, as in: chatbot search ... | head
        except (EditionError, EncoderError, QuestionSetError, OSError) as error:
            click.echo(_one_line(error), err=True)
            sys.exit(1)

    return main.command()(CORPUS(VAR(guarded)))


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}; make room or mend the permissions, then try again"
    return " ".join(str(error).split())


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
        with _Bar() as progress:
            tuned = tune_encoder(corpus, var, lambda done, total: progress.show("tuning", done, total))
        kept = "kept" if tuned.kept else "not kept"
        click.echo(f"held-out examples right: {tuned.before:.3f} before, {tuned.after:.3f} after; {kept}")
    with _Bar() as progress:
        built = build_edition(corpus, var, model, progress.show)
    for problem in built.problems:
        click.echo(problem, err=True)
    done = "published" if built.is_new else "nothing has changed; still published is"
    click.echo(f"{done} edition {built.edition_id}")


class _Bar:
    """A progress bar for each step of a build, on standard error."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._step = ""

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def show(self, step: str, done: int, total: int) -> None:
        if step != self._step:
            self._close()
            self._step = step
            self._bar = click.progressbar(length=total, label=step, file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


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


@command
@click.argument("site")
@click.option("--address", default="https://chat.example.org", show_default=True, help="Where this program is served.")
def widget(corpus: Path, var: Path, site: str, address: str) -> None:
    """Print the line to paste into SITE's pages, and check that the site may embed the chat."""
    sites = read_corpus(corpus).clinic.sites
    origin = site.rstrip("/").lower()
    if not any(fnmatch(origin, allowed) for allowed in sites):
        message = (
            f"{corpus / 'clinic.toml'}: {origin} may not embed the chat; add it to sites under [embed], then build"
        )
        click.echo(message, err=True)
        sys.exit(1)
    click.echo(f'<script src="{address.rstrip("/")}/widget.js" async></script>')


@command
@click.option("--host", default="127.0.0.1", show_default=True, envvar="CHATBOT_HOST")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, envvar="CHATBOT_PORT")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, envvar="CHATBOT_WORKERS")
def serve(corpus: Path, var: Path, host: str, port: int, workers: int) -> None:
    """Serve the chat page."""
    from chatbot.serving import serve as serve_forever
    from index import current_id

    current_id(var)
    os.environ["CHATBOT_CORPUS"], os.environ["CHATBOT_VAR"] = str(corpus.resolve()), str(var.resolve())
    click.echo(f"http://{host}:{port}/")
    serve_forever("web:create_app()", host, port, workers)


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


if __name__ == "__main__":
    main()
