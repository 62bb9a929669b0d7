"""Publishing: prepare the draft, read what the gate found, and put it in the place of what visitors read."""

from __future__ import annotations

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from chatbot import Changes, Job, PublishRefused
from corpus import changes
from index import EditionError, current_id
from web.staff.articles import STATES
from web.staff.desk import desk, drafts
from web.staff.history import SHOWN, difference
from web.staff.session import blueprint, me, note, signed_in
from web.staff.stores import stores
from web.staff.trying import KINDS, prepare


@blueprint.get("/publish")
@signed_in("editor")
def publishing() -> str:
    """How far the draft is from being published."""
    job = desk().publishing.job()
    waiting = [each for each in drafts().articles() if each.state != "published"]
    return render_template(
        "staff/publish.html",
        job=job,
        words=words_of(job),
        waiting=waiting,
        states=STATES,
        changes=_changes(job),
        differences=changes,
        kinds=KINDS,
        shown=SHOWN,
        may_insist=job.report is not None and not job.report.safety and job.base == _serving(),
    )


@blueprint.get("/publish/progress")
@signed_in("editor")
def progress() -> Response:
    """How far the preparing is, for the page's script."""
    job = desk().publishing.job()
    return jsonify(state=job.state, words=words_of(job), done=job.done, total=job.total)


@blueprint.post("/publish/prepare")
@signed_in("editor")
def prepare_draft() -> AnyResponse:
    """Begin to prepare the draft."""
    prepare()
    return redirect(url_for("staff.publishing"))


@blueprint.post("/publish")
@signed_in("publisher")
def publish() -> AnyResponse:
    """Publish the candidate; a reason lets it through where a check of the clinic failed, never a safety message."""
    edition, reason = request.form.get("edition", ""), request.form.get("reason", "").strip()
    note("edition published", edition, f"in spite of what the checks found: {reason}" if reason else "")
    try:
        desk().publishing.publish(edition, me().name, reason)
    except PublishRefused as refused:
        flash(str(refused), "error")
        note("publishing refused", edition, str(refused))
        return redirect(url_for("staff.publishing"))
    flash("Published. Visitors read it from now on.")
    return redirect(url_for("staff.history"))


def words_of(job: Job) -> str:
    """What is going on, in words."""
    return f"{job.step[:1].upper()}{job.step[1:]}" if job.step else "Beginning"


def _serving() -> str:
    """The edition that visitors read; empty where there is none."""
    try:
        return current_id(stores().var)
    except EditionError:
        return ""


def _changes(job: Job) -> Changes | None:
    """What the candidate would change for visitors."""
    if job.state != "ready":
        return None
    compared = job.report.compared_with if job.report else ""
    return difference(compared, job.edition)[0]
