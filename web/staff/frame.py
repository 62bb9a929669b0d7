"""What every staff page shares: its menu, its errors, and the refusal of a page of which nobody said whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, abort, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from chatbot import ChatbotError, JournalError, Person
from corpus import CorpusError
from index import EditionError
from web.guards import STAFF_LIMIT
from web.staff.session import blueprint, install_sessions, person, role_of
from web.staff.stores import install_stores

MENU = (
    (
        ("staff.dashboard", "Overview", "editor"),
        ("staff.covered", "What is quoted", "editor"),
        ("staff.gaps", "What visitors could not find", "editor"),
        ("staff.feedback", "Feedback", "editor"),
    ),
    (
        ("staff.articles", "Articles", "editor"),
        ("staff.trying", "Try a question", "editor"),
        ("staff.teaching", "Teach", "editor"),
        ("staff.publishing", "Publish", "editor"),
        ("staff.history", "History", "editor"),
    ),
    (
        ("staff.people", "People", "administrator"),
        ("staff.audit", "Audit log", "administrator"),
    ),
)
BELONGING = {"staff.articles": ("/staff/import", "/staff/new-article", "/staff/article-preview")}
"""Pages that belong to an entry without standing below its address."""

STRANGERS_LIMIT = 1024 * 1024
"""The largest form that is read from somebody who is not logged in, in bytes."""
_WORDS = {
    403: ("You may not do this", "This page is for another role. An administrator can change your role under People."),
    404: ("Not found", "There is nothing at this address. It may have been removed."),
    405: ("Not possible", "This address cannot be opened like that. Go back and use the buttons of the page."),
    429: ("Too many requests", "Please wait a minute, then try again."),
    413: ("Too large", "This is larger than 20 MB. Leave out its pictures, or paste its text."),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the menu; ``here`` when the page belongs to it, ``exact`` when it is the page itself."""

    endpoint: str
    label: str
    here: bool
    exact: bool


def install(app: Flask, corpus: Path, var: Path) -> None:
    """Put the staff pages of a corpus folder and a var folder under /staff."""
    install_stores(app, corpus, var)
    install_sessions(app)
    app.register_blueprint(blueprint)


@blueprint.before_request
def before() -> None:
    """Refuse a view for which nobody said who may use it, and read no large form of a stranger."""
    if current_app.secret_key is None:
        raise ChatbotError(
            "nobody can log in: the key of the sessions cannot be used; whoever runs the server: see its log"
        )
    if role_of(current_app.view_functions[request.endpoint or ""]) is None:
        abort(403)
    request.max_content_length = STAFF_LIMIT if person() else STRANGERS_LIMIT


@blueprint.context_processor
def at_hand() -> dict[str, Any]:
    """What every staff template may use."""
    me = _person_if_any()
    return {"me": me, "menu": menu(me) if me else []}


def menu(me: Person) -> list[list[Entry]]:
    """The pages that somebody may open, in groups."""
    groups = []
    for group in MENU:
        found = [entry_of(endpoint, label) for endpoint, label, role in group if me.may(role)]
        if found:
            groups.append(found)
    return groups


def entry_of(endpoint: str, label: str) -> Entry:
    """An entry of the menu, and whether the page that is shown belongs to it."""
    address, page = current_app.url_map.bind("").build(endpoint), request.path
    here = any(page == each or page.startswith(f"{each}/") for each in (address, *BELONGING.get(endpoint, ())))
    return Entry(endpoint, label, here, page == address)


@blueprint.errorhandler(CSRFError)
def _not_ours(error: CSRFError) -> tuple[str, int]:
    words = (
        "This form was open for too long, or your browser keeps no cookies. Nothing was changed. "
        "Go back, load the page again and repeat it."
    )
    return page_of_error("Please try again", words), 400


@blueprint.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> Response | tuple[str, int]:
    if error.code is None or error.code < 400:
        return error.get_response()
    heading, words = _WORDS.get(error.code, ("Not possible", "This was not possible. Nothing was changed."))
    return page_of_error(heading, words), error.code


@blueprint.errorhandler(CorpusError)
@blueprint.errorhandler(EditionError)
@blueprint.errorhandler(ChatbotError)
def _room_error(error: Exception) -> tuple[str, int]:
    """One line that says what, where and what to do: staff can read it."""
    return page_of_error("This did not work", str(error)), 503 if isinstance(error, JournalError) else 409


def _person_if_any() -> Person | None:
    """Whoever is logged in; None too where the database cannot say, for a page of that very error."""
    try:
        return person()
    except ChatbotError:
        return None


def page_of_error(heading: str, words: str) -> str:
    """A staff page that says what is wrong, with the menu where it can be had."""
    return render_template("staff/error.html", heading=heading, words=words)
