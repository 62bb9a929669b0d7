"""``/metrics`` for Prometheus: how many, how long, how old; no words, no addresses. Off unless a setting turns it on.

Answered only to this machine and to private networks. With several workers
the counts are kept together in a folder that the server names in
``PROMETHEUS_MULTIPROC_DIR`` before the workers start.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from web.current import service

BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds."""

NEAR = tuple(
    ipaddress.ip_network(each)
    for each in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
"""Who may read the counts: this machine and private networks."""

blueprint = Blueprint("metrics", __name__)


class Counts:
    """What one process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "chatbot_request_seconds",
            "Seconds from the first look at a request to its answer",
            ("route", "status"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.replies = Counter("chatbot_replies", "Replies to visitors by kind", ("kind",), registry=self.registry)


class State(Collector):
    """How things stand at the moment of being asked."""

    def __init__(self, edition_made: float, helplines_checked: float, ready: bool) -> None:
        self._values = (
            ("chatbot_ready", "1 when questions can be answered", float(ready)),
            ("chatbot_edition_made_seconds", "When the served edition was made, in seconds since 1970", edition_made),
            ("chatbot_helplines_checked_seconds", "When the crisis numbers were last checked", helplines_checked),
        )

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The values as Prometheus takes them."""
        for name, words, value in self._values:
            yield GaugeMetricFamily(name, words, value=value)


def install(app: Flask, together: str | None = None) -> None:
    """Count, and answer ``/metrics``; ``together`` is the folder that several workers share."""
    app.extensions["metrics"] = (Counts(), together)
    app.register_blueprint(blueprint)
    app.after_request(_count)


@blueprint.get("/metrics")
def metrics() -> Response:
    """The counts of all workers, as text for Prometheus; not found from outside."""
    if not _is_near(request.remote_addr):
        abort(404)
    counts, together = current_app.extensions["metrics"]
    registry = CollectorRegistry()
    if together and Path(together).is_dir():
        MultiProcessCollector(registry, together)  # type: ignore[no-untyped-call]
    else:
        registry = counts.registry
    chatbot = service()
    checked = chatbot.helplines.checked
    state = CollectorRegistry()
    state.register(State(_made(chatbot.edition_id), time.mktime(checked.timetuple()), chatbot.ready))
    return Response(generate_latest(registry) + generate_latest(state), content_type=CONTENT_TYPE_LATEST)


def _count(response: Response) -> Response:
    """Count an answer: by the route, never by the address that was asked for."""
    counts: Counts = current_app.extensions["metrics"][0]
    route = request.url_rule.rule if request.url_rule else "none"
    counts.requests.labels(route, str(response.status_code)).observe(time.perf_counter() - g.get("began", 0.0))
    if "kind" in g:
        counts.replies.labels(g.kind).inc()
    return response


def _made(edition_id: str | None) -> float:
    """When an edition was made, which its id begins with; 0 without one."""
    made = datetime.strptime(edition_id[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC) if edition_id else None
    return made.timestamp() if made else 0.0


def _is_near(address: str | None) -> bool:
    try:
        asks = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    return any(asks in network for network in NEAR)
