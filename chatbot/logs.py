"""What the server's log holds: lines of text or of JSON, never a question, an address or an error's message.

The server writes to standard error; whoever runs it decides where that goes.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from chatbot.without_words import drop_words

FORMS = ("text", "json")
REQUESTS = "chatbot.requests"
"""The logger of one line for each request: route, status, milliseconds. It speaks in the JSON form only."""


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, process, and what a request was."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        return json.dumps(line | getattr(record, "request", {}), ensure_ascii=False)


def configuration(form: str) -> dict[str, Any]:
    """The logging of a server, in one of FORMS; an unknown form is text."""
    json_lines = form == "json"
    quiet = {"level": "INFO" if json_lines else "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"words": {"()": lambda: without_visitor}},
        "formatters": {
            "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
            "json": {"()": JsonLines},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "json" if json_lines else "text",
                "filters": ["words"],
            }
        },
        "root": {"level": "INFO", "handlers": ["stderr"]},
        "loggers": {
            "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
            "alembic": {"level": "WARNING"},  # it tells of every step of its own
            "flask-limiter": quiet,
            REQUESTS: quiet,
        },
    }


def without_visitor(record: logging.LogRecord) -> bool:
    """A logging filter: of what gunicorn says about a visitor's request, neither the address nor the request stays."""
    if record.name == "gunicorn.error":
        if str(record.msg).startswith("Invalid request from ip="):
            record.msg, record.args = "a request was not HTTP as it should be, and was refused", None
        elif str(record.msg).startswith(("Error handling request", "Socket error processing request")):
            record.msg, record.args = "a request could not be answered", None
    return drop_words(record)
