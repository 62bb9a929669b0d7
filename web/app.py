"""Builds the Flask application: the one place of this room where settings are read."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from chatbot import Service
from web import api, assets, embed, errors, headers, pages, status
from web.language import Languages

LEAVE_TO = "https://www.weather.gov/"
"""Where "leave this page now" leads: a site that tells nothing about its visitor."""


def create_app(corpus: Path | str | None = None, var: Path | str | None = None) -> Flask:
    """The application that serves the articles of ``corpus`` from the editions in ``var``.

    Arguments win over the environment: CHATBOT_CORPUS, CHATBOT_VAR,
    CHATBOT_LEAVE_TO. Never raises for a corpus that cannot answer yet: the
    pages then show the contact and the crisis line, and /readyz says why.
    """
    folder = Path(corpus or os.environ.get("CHATBOT_CORPUS", "corpus"))
    app = Flask("web", static_folder=None)
    app.config.update(
        LEAVE_TO=os.environ.get("CHATBOT_LEAVE_TO", LEAVE_TO),
        MAX_FORM_MEMORY_SIZE=pages.FORM_LIMIT,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["service"] = Service(folder, Path(var or os.environ.get("CHATBOT_VAR", "var")))
    app.extensions["languages"] = Languages(folder)
    for part in (assets, status, pages, api, embed):
        app.register_blueprint(part.blueprint)
    errors.install(app)
    headers.install(app)
    return app
