"""One log line for each request: route, status and milliseconds. No address, no query, no words."""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, g, request

_log = logging.getLogger("chatbot.requests")


def install(app: Flask) -> None:
    """Note when each request began, and log its end where somebody listens; the first of all to be installed."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    if _log.isEnabledFor(logging.INFO):
        took = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
        route = request.url_rule.rule if request.url_rule else None
        line = {"method": request.method, "route": route, "status": response.status_code, "ms": round(took, 1)}
        _log.info("request", extra={"request": line})
    return response
