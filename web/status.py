"""For the machines that watch over the server: alive, and ready to answer."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from web.current import service

blueprint = Blueprint("status", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """200 as long as the process answers."""
    return jsonify(alive=True)


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 when questions can be answered, else 503 with the reason, in words for the operator."""
    chatbot = service()
    if chatbot.ready:
        return jsonify(ready=True, edition=chatbot.edition_id), 200
    return jsonify(ready=False, reason=chatbot.trouble), 503
