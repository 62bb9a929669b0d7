"""Who the server believes, and what it takes in: proxies, host names, the size of a body, and how much at once."""

from __future__ import annotations

from functools import partial

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, ServiceUnavailable, TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import host_is_trusted

from web import relief
from web.pages import FORM_LIMIT

STAFF_LIMIT = 32 * 1024 * 1024
"""The largest body that a staff page reads, in bytes: a file to import (20 MB at most) in its form."""

HERE = ("localhost", "127.0.0.1", "[::1]")
"""Names under which this machine's own watchers ask; always taken."""

_A_YEAR = "max-age=31536000"


def install(app: Flask, proxies: int = 0, hosts: str = "") -> None:
    """Guard the application.

    ``proxies`` is how many stand in front and may say who asks, by which
    scheme; with none, nobody is believed. ``hosts`` are the names under which
    the server is reached, with commas between; any other name is refused.
    """
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    names = [name.strip().lower() for name in hosts.split(",") if name.strip()]
    app.config["MAX_CONTENT_LENGTH"] = STAFF_LIMIT
    app.before_request(partial(_expect, (*names, *HERE) if names else ()))
    app.before_request(_bound)
    app.before_request(relief.shed)
    app.after_request(_stay_on_tls)
    for kind in (TooManyRequests, ServiceUnavailable):
        app.register_error_handler(kind, relief.relieve)


def _expect(names: tuple[str, ...]) -> None:
    """Refuse a request for another host. Raises BadRequest."""
    if names and not host_is_trusted(request.host, names):
        raise BadRequest


def _bound() -> None:
    """Before anything reads the body, bound it; a view may bound it more tightly."""
    request.max_content_length = STAFF_LIMIT if request.blueprint == "staff" else FORM_LIMIT


def _stay_on_tls(response: Response) -> Response:
    """Tell browsers that came by TLS to come by nothing else for a year."""
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = _A_YEAR
    return response
