"""Every error, in one place: JSON of one shape under /api/, a kind page elsewhere.

The visitor reads a sentence of the wording file and always finds the contact
and the crisis line; the log gets the kind and the places of the error, never its
message or values, which could hold a question.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from chatbot import drop_words, without_words
from web.current import contact, wording

_log = logging.getLogger(__name__)
_SENTENCES = {
    400: "error.not_readable",
    404: "error.not_found",
    405: "error.wrong_method",
    413: "error.too_large",
    415: "error.wrong_type",
    429: "error.too_many",
    503: "error.busy",
}
_ON_PAGES = frozenset({404, 429, 503})
"""The statuses whose sentence is for people too; the others speak of requests."""
API_LIMIT = 64 * 1024
"""The largest body that an API address reads, in bytes."""


class BadRequest(Exception):
    """A request that cannot be carried out: its status, its code, and the key of the sentence that says why."""

    def __init__(self, status: int, code: str, sentence: str, **values: str) -> None:
        super().__init__(code)
        self.status, self.code, self.sentence, self.values = status, code, sentence, values


def install(app: Flask) -> None:
    """Handle every error of the application."""
    app.register_error_handler(BadRequest, _bad_request)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, _unexpected)
    for name in (app.logger.name, "gunicorn.error", "waitress"):
        logging.getLogger(name).addFilter(drop_words)


def under_api() -> bool:
    """Whether the request is for a program, which reads JSON, rather than for a person."""
    return request.path.startswith("/api/")


def error_response(status: int, code: str, message: str) -> Response:
    """The one shape of an error under /api/."""
    response = jsonify(error={"code": code, "message": message})
    response.status_code = status
    return response


def _bad_request(error: BadRequest) -> Response:
    return error_response(error.status, error.code, wording().say(error.sentence, **error.values))


def http_error(error: HTTPException) -> Response:
    """The answer to a request that is refused: in the one shape under /api/, a page elsewhere."""
    status = error.code or 500
    sentence = _SENTENCES.get(status, "lead.trouble" if status >= 500 else "error.not_possible")
    if under_api():
        message = wording().say(sentence, limit=str(API_LIMIT // 1024))
        response = error_response(status, error.name.lower().replace(" ", "_"), message)
    else:
        response = _page(status, wording()[sentence if status in _ON_PAGES else "error.not_possible"])
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    _log.error("%s %s failed: %s", request.method, request.url_rule, without_words(error))
    words = wording()["lead.trouble"]
    return error_response(500, "trouble", words) if under_api() else _page(500, words)


def _page(status: int, words: str) -> Response:
    return Response(render_template("error.html", words=words, contact=contact()), status)
