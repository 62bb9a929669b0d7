"""Logging in with password and code, and out again."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from chatbot import Refused
from web.staff.session import ROOT, begin, blueprint, end, me, open_to_all, person, signed_in
from web.staff.stores import stores
from web.staff.welcome import start_second_factor

LOCAL = ("localhost", "127.0.0.1", "[::1]")


@blueprint.get("/log-in")
@open_to_all
def log_in() -> str | Response:
    """The page to log in."""
    return redirect(after_log_in()) if person() else page()


@blueprint.post("/log-in")
@open_to_all
def check_log_in() -> str | Response | tuple[str, int]:
    """Let somebody in who shows password and code; who has no second factor yet must set one up first."""
    name = request.form.get("name", "").strip()
    try:
        found = stores().people.log_in(name, request.form.get("password", ""), request.form.get("code", ""))
    except Refused as error:
        return page(name, str(error)), 403
    if not found.has_second_factor:
        return start_second_factor(found)
    begin(found)
    return redirect(after_log_in(), 303)


@blueprint.post("/log-out")
@signed_in("editor")
def log_out() -> Response:
    """End the session, and every copy of its cookie."""
    stores().people.log_out(me().id)
    end("You are logged out.")
    return redirect(url_for("staff.log_in"), 303)


def page(name: str = "", error: str = "") -> str:
    """The page to log in, with what was wrong."""
    host = request.host.rpartition(":")[0] if ":" in request.host else request.host
    unsafe = not request.is_secure and host not in LOCAL
    return render_template("staff/log_in.html", name=name, error=error, unsafe=unsafe)


def after_log_in() -> str:
    """Where somebody wanted to go before they were asked to log in: one of the staff pages, no other address."""
    wanted = request.args.get("next", "")
    return wanted if wanted.startswith(f"{ROOT}/") else url_for("staff.dashboard")
