"""From an invitation to an account that can log in: a password, then a second factor."""

from __future__ import annotations

from io import BytesIO
from typing import cast

import segno
from flask import Response, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from chatbot import PeopleError, Person, Refused
from web.staff.session import IDLE, begin, blueprint, now, open_to_all
from web.staff.stores import stores


@blueprint.get("/welcome/<token>")
@open_to_all
def welcome(token: str) -> str | tuple[str, int]:
    """The page behind an invitation's link."""
    return _password_page(token)


@blueprint.post("/welcome/<token>")
@open_to_all
def accept(token: str) -> AnyResponse | str | tuple[str, int]:
    """Take the password that was chosen, and go on to the second factor."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _password_page(token, "The two passwords are not the same. Please type them again.")
    try:
        return start_second_factor(stores().people.accept(token, password))
    except PeopleError as error:
        return _password_page(token, str(error))
    except Refused as error:
        return _no_invitation(error)


@blueprint.get("/second-factor")
@open_to_all
def second_factor() -> str | AnyResponse:
    """Show the secret, to be read by an authenticator app or typed into it."""
    found = enrolling()
    if found is None:
        return redirect(url_for("staff.log_in"))
    return _factor_page(found)


@blueprint.post("/second-factor")
@open_to_all
def confirm_second_factor() -> str | AnyResponse | tuple[str, int]:
    """Let somebody in who shows a code made with the secret."""
    found = enrolling()
    if found is None:
        return redirect(url_for("staff.log_in"), 303)
    try:
        confirmed = stores().people.confirm(found.id, request.form.get("code", ""))
    except Refused as error:
        return _factor_page(found, str(error)), 403
    begin(confirmed)
    flash("Your account is ready. From now on you log in with your name, your password and a code of your app.")
    return redirect(url_for("staff.dashboard"), 303)


@blueprint.get("/second-factor.svg")
@open_to_all
def second_factor_picture() -> Response:
    """The secret as a picture for an authenticator app, for whoever is setting it up in this session."""
    found = enrolling()
    if found is None:
        abort(404)
    _, address = stores().people.second_factor(found)
    drawn = BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff")
    return Response(drawn.getvalue(), content_type="image/svg+xml")


def start_second_factor(person: Person) -> AnyResponse:
    """Begin to set up a second factor: from here on the session can do that and nothing else."""
    session.clear()
    session["enrolling"] = [person.id, person.session_stamp, now()]
    return redirect(url_for("staff.second_factor"), 303)


def enrolling() -> Person | None:
    """Whoever is setting up a second factor in this session."""
    number, stamp, began = cast("tuple[int, str, int]", session.get("enrolling", (0, "", 0)))
    found = stores().people.person(number) if number and now() - began < IDLE else None
    return found if found and found.active and found.session_stamp == stamp and not found.has_second_factor else None


def _password_page(token: str, error: str = "") -> str | tuple[str, int]:
    try:
        invitation = stores().people.welcome(token)
    except Refused as refused:
        return _no_invitation(refused)
    html = render_template("staff/welcome.html", invitation=invitation, token=token, error=error)
    return (html, 422) if error else html


def _no_invitation(error: Refused) -> tuple[str, int]:
    return render_template("staff/error.html", heading="This invitation cannot be used", words=str(error)), 404


def _factor_page(person: Person, error: str = "") -> str:
    secret, _ = stores().people.second_factor(person)
    groups = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    return render_template("staff/second_factor.html", person=person, secret=groups, error=error)
