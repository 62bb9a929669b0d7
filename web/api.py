"""The API: a question in, a reply out; feedback; the questions that are known."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, cast

from flask import Blueprint, Response, g, jsonify, request

from chatbot import REASONS, Reply
from web import current
from web.errors import API_LIMIT, BadRequest
from web.language import put_into

QUESTION_LIMIT = 2000
"""The longest question, in characters."""
AFTER_LIMIT = 20
"""How many earlier messages a page remembers, beside those that raised an alarm; danger is heard in all that come."""

HEARD = 8000
"""Characters of a message in which danger is heard, also where the message is too long to be answered."""

blueprint = Blueprint("api", __name__)


@blueprint.post("/api/ask")
def ask() -> Response:
    """Answer a question: ``{"question", "after"}`` in, a reply out."""
    given = _body()
    question = given.get("question")
    if not isinstance(question, str):
        raise BadRequest(422, "no_question", "error.no_question")
    if len(question) > QUESTION_LIMIT:
        help = help_only(question)
        if help is None:
            raise BadRequest(422, "too_long", "error.too_long", limit=str(QUESTION_LIMIT))
        return jsonify(help)
    after = given.get("after", [])
    if not isinstance(after, list) or not all(isinstance(message, str) for message in after):
        raise BadRequest(422, "wrong_after", "error.wrong_after")
    return jsonify(answer(question, after))


@blueprint.post("/api/feedback")
def feedback() -> tuple[str, int]:
    """Keep what a visitor thought of an answer: which passages, which reason, no words of theirs."""
    given = _body()
    edition, reason = given.get("edition"), given.get("reason")
    passages = given.get("passages", [])
    if not (isinstance(edition, str) and 0 < len(edition) <= 200 and isinstance(reason, str) and reason in REASONS):
        raise BadRequest(422, "wrong_feedback", "error.wrong_feedback")
    if not (isinstance(passages, list) and len(passages) <= 3 and all(map(_is_passage, passages))):
        raise BadRequest(422, "wrong_feedback", "error.wrong_feedback")
    kept = [{"article": each["article"], "start": int(each["start"]), "end": int(each["end"])} for each in passages]
    current.service().record_feedback(edition, kept, reason)
    return "", 204


@blueprint.get("/api/known-questions")
def known_questions() -> Response:
    """The questions that the articles answer: one list for everyone, so that nothing typed is sent to find them."""
    response = jsonify(list(current.service().known_questions))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/openapi.json")
def contract() -> Response:
    """The description of this API for programs."""
    return Response(files("web").joinpath("openapi.json").read_text("utf-8"), content_type="application/json")


def answer(question: str, after: list[str]) -> dict[str, Any]:
    """The reply to a question, in the language of the page that asks."""
    earlier = [clean(message[:HEARD]) for message in after]
    return _spoken(current.service().reply(clean(question), earlier))


def help_only(question: str) -> dict[str, Any] | None:
    """The help that a message calls for that cannot be answered; None where it calls for none."""
    reply = current.service().help_only(clean(question[:HEARD]))
    return None if reply is None else _spoken(reply)


def _spoken(reply: Reply) -> dict[str, Any]:
    given = reply.to_dict()
    g.kind = given["kind"]
    wording = current.service().wording
    return put_into(given, wording, current.wording() if "lang" in request.args else wording)


def _body() -> dict[str, Any]:
    """The JSON object of the request. Raises BadRequest or an HTTP error in the one shape."""
    request.max_content_length = API_LIMIT
    if request.mimetype != "application/json":
        raise BadRequest(415, "unsupported_media_type", "error.wrong_type")
    try:
        given = json.loads(request.get_data().decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadRequest(400, "not_readable", "error.not_readable") from error
    if not isinstance(given, dict):
        raise BadRequest(422, "no_question", "error.no_question")
    return given


def clean(text: str) -> str:
    """The text without half characters, which JSON can carry but UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _is_passage(passage: object) -> bool:
    if not isinstance(passage, dict) or not isinstance(passage.get("article"), str):
        return False
    places = (passage.get("start"), passage.get("end"))
    return len(passage["article"]) <= 200 and all(_is_place(place) for place in places)


def _is_place(number: object) -> bool:
    """Whether this is a whole number, which JSON may write as 7.0, and one that an article could have."""
    whole = type(number) is int or (isinstance(number, float) and number.is_integer())
    return whole and 0 <= cast(float, number) < 10**9
