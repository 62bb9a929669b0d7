"""What is wrong with a file that a person wrote, and where.

Every reader of this room collects problems instead of stopping at the first,
so that staff can mend a whole file in one go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Severity(Enum):
    """How much a problem stops.

    An ERROR stops check and build. With a LEFT_OUT, check fails, so that nobody
    overlooks it, but the rest can be published: an example question whose
    quote an edit has changed teaches nothing until it is aimed again, and a
    sentence that is too long is never quoted. A WARNING stops nothing.
    """

    ERROR = "error"
    LEFT_OUT = "left out"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: the file, the line (counted from 1), what and how."""

    path: Path
    line: int
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        kind = "" if self.severity is Severity.ERROR else f"{self.severity.value}: "
        return f"{self.path}:{self.line}: {kind}{self.message}"


def warning(path: Path, line: int, message: str) -> Problem:
    """A problem that stops nothing."""
    return Problem(path, line, message, Severity.WARNING)


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that stop a build."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


class CorpusError(Exception):
    """The corpus cannot be used as it stands; ``problems`` says why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
