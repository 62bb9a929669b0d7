"""Who is logged in: the blueprint of the staff pages, their session, and the one place where a role is checked.

The session is a signed cookie below /staff, so that visitors neither get nor
send one. It names a person and the stamp of their sessions: when an account
is disabled or reset, or its owner logs out, the stamp changes and every
cookie made before is worth nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import (
    Blueprint,
    Flask,
    Request,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from chatbot import ChatbotError, Person, secret_key
from web.staff.carrying import carried_form
from web.staff.stores import stores

ROOT = "/staff"
IDLE = 30 * 60
"""Seconds without a request until somebody must log in again."""
LONGEST = 12 * 60 * 60
"""Seconds after the log-in until somebody must log in again, whatever they did in between."""
LOCAL = ("localhost", "127.0.0.1", "[::1]")
"""Names of this machine: between it and its own browser nobody listens."""

blueprint = Blueprint("staff", __name__, url_prefix=ROOT)
csrf = CSRFProtect()
clock: Callable[[], float] = time.time

Given = ParamSpec("Given")
Made = TypeVar("Made")


class User(UserMixin):  # type: ignore[misc]
    """A person as Flask-Login holds it."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        """What the session keeps: the person and the stamp of their sessions."""
        return f"{self.person.id}.{self.person.session_stamp}"


class StaffSessions(SecureCookieSessionInterface):
    """Flask's signed cookie for addresses below /staff; elsewhere a session that is never read nor sent."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a request; None, which says why in the log, where no key can be had."""
        if not is_staff(request.path):
            return self.session_class()
        if app.secret_key is None:
            try:
                app.secret_key = secret_key(stores().var)
            except (OSError, ChatbotError) as error:
                app.logger.error("staff cannot log in: the key of their sessions: %s", error)
                return None
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie when it changed; never to a visitor."""
        if is_staff(request.path) and session is not None:
            super().save_session(app, session, response)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Only over TLS, where there is TLS."""
        return request.is_secure


def install_sessions(app: Flask) -> None:
    """Give the application the sessions of staff, without touching a visitor's response."""
    app.config.update(
        SESSION_COOKIE_NAME="staff",
        SESSION_COOKIE_PATH=ROOT,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        # Checked by the two decorators below, so that visitors' pages are not looked at. The token lives as long as the
        # session; a Referer is never sent here, and Sec-Fetch-Site says the same.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    csrf.init_app(app)
    app.session_interface = StaffSessions()
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(_user)
    # init_app would look into the session of every response, a visitor's too, for a cookie that we never set.
    app.login_manager = manager  # type: ignore[attr-defined]


def is_staff(path: str) -> bool:
    """Whether an address is one of the staff pages."""
    return path == ROOT or path.startswith(f"{ROOT}/")


def person() -> Person | None:
    """Whoever is logged in."""
    return cast(User, current_user).person if current_user.is_authenticated else None


def me() -> Person:
    """Whoever is logged in; only for views that ``signed_in`` guards."""
    found = person()
    return found if found is not None else abort(403)


def now() -> int:
    """The time, in seconds."""
    return int(clock())


def begin(found: Person) -> None:
    """Start a new session for somebody who has shown their password and code."""
    session.clear()
    login_user(User(found))
    session["began"] = session["seen"] = now()


def log_in_page(name: str = "", error: str = "", carried: str = "") -> str:
    """The page to log in, with what was wrong and what is to be sent afterwards."""
    host = request.host.rpartition(":")[0] if ":" in request.host else request.host
    unsafe = not request.is_secure and host not in LOCAL
    return render_template("staff/log_in.html", name=name, error=error, carried=carried, unsafe=unsafe)


def note(action: str, subject: str = "", detail: str = "") -> None:
    """Write into the audit log what whoever is logged in does. Raises JournalError: then it must not happen."""
    stores().audit.record(me().name, action, subject, detail)


def signed_in(role: str) -> Callable[[Callable[Given, Made]], Callable[Given, Made | AnyResponse]]:
    """Let only people of this role, or one above, use a view: a stranger is sent to log in, anybody else gets 403."""

    def guard(view: Callable[Given, Made]) -> Callable[Given, Made | AnyResponse]:
        @wraps(view)
        def guarded(*given: Given.args, **named: Given.kwargs) -> Made | AnyResponse:
            found = person()
            if found is None:
                return _to_log_in()
            if not found.may(role):
                abort(403)
            check_form()
            return view(*given, **named)

        guarded.role = role  # type: ignore[attr-defined]
        return guarded

    return guard


def open_to_all(view: Callable[Given, Made]) -> Callable[Given, Made]:
    """Let everybody use a view, for logging in; a form must still be one of ours."""

    @wraps(view)
    def guarded(*given: Given.args, **named: Given.kwargs) -> Made:
        check_form()
        return view(*given, **named)

    guarded.role = ""  # type: ignore[attr-defined]
    return guarded


def check_form() -> None:
    """Refuse what another site sent in somebody's name. Raises CSRFError."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise CSRFError("The form was sent from another site.")
    csrf.protect()


def role_of(view: Callable[..., Any]) -> str | None:
    """The role that a view asks for; "" for none, None where nobody decided."""
    return getattr(view, "role", None)


def _user(kept: str) -> User | None:
    """The person of a session that is neither too old nor ended."""
    if now() - session.get("seen", 0) > IDLE or now() - session.get("began", 0) > LONGEST:
        end("You were logged out, because you had been away for a while. Please log in again.")
        return None
    number, _, stamp = kept.partition(".")
    found = stores().people.person(int(number)) if number.isdigit() else None
    if found is None or not found.active or found.session_stamp != stamp:
        end("You were logged out. Please log in again.")
        return None
    session["seen"] = now()
    return User(found)


def end(words: str) -> None:
    """End the session of whoever sends this cookie, and say why on the next page."""
    session.clear()
    flash(words)


def _to_log_in() -> AnyResponse:
    """The way to the log-in; a form that was sent when the session had ended goes along."""
    if carried := carried_form():
        return current_app.make_response((log_in_page(carried=carried), 401))
    back = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else None
    return redirect(url_for("staff.log_in", next=back if back != f"{ROOT}/" else None), 303)
