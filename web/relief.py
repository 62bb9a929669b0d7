"""What a visitor gets whose request is one too many: help all the same, if the message calls for it.

A refused question is not looked up, but the safety screen still reads the
message itself (not the earlier ones), and an alarm gets the same reply as
ever. Everything else gets 429 or 503, with ``Retry-After`` and words that
name the crisis line. How often refused messages of one address are read is
bounded: see ``HELP`` in ``web.limits``.
"""

from __future__ import annotations

import json

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, ServiceUnavailable, TooManyRequests

from web import api, current, limits
from web.errors import API_LIMIT, http_error
from web.pages import FORM_LIMIT, chat_page

OVERLOADED = "chatbot.overloaded"
"""What the server sets in a request's WSGI environment when more have come than can be answered in time."""

COME_BACK = 5
"""Seconds after which a visitor who met an overload should try again."""

_ASKING = frozenset({"api.ask", "pages.ask"})
_ALWAYS = frozenset({"assets", "status", "metrics"})
"""The blueprints that answer an overloaded server's watchers, and what costs nothing."""


def shed() -> None:
    """Refuse a request that is one too many. Raises ServiceUnavailable."""
    if request.environ.get(OVERLOADED) and request.blueprint not in _ALWAYS:
        raise ServiceUnavailable(retry_after=COME_BACK)


def relieve(error: TooManyRequests | ServiceUnavailable) -> ResponseReturnValue:
    """The help that a refused message calls for, or the refusal."""
    if isinstance(error, TooManyRequests):
        error.retry_after = limits.retry_after()
    if request.endpoint not in _ASKING:
        return http_error(error)
    question, after = _asked()
    if question and limits.may_ask_for_help():
        reply = api.help_only(question)
        if reply is not None:
            if request.endpoint == "api.ask":
                return jsonify(reply)
            return chat_page(asked=question, reply=reply, after=after)
    refusal = http_error(error)
    if request.endpoint == "pages.ask":
        words = current.wording()["error.busy" if error.code == 503 else "error.too_many"]
        refusal.set_data(chat_page(question=question, after=after, error=words))
    return refusal


def _asked() -> tuple[str, list[str]]:
    """The question of a request and the earlier ones, or no words where it cannot be read."""
    question: object
    if request.endpoint == "pages.ask":
        request.max_content_length = FORM_LIMIT
        question, after = request.form.get("question", ""), request.form.getlist("after")[-api.AFTER_LIMIT :]
    else:
        request.max_content_length = API_LIMIT
        try:
            given = json.loads(request.get_data().decode("utf-8"))
        except (ValueError, RecursionError, HTTPException):
            given = {}
        question, after = (given.get("question") if isinstance(given, dict) else ""), []
    return (question[: api.HEARD] if isinstance(question, str) else ""), after
