"""The candidate: built of a copy of the draft, tried at the gate, and described in a file that every process can read.

var/candidate/job.json    what it is, or how far
              lock        held while one is being prepared
              draft/      the copy of the draft, while it is built
              output.txt  what the preparing process printed
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chatbot.answering import Chatbot
from chatbot.editorial.files import copy_draft, is_locked, locked, stamp_of, write_whole
from chatbot.editorial.gate import Advance, Answered, ChangedAnswer, Failure, GateReport, run_gate
from chatbot.editorial.history import forget_unpublished
from chatbot.safety import load_screen
from chatbot.without_words import without_words
from corpus import CorpusError, Problem, read_checks
from index import Built, EditionError, Encoders, current_id, load_edition, prepare

BUSY = "an edition is being prepared just now; wait until it is ready"
SLOW_START = 60.0
"""Seconds that a process may take until it holds the lock; after that it is taken for dead."""

STARTING, READING = "starting", "reading the articles"


@dataclass(frozen=True, slots=True)
class Job:
    """The candidate, or what becomes of it.

    ``state`` is none, running, ready (its gate was run, see ``report``),
    unchanged (the draft is what is published), published, or failed (see
    ``error``, whose lines are for staff). ``done`` of ``total`` of the ``step``
    are through. ``base`` is the edition that was served when it began, and
    ``stamp`` a digest of the draft it was made of; ``outdated`` says in words
    that either is another now.
    """

    state: str
    step: str = ""
    done: int = 0
    total: int = 0
    edition: str = ""
    report: GateReport | None = None
    error: str = ""
    by: str = ""
    began: str = ""
    base: str = ""
    stamp: str = ""
    outdated: str = ""
    key: str = ""
    """Of a process that was started and has not begun: which one, as two may be started within a second."""


class Desk:
    """Where the candidate's job lies."""

    def __init__(self, var: Path) -> None:
        folder = var / "candidate"
        self.lock, self.draft, self.output = folder / "lock", folder / "draft", folder / "output.txt"
        self._publishing = folder / "publishing"
        self._path = folder / "job.json"

    def read(self) -> Job:
        """The job as it was last written; one whose process is gone has failed."""
        job = self._stored()
        if job.state != "running" or is_locked(self.lock):
            return job
        job = self._stored()  # it may have ended between the two looks
        young = job.step == STARTING and _age(job.began) < SLOW_START
        if job.state != "running" or young:
            return job
        return replace(job, state="failed", error="it stopped before it was done; begin again")

    def publishing(self) -> AbstractContextManager[None]:
        """Held by whoever changes what serves, or what is about to."""
        return locked(self._publishing, "somebody is publishing just now; try again in a moment")

    def write(self, job: Job, lasting: bool = True) -> Job:
        write_whole(self._path, json.dumps(asdict(job), ensure_ascii=False, indent=1) + "\n", lasting)
        return job

    def _stored(self) -> Job:
        try:
            row = json.loads(self._path.read_text(encoding="utf-8"))
            return Job(**(row | {"report": _report(row["report"]) if row["report"] else None}))
        except FileNotFoundError:
            return Job("none")
        except (OSError, ValueError, TypeError, KeyError) as error:
            return Job("failed", error=f"{self._path}: cannot be read ({type(error).__name__}); begin again")


def now() -> str:
    """The time in UTC, as it is written down."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def published_or_none(var: Path) -> str:
    """The id of the published edition, or nothing."""
    try:
        return current_id(var)
    except EditionError:
        return ""


def prepare_candidate(
    corpus: Path,
    var: Path,
    by: str,
    model: str | None = None,
    encoders: Encoders | None = None,
    progress: Advance = lambda *_: None,
) -> tuple[Job, tuple[Problem, ...]]:
    """Build a candidate of the draft as it is now and run its gate; the job, and the problems that did not stop it.

    Raises Busy when one is being prepared, and what ``index.prepare`` raises;
    the job then says so too, and the published edition is as it was.
    """
    desk, is_new = Desk(var), not var.exists()
    with locked(desk.lock, BUSY, patience=2.0):
        job = Job("running", READING, by=by, began=now(), base=published_or_none(var))
        with desk.publishing():
            writer = _Progress(desk, desk.write(job), progress)
            forget_unpublished(var)
        try:
            copy_draft(corpus, desk.draft)
            writer.job = job = replace(job, stamp=stamp_of(desk.draft))
            built = _built(desk.draft, corpus, var, model, encoders, writer)
            if not built.is_new:
                return desk.write(replace(job, state="unchanged", step="", edition=built.edition_id)), built.problems
            report = _tried(desk.draft, var, built.edition_id, job.base, writer)
            done = replace(job, state="ready", step="", edition=built.edition_id, report=report)
            return desk.write(done), built.problems
        except Exception as error:
            with suppress(OSError):
                desk.write(replace(job, state="failed", error=_lines(error)))
            if is_new and isinstance(error, CorpusError):
                _leave_nothing(var)
            raise
        finally:
            shutil.rmtree(desk.draft, ignore_errors=True)


class _Progress:
    """Shows how far a job is, to the caller at once and in its file a few times a second."""

    def __init__(self, desk: Desk, job: Job, also: Advance) -> None:
        self.job = job
        self._desk, self._also = desk, also
        self._written, self._step = 0.0, ""

    def __call__(self, step: str, done: int, total: int) -> None:
        if step != self._step or time.monotonic() - self._written > 0.3:
            self._written, self._step = time.monotonic(), step
            self._desk.write(replace(self.job, step=step, done=done, total=total), lasting=False)
        self._also(step, done, total)


def _built(
    draft: Path, corpus: Path, var: Path, model: str | None, encoders: Encoders | None, progress: Advance
) -> Built:
    """``index.prepare`` of the copy, with problems at their places in the corpus folder itself."""

    def at_home(problem: Problem) -> Problem:
        inside = problem.path.is_relative_to(draft)
        path = corpus / problem.path.relative_to(draft) if inside else problem.path
        return replace(problem, path=path, message=problem.message.replace(str(draft), str(corpus)))

    try:
        built = prepare(draft, var, model, progress, encoders)
    except CorpusError as error:
        raise CorpusError(map(at_home, error.problems)) from None
    return replace(built, problems=tuple(map(at_home, built.problems)))


def _tried(draft: Path, var: Path, edition_id: str, base: str, progress: Advance) -> GateReport:
    """What the gate says of a candidate."""
    screen = load_screen()
    candidate = Chatbot.of(load_edition(var, edition_id), screen)
    published = None
    with suppress(EditionError):
        published = Chatbot.of(load_edition(var, base), screen) if base else None
    try:
        return run_gate(candidate, published, read_checks(draft / "checks.toml", ())[0], progress)
    finally:
        for chatbot in filter(None, (candidate, published)):
            chatbot.edition.texts.close()


def _leave_nothing(var: Path) -> None:
    """Take away a folder that was made for a draft of which no edition can be built."""
    shutil.rmtree(var / "candidate", ignore_errors=True)
    with suppress(OSError):
        (var / "editions" / "history.jsonl").unlink()
        (var / "editions").rmdir()
        var.rmdir()


def _lines(error: Exception) -> str:
    """An error for staff: what it says where it is one of ours, or a full disk; its kind alone where it is not."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'the disk'}: {error.strerror}; make room or mend the permissions, then try again"
    ours = type(error).__module__.split(".")[0] in ("corpus", "index", "chatbot")
    return str(error) if ours else f"{without_words(error)}; try again, or ask who runs the program"


def _report(row: Mapping[str, Any]) -> GateReport:
    """A report as it was before it was written down."""

    def failures(rows: list[dict[str, Any]]) -> tuple[Failure, ...]:
        return tuple(Failure(**(each | {"after": tuple(each["after"])})) for each in rows)

    def answer(each: dict[str, Any]) -> Answered:
        return Answered(each["kind"], tuple((article, text) for article, text in each["quotes"]))

    changed = tuple(
        ChangedAnswer(each["question"], tuple(each["after"]), answer(each["before"]), answer(each["now"]))
        for each in row["changed"]
    )
    first, second, third = row["asked"]
    return GateReport(
        row["compared_with"],
        failures(row["safety"]),
        failures(row["checks"]),
        changed,
        (first, second, third),
        row["passed_over"],
    )


def _age(began: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(began)).total_seconds()
