"""Logging in with password and code, and out again; one's own password."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from chatbot import PeopleError, Refused
from web.staff.carrying import send_again
from web.staff.session import ROOT, begin, blueprint, end, log_in_page, me, open_to_all, person, signed_in
from web.staff.stores import stores
from web.staff.welcome import start_second_factor


@blueprint.get("/log-in")
@open_to_all
def log_in() -> str | Response:
    """The page to log in."""
    return redirect(after_log_in()) if person() else log_in_page()


@blueprint.post("/log-in")
@open_to_all
def check_log_in() -> str | Response | tuple[str, int]:
    """Let somebody in who shows password and code; who has no second factor yet must set one up first."""
    name, carried = request.form.get("name", "").strip(), request.form.get("carried", "")
    try:
        found = stores().people.log_in(name, request.form.get("password", ""), request.form.get("code", ""))
    except Refused as error:
        return log_in_page(name, str(error), carried), 403
    if not found.has_second_factor:
        return start_second_factor(found)
    begin(found)
    if carried and (sending := send_again(carried)):
        return sending
    return redirect(after_log_in(), 303)


@blueprint.get("/password")
@signed_in("editor")
def password() -> str:
    """The page to change one's own password."""
    return render_template("staff/password.html", error="")


@blueprint.post("/password")
@signed_in("editor")
def change_password() -> str | Response | tuple[str, int]:
    """Change the password of whoever is logged in; every other session of theirs ends."""
    wanted = request.form.get("password", "")
    try:
        if wanted != request.form.get("again", ""):
            raise PeopleError("The two new passwords are not the same. Please type them again.")
        changed = stores().people.change_password(me().id, request.form.get("now", ""), wanted)
    except (PeopleError, Refused) as error:
        return render_template("staff/password.html", error=str(error)), 422
    begin(changed)
    flash("Your password is changed. Wherever else you were logged in, you are logged out.")
    return redirect(url_for("staff.dashboard"), 303)


@blueprint.post("/log-out")
@signed_in("editor")
def log_out() -> Response:
    """End the session, and every copy of its cookie."""
    stores().people.log_out(me().id)
    end("You are logged out.")
    return redirect(url_for("staff.log_in"), 303)


def after_log_in() -> str:
    """Where somebody wanted to go before they were asked to log in: one of the staff pages, no other address."""
    wanted = request.args.get("next", "")
    return wanted if wanted.startswith(f"{ROOT}/") else url_for("staff.dashboard")
