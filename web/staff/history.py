"""The history: what was published, when and by whom, what it changed, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from chatbot import Changes, EditorialError, Publication
from corpus import changes
from index import EditionError
from web.staff.desk import desk
from web.staff.session import blueprint, me, note, signed_in

SHOWN = 200
"""How many changed answers or questions a page shows."""


@blueprint.get("/history")
@signed_in("editor")
def history() -> str:
    """What was published, when and by whom."""
    return render_template("staff/history.html", steps=desk().publishing.history(), at=at)


@blueprint.get("/history/<edition>")
@signed_in("editor")
def history_step(edition: str) -> str:
    """What an edition changed, against the one before it or another."""
    steps = desk().publishing.history()
    names = list(dict.fromkeys(step.edition for step in steps))
    if edition not in names:
        abort(404)
    older = names[names.index(edition) + 1 :]
    against = request.args.get("against", older[0] if older else "")
    if against and against not in names:
        abort(404)
    found, trouble = difference(against, edition)
    return render_template(
        "staff/edition.html",
        step=next(step for step in steps if step.edition == edition),
        against=against,
        others=[step for step in _newest(names, steps) if step.edition != edition and step.kept],
        changes=found,
        differences=changes,
        at=at,
        trouble=trouble,
        shown=SHOWN,
    )


@blueprint.post("/history/<edition>/back")
@signed_in("publisher")
def roll_back(edition: str) -> Response:
    """Let visitors read an earlier edition again, in one step."""
    reason = request.form.get("reason", "").strip()
    note("rolled back", edition, reason)
    try:
        desk().publishing.rollback(edition, me().name, reason)
    except EditorialError as error:
        note("rolling back refused", edition)
        flash(str(error), "error")
        return redirect(url_for("staff.history"))
    flash("Done. Visitors read that edition again. The drafts stay as they are.")
    return redirect(url_for("staff.history"))


def at(step: Publication) -> datetime:
    """When a step was taken, in the server's own time zone."""
    return datetime.fromisoformat(step.at).astimezone()


def difference(old: str, new: str) -> tuple[Changes | None, str]:
    """What is different between two editions, or None and why that cannot be told."""
    try:
        return desk().publishing.changes(old, new), ""
    except (EditorialError, EditionError) as error:
        return None, str(error)


def _newest(names: Iterable[str], steps: Sequence[Publication]) -> list[Publication]:
    """The latest step of each edition."""
    return [next(step for step in steps if step.edition == name) for name in names]
