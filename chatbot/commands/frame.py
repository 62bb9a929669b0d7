"""What every command shares: the group, its two folders, errors of one line, a progress bar."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from chatbot.keeping import finish_restore
from chatbot.problem import ChatbotError
from corpus import CorpusError, Problem, Severity
from index import EditionError, EncoderError

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

JOURNAL = click.option(
    "--journal",
    metavar="URL",
    envvar="CHATBOT_JOURNAL",
    help="Database, such as postgresql://name:password@host/database; default: SQLite in the folder of --var.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Answers visitors' questions with quotes from the clinic's own articles."""


SHOWN_OF_A_FILE = 3
"""How many warnings of one file are shown on the way to something else; ``check`` shows all."""


def show_problems(problems: Iterable[Problem]) -> None:
    """Problems, one a line, on standard error; of a file with many warnings, how many there are."""
    of_file: dict[Path, list[Problem]] = {}
    for problem in problems:
        of_file.setdefault(problem.path, []).append(problem)
    for path, found in of_file.items():
        warnings = [each for each in found if each.severity is Severity.WARNING]
        if len(warnings) > SHOWN_OF_A_FILE:
            click.echo(f"{path}: {len(warnings)} warnings; to see them, run: chatbot check", err=True)
            found = [each for each in found if each.severity is not Severity.WARNING]
        for problem in found:
            click.echo(problem, err=True)


def command(function: Callable[..., None], group: click.Group | None = None) -> click.Command:
    """A command with --corpus and --var whose errors are one line each on standard error; of main, or of ``group``."""

    @wraps(function)
    def guarded(**options: Any) -> None:
        try:
            if finish_restore(options["var"], options.get("journal") or os.environ.get("CHATBOT_JOURNAL")):
                click.echo("a restore was stopped on the way; everything is as it was before it", err=True)
            function(**options)
        except CorpusError as error:
            show_problems(error.problems)
            sys.exit(1)
        except BrokenPipeError:
            raise  # click ends quietly when nobody reads on, as in: chatbot search ... | head
        except (EditionError, EncoderError, ChatbotError, OSError) as error:
            click.echo(_one_line(error), err=True)
            sys.exit(1)

    return (group or main).command()(CORPUS(VAR(guarded)))


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}; make room or mend the permissions, then try again"
    return " ".join(str(error).split())


class ProgressBar:
    """A progress bar for each step of a build, on standard error."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._step = ""

    def __enter__(self) -> ProgressBar:
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
