"""The audit log: who did what, and when."""

from __future__ import annotations

from flask import render_template, request

from web.staff.session import blueprint, signed_in
from web.staff.stores import stores

PER_PAGE = 100


@blueprint.get("/audit")
@signed_in("administrator")
def audit() -> str:
    """The newest entries, or those before a number."""
    before = request.args.get("before", "")
    place = int(before) if before.isascii() and before.isdigit() and len(before) < 15 else None
    entries = stores().audit.entries(PER_PAGE + 1, place)
    older = entries[PER_PAGE - 1].number if len(entries) > PER_PAGE else None
    return render_template("staff/audit.html", entries=entries[:PER_PAGE], older=older, first=place is None)
