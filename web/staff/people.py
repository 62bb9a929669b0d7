"""The people page: an administrator invites, changes roles, shuts out and resets."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from chatbot import ROLES, PeopleError
from web.staff.session import blueprint, me, signed_in
from web.staff.stores import stores

MAY = {
    "editor": "writes articles and questions, sees what visitors ask",
    "publisher": "does that, and publishes and rolls back",
    "administrator": "does that, and looks after people",
}


@blueprint.get("/people")
@signed_in("administrator")
def people() -> str:
    """Everybody with an account."""
    return page()


@blueprint.post("/people/invite")
@signed_in("administrator")
def invite() -> str | tuple[str, int]:
    """Make an account, and show the link with which its owner chooses a password."""
    name, role = request.form.get("name", "").strip(), request.form.get("role", "")
    try:
        token = stores().people.invite(name, role, me().name)
    except PeopleError as error:
        return page(error=str(error), name=name, role=role), 422
    return page(link=_link(token), invited=name)


@blueprint.post("/people/reset")
@signed_in("administrator")
def reset() -> str | tuple[str, int]:
    """Take password, second factor and sessions from somebody, and show the link for new ones."""
    name = request.form.get("name", "")
    try:
        token = stores().people.reset(name, me().name)
    except PeopleError as error:
        return page(error=str(error)), 422
    return page(link=_link(token), invited=name)


@blueprint.post("/people/role")
@signed_in("administrator")
def set_role() -> Response | tuple[str, int]:
    """Give somebody another role."""
    name, role = request.form.get("name", ""), request.form.get("role", "")
    try:
        stores().people.set_role(name, role, me().name)
    except PeopleError as error:
        return page(error=str(error)), 422
    return _done(f"{name} is now {role}.")


@blueprint.post("/people/disable")
@signed_in("administrator")
def disable() -> Response | tuple[str, int]:
    """Shut somebody out at once."""
    name = request.form.get("name", "")
    try:
        stores().people.disable(name, me().name)
    except PeopleError as error:
        return page(error=str(error)), 422
    return _done(f"{name} can no longer log in.")


@blueprint.post("/people/enable")
@signed_in("administrator")
def enable() -> Response | tuple[str, int]:
    """Let somebody in again."""
    name = request.form.get("name", "")
    try:
        stores().people.enable(name, me().name)
    except PeopleError as error:
        return page(error=str(error)), 422
    return _done(f"{name} can log in again.")


def page(*, error: str = "", link: str = "", invited: str = "", name: str = "", role: str = ROLES[0]) -> str:
    """The page, with an error or with a link that is shown this once."""
    return render_template(
        "staff/people.html",
        people=stores().people.people(),
        may=MAY,
        error=error,
        link=link,
        invited=invited,
        name=name,
        role=role,
    )


def _link(token: str) -> str:
    return url_for("staff.welcome", token=token, _external=True)


def _done(words: str) -> Response:
    flash(words)
    return redirect(url_for("staff.people"), 303)
