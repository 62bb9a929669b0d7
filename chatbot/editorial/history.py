"""What was published, by whom and why: var/editions/history.jsonl, and how a publish is finished that was interrupted.

Publishing is three steps: the intention is written down (pending.json), the
edition is put in its place, the history gets its line. Whoever comes next after
an interruption sees from the first two what the third has to be.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from chatbot.editorial.files import settle, write_whole
from index import EditionError, current_id, edition_ids, publish_prepared, read_manifest


@dataclass(frozen=True, slots=True)
class Publication:
    """One step of the history: ``action`` is publish or rollback, ``at`` a time (ISO, UTC), ``reason`` says why in
    spite of a failed check, or why back; ``kept`` whether it can be gone back to, ``current`` whether it serves."""

    edition: str
    at: str
    by: str
    action: str
    reason: str
    summary: str
    kept: bool = True
    current: bool = False


class History:
    """The history of a var folder. Whatever changes it is called by one at a time."""

    def __init__(self, var: Path) -> None:
        self._var = var
        self._path = var / "editions" / "history.jsonl"
        self._pending = var / "editions" / "pending.json"

    def entries(self) -> list[Publication]:
        """Every step, oldest first, with one that was interrupted after the edition was in its place."""
        rows = self._rows()
        pending = self._unfinished()
        if pending:
            rows.append(pending)
        if not self._path.exists() and not pending:
            rows = self._before_history()
        kept, current = set(edition_ids(self._var)), _current(self._var)
        last = max((place for place, row in enumerate(rows) if row.edition == current), default=-1)
        return [replace(row, kept=row.edition in kept, current=place == last) for place, row in enumerate(rows)]

    def carry_out(self, step: Publication) -> None:
        """Put the edition of a step in its place, and write the step down."""
        self.finish()
        rows = self._rows() if self._path.exists() else self._before_history()
        write_whole(self._pending, json.dumps(_row(step), ensure_ascii=False))
        publish_prepared(self._var, step.edition)
        settle(self._path.parent)
        self._write([*rows, step])
        self._pending.unlink()

    def finish(self) -> None:
        """Finish, or forget, what was interrupted."""
        pending = self._unfinished()
        if pending:
            self._write([*self._rows(), pending])
        self._pending.unlink(missing_ok=True)

    def _unfinished(self) -> Publication | None:
        """The step that was interrupted after its edition was in its place and before it was written down."""
        with suppress(OSError, ValueError, TypeError):
            step = Publication(**json.loads(self._pending.read_text(encoding="utf-8")))
            if step.edition == _current(self._var) and step not in self._rows()[-1:]:
                return step
        return None

    def _rows(self) -> list[Publication]:
        """The steps written down; a line that a broken disk damaged is passed over."""
        rows = []
        with suppress(OSError):
            for line in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
                with suppress(ValueError, TypeError):
                    rows.append(Publication(**json.loads(line)))
        return rows

    def _write(self, rows: Sequence[Publication]) -> None:
        lines = (json.dumps(_row(row), ensure_ascii=False) + "\n" for row in rows)
        write_whole(self._path, "".join(lines))

    def _before_history(self) -> list[Publication]:
        """The editions that were there before anything was written down, the published one last."""
        current = _current(self._var)
        rows = []
        for name in sorted(edition_ids(self._var), key=lambda each: (each == current, each)):
            with suppress(EditionError):
                made = read_manifest(self._var / "editions" / name)["made"]
                rows.append(Publication(name, made, "", "publish", "", ""))
        return rows

    def begin(self) -> None:
        """Write down the editions that are there, where there is no history yet."""
        self.finish()
        if not self._path.exists():
            self._write(self._before_history())


def forget_unpublished(var: Path) -> None:
    """Remove the editions that were prepared and never published, so that they push no published one out, and what a
    preparation left that was killed. Called while nobody else prepares."""
    history = History(var)
    (var / "editions").mkdir(parents=True, exist_ok=True)
    history.begin()
    for left in (*(var / "editions").glob(".building-*"), *(var / "editions").glob(".removing-*")):
        shutil.rmtree(left, ignore_errors=True)
    known = {entry.edition for entry in history.entries()} | {_current(var)}
    for name in edition_ids(var):
        if name not in known:
            place = var / "editions" / name
            hidden = place.with_name(f".removing-{name}")
            os.replace(place, hidden)
            shutil.rmtree(hidden, ignore_errors=True)


def _row(step: Publication) -> dict[str, str]:
    row = asdict(step)
    del row["kept"], row["current"]
    return row


def _current(var: Path) -> str:
    try:
        return current_id(var)
    except EditionError:
        return ""
