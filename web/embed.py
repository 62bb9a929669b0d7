"""The widget: the script that a site includes, the frame it opens, and a page to try it on."""

from __future__ import annotations

import json
from hashlib import sha256

from flask import Blueprint, Response, current_app, render_template, request

from web import current
from web.assets import source
from web.headers import allow_frames_from, embedding_sites
from web.language import direction
from web.pages import chat_page

_WORDS = "/*words*/{}"
"""What stands in widget.js where the sentences go."""
_KEYS = ("open", "close", "title", "unreachable", "new_tab")

blueprint = Blueprint("embed", __name__)


@blueprint.get("/widget.js")
def widget() -> Response:
    """The launcher, with its sentences in every language; kept for five minutes."""
    script = source("widget.js").replace(_WORDS, json.dumps(_words(), ensure_ascii=False, separators=(",", ":")))
    response = Response(script, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(sha256(script.encode()).hexdigest()[:16])
    response.make_conditional(request)
    return response


@blueprint.get("/embed")
def embed() -> str:
    """The chat in a frame, for the clinic's own sites only."""
    allow_frames_from(embedding_sites())
    return chat_page(embedded=True)


@blueprint.get("/demo")
def demo() -> str:
    """A page that stands for the clinic's site, with the widget on it."""
    return render_template("demo.html")


@blueprint.get("/demo/frame")
def demo_frame() -> str:
    """The frame of the demo page: only this server's own pages may show it."""
    allow_frames_from(["'self'"])
    return chat_page(embedded=True)


def _words() -> dict[str, object]:
    languages, main = current.languages(), current.service().wording
    said = {}
    for code in languages.codes:
        words = languages.wording(main, code)
        said[code] = {key: words[f"widget.{key}"] for key in _KEYS} | {"retry": words["error.retry"]}
        said[code]["dir"] = direction(code)
    leave = current_app.config["LEAVE_TO"]
    return {"languages": said, "help": current.foot(), "contact": current.contact()["channels"], "leave": leave}
