"""How often one address may ask, so that nobody takes the chat from everyone else.

An address is never kept: it is known by a keyed digest whose secret is made
anew at each start and is written nowhere. Counts are held in each worker's
memory, or in Redis where several workers or machines should count together;
when Redis cannot be reached, in memory.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import secrets
import time
from collections.abc import Callable
from typing import cast

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from limits import parse, parse_many
from werkzeug.routing import Rule

from web import assets, status

ASK = "60 per minute; 1000 per hour"
"""Questions: more than a person types, and room for several behind one address, as in a clinic."""

FEEDBACK = "30 per minute"
LOG_IN = "20 per minute"
"""Tries of a password, an invitation or a code, each of which costs much to check; an account has its own waits."""

OTHER = "600 per minute"
"""Everything else but static files and health checks."""

HELP = parse("300 per minute")
"""How many refused messages of one address the safety screen still reads."""

OFF = "off"
_TRIES = ("/staff/log-in", "/staff/welcome/", "/staff/second-factor")
_ANSWER_WITHIN = cast(dict[str, str | int], {"socket_timeout": 0.25, "socket_connect_timeout": 0.25})
_log = logging.getLogger(__name__)


def install(app: Flask, storage: str, secret: str = "", ask: str = ASK, behind_proxies: bool = False) -> None:
    """Limit the application's routes, counting in ``storage``: ``memory://``, a Redis URL, or ``off``.

    ``secret`` is what several workers share, so that an address is the same
    to all; without one, this process makes its own.
    """
    key = secret.encode() or secrets.token_bytes(32)
    limiter = Limiter(
        lambda: known_as(request.remote_addr, key),
        default_limits=[OTHER],
        storage_uri=storage if storage != OFF else "memory://",
        storage_options=_ANSWER_WITHIN if storage.startswith("redis") else None,
        strategy="fixed-window",
        in_memory_fallback_enabled=True,
        key_prefix="chatbot",
        enabled=storage != OFF,
    )
    if not behind_proxies:
        limiter.request_filter(_behind_a_proxy_that_nobody_named)
    app.extensions["limits"] = (limiter, key)
    limiter.init_app(app)
    for exempt in (assets.blueprint, status.blueprint):
        limiter.exempt(exempt)
    asking = limiter.shared_limit(_readable(ask), scope="ask")
    trying = limiter.shared_limit(LOG_IN, scope="log in")
    limited = {"api.ask": asking, "pages.ask": asking, "api.feedback": limiter.limit(FEEDBACK)}
    limited |= {rule.endpoint: trying for rule in app.url_map.iter_rules() if _is_try(rule)}
    for endpoint, limit in limited.items():
        view: Callable[..., ResponseReturnValue] = app.view_functions[endpoint]  # type: ignore[assignment]
        app.view_functions[endpoint] = limit(view)


def known_as(address: str | None, key: bytes) -> str:
    """What an address is called in the counts: a keyed digest of it, of its network for IPv6."""
    try:
        number = ipaddress.ip_address(address or "")
        whole = ipaddress.ip_network((number, 64), strict=False) if number.version == 6 else number
    except ValueError:
        whole = None
    return hmac.digest(key, str(whole).encode(), "sha256")[:16].hex()


def retry_after() -> int:
    """Seconds until the limit that was met lets the visitor ask again."""
    met = _limiter()[0].current_limit
    return max(1, round(met.reset_at - time.time())) if met else 60


def may_ask_for_help() -> bool:
    """Whether the safety screen should read one more refused message of the address that asks; counts it."""
    limiter, key = _limiter()
    if not limiter.enabled:
        return True
    try:
        return limiter.limiter.hit(HELP, known_as(request.remote_addr, key), "help")
    except Exception as error:  # noqa: BLE001 - whatever breaks in counting, help must be shown
        _log.error("the limits cannot be counted: %s", type(error).__name__)
        return True


def _limiter() -> tuple[Limiter, bytes]:
    return cast(tuple[Limiter, bytes], current_app.extensions["limits"])


def _is_try(rule: Rule) -> bool:
    return "POST" in (rule.methods or ()) and rule.rule.startswith(_TRIES)


def _readable(limit: str) -> str:
    try:
        parse_many(limit)
    except ValueError:
        _log.error("CHATBOT_LIMITS_ASK cannot be read; expected something like: %s; this is used", ASK)
        return ASK
    return limit


def _behind_a_proxy_that_nobody_named() -> bool:
    """Whether all visitors would count as one, because a proxy on this machine is not in the settings."""
    if "X-Forwarded-For" not in request.headers or request.remote_addr not in ("127.0.0.1", "::1"):
        return False
    if not current_app.extensions.get("proxy_told"):
        current_app.extensions["proxy_told"] = True
        _log.warning("a proxy stands in front and CHATBOT_PROXIES is not set; nobody is limited")
    return True
