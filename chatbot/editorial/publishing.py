"""Publishing: a candidate is prepared in a process of its own, tried, and only then put in the place of what serves.

Whatever is interrupted, the last good edition serves on and it can be tried again.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread

from chatbot.editorial.candidate import BUSY, STARTING, Desk, Job, now, prepare_candidate, published_or_none
from chatbot.editorial.comparing import Changes, changes_between, many
from chatbot.editorial.files import Busy, EditorialError, stamp_of
from chatbot.editorial.gate import Advance
from chatbot.editorial.history import History, Publication
from corpus import Problem
from index import EditionError, Encoders, load_edition

PREPARE = (sys.executable, "-P", "-m", "chatbot.cli", "prepare")

__all__ = ["Job", "Publication", "PublishRefused", "Publishing"]


class PublishRefused(EditorialError):
    """The edition may not be published. ``overridable`` says whether a reason would let it through."""

    def __init__(self, message: str, overridable: bool = False) -> None:
        self.overridable = overridable
        super().__init__(message)


class Publishing:
    """From the draft to what is served, and back."""

    def __init__(self, corpus: Path, var: Path, command: Sequence[str] = PREPARE) -> None:
        self._corpus, self._var, self._command = corpus, var, tuple(command)
        self._desk, self._history = Desk(var), History(var)

    def start(self, by: str) -> Job:
        """Begin to prepare a candidate in a process of its own. Raises Busy when one is being prepared."""
        with self._desk.publishing():
            if self._desk.read().state == "running":
                raise Busy(BUSY)
            base, key = published_or_none(self._var), secrets.token_hex(8)
            job = self._desk.write(Job("running", STARTING, by=by, began=now(), base=base, key=key))
            folders = (f"--corpus={self._corpus.resolve()}", f"--var={self._var.resolve()}")
            try:
                with self._desk.output.open("wb") as output:
                    process = subprocess.Popen(  # noqa: S603 - our own command line
                        (*self._command, *folders, f"--by={by}"),
                        stdin=subprocess.DEVNULL,
                        stdout=output,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
            except OSError as error:
                self._desk.write(replace(job, state="failed", error=f"it could not be started: {error.strerror}"))
                raise
        Thread(target=self._wait, args=(process, job), daemon=True).start()
        return job

    def prepare(
        self,
        by: str,
        model: str | None = None,
        encoders: Encoders | None = None,
        progress: Advance = lambda *_: None,
    ) -> tuple[Job, tuple[Problem, ...]]:
        """Prepare a candidate here and now: the job, and the problems that did not stop it. Raises as ``index.prepare``
        does, and Busy when one is being prepared."""
        return prepare_candidate(self._corpus, self._var, by, model, encoders, progress)

    def job(self) -> Job:
        """The candidate, as far as it is."""
        job = self._desk.read()
        return replace(job, outdated=self._outdated(job)) if job.state in ("ready", "unchanged", "published") else job

    def publish(self, edition_id: str, by: str, reason: str = "", although_edited: bool = False) -> Publication:
        """Publish the candidate. Raises PublishRefused, with nothing changed.

        A ``reason`` lets through a failed check of the clinic, and a draft
        edited since (as ``although_edited`` does); it never lets through a
        failed safety message, nor a candidate that was compared with another
        edition than serves now.
        """
        with self._desk.publishing():
            self._history.finish()
            job = self._desk.read()
            self._refuse(job, edition_id, reason.strip(), although_edited)
            summary = self.changes(job.base, edition_id).summary
            step = Publication(edition_id, now(), by, "publish", reason.strip(), summary)
            self._history.carry_out(step)
            with suppress(OSError):
                self._desk.write(replace(job, state="published"))
            return replace(step, current=True)

    def history(self) -> list[Publication]:
        """What was published and gone back to, the latest first."""
        return self._history.entries()[::-1]

    def changes(self, old: str, new: str) -> Changes:
        """What is different between two editions, by their ids; ``old`` may be empty.

        Raises EditionError when ``new`` is not there; an ``old`` one that
        cannot be read any more counts as empty.
        """
        after = load_edition(self._var, new)
        before = None
        with suppress(EditionError):
            before = load_edition(self._var, old) if old else None
        try:
            return changes_between(before, after)
        finally:
            for edition in filter(None, (before, after)):
                edition.texts.close()

    def rollback(self, edition_id: str, by: str, reason: str) -> Publication:
        """Serve an earlier edition again. Raises PublishRefused without a reason, or when it is not kept or damaged."""
        with self._desk.publishing():
            self._history.finish()
            if not reason.strip():
                raise PublishRefused("say why the earlier edition is to serve again", overridable=True)
            entries = [entry for entry in self._history.entries() if entry.edition == edition_id]
            if not entries or not entries[-1].kept:
                raise PublishRefused(f"{edition_id[:40]}: was never published, or is not kept any more")
            if published_or_none(self._var) == edition_id:
                raise PublishRefused(f"{edition_id}: this edition serves already")
            summary = f"back to the edition of {entries[0].at[:10]}"
            try:
                load_edition(self._var, edition_id).texts.close()
            except EditionError as error:
                raise PublishRefused(str(error)) from error
            step = Publication(edition_id, now(), by, "rollback", reason.strip(), summary)
            self._history.carry_out(step)
            return replace(step, current=True)

    def _refuse(self, job: Job, edition_id: str, reason: str, although_edited: bool) -> None:
        """Raises PublishRefused where the candidate may not be published."""
        if job.state == "running":
            raise PublishRefused(BUSY)
        if (job.state, job.edition) != ("ready", edition_id) or job.report is None:
            raise PublishRefused(f"{edition_id[:40]}: this is not the candidate any more; look again, or prepare anew")
        self._refuse_another_base(job)
        if job.report.safety:
            wrong = many(len(job.report.safety), "safety message")
            raise PublishRefused(f"{wrong} answered wrongly; this edition cannot be published")
        if job.report.checks and not reason:
            failed = many(len(job.report.checks), "check")
            message = f"{failed} failed; mend the draft, or give a reason to publish all the same"
            raise PublishRefused(message, overridable=True)
        if not although_edited and not reason and stamp_of(self._corpus) != job.stamp:
            message = "the draft was edited since; prepare anew, or give a reason to publish without those edits"
            raise PublishRefused(message, overridable=True)
        try:
            load_edition(self._var, edition_id).texts.close()
        except EditionError as error:
            raise PublishRefused(f"{error}; prepare anew") from error

    def _refuse_another_base(self, job: Job) -> None:
        if published_or_none(self._var) == job.base:
            return
        last = self._history.entries()[-1:]
        who = f" by {last[0].by}" if last and last[0].by else ""
        raise PublishRefused(
            f"another edition was published meanwhile{who}; prepare anew, so that nothing of it is lost"
        )

    def _outdated(self, job: Job) -> str:
        """How the candidate is not of today any more, in words; empty when it is."""
        if published_or_none(self._var) != (job.base if job.state == "ready" else job.edition):
            return "another edition was published meanwhile"
        return "the draft was edited since" if stamp_of(self._corpus) != job.stamp else ""

    def _wait(self, process: subprocess.Popen[bytes], job: Job) -> None:
        """Wait for the process to end; where it died without a word, say so in the job."""
        code = process.wait()
        with suppress(OSError):
            left = self._desk.read()
            if left.key == job.key and left.state == "running":
                message = f"it stopped with code {code} before it began; {self._desk.output} says more"
                self._desk.write(replace(left, state="failed", error=message))
