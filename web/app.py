"""Builds the Flask application: the one place of this room where settings are read."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from chatbot import Service
from web import api, assets, embed, errors, guards, headers, limits, metrics, pages, request_log, staff, status
from web.language import Languages

LEAVE_TO = "https://www.weather.gov/"
"""Where "leave this page now" leads: a site that tells nothing about its visitor."""


def create_app(corpus: Path | str | None = None, var: Path | str | None = None) -> Flask:
    """The application that serves the articles of ``corpus`` from the editions in ``var``.

    Arguments win over the environment: CHATBOT_CORPUS, CHATBOT_VAR,
    CHATBOT_LEAVE_TO, and those of ``_guard``. Never raises for a corpus that cannot answer yet: the
    pages then show the contact and the crisis line, and /readyz says why.
    """
    folder = Path(corpus or os.environ.get("CHATBOT_CORPUS", "corpus"))
    app = Flask("web", static_folder=None)
    app.config.update(
        LEAVE_TO=os.environ.get("CHATBOT_LEAVE_TO", LEAVE_TO),
        MAX_FORM_MEMORY_SIZE=pages.FORM_LIMIT,
        TEMPLATES_AUTO_RELOAD=False,
    )
    request_log.install(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    place = Path(var or os.environ.get("CHATBOT_VAR", "var"))
    app.extensions["service"] = Service(folder, place, os.environ.get("CHATBOT_JOURNAL") or None)
    app.extensions["languages"] = Languages(folder)
    for part in (assets, status, pages, api, embed):
        app.register_blueprint(part.blueprint)
    staff.install(app, folder, place)
    errors.install(app)
    headers.install(app)
    _guard(app)
    return app


def _guard(app: Flask) -> None:
    """What the settings say of proxies, host names, limits and counts."""
    proxies = os.environ.get("CHATBOT_PROXIES", "0")
    if not proxies.isdecimal():
        raise ValueError(f"CHATBOT_PROXIES: expected how many proxies stand in front, found {proxies!r}")
    guards.install(app, int(proxies), os.environ.get("CHATBOT_HOSTS", ""))
    limits.install(
        app,
        os.environ.get("CHATBOT_LIMITS", "memory://"),
        os.environ.get("CHATBOT_LIMITS_SECRET", ""),
        os.environ.get("CHATBOT_LIMITS_ASK", limits.ASK),
        behind_proxies=proxies != "0",
    )
    if os.environ.get("CHATBOT_METRICS") == "on":
        metrics.install(app, os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
