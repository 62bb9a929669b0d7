"""The headers of every response: what a browser may load, who may frame it, what is kept."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, g, request

from web.current import service

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
_PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


def install(app: Flask) -> None:
    """Give every response of the application its headers."""
    app.after_request(_add)


def allow_frames_from(ancestors: Sequence[str]) -> None:
    """Let these sites show the response that is being made; without a call, nobody may."""
    g.frame_ancestors = " ".join(ancestors) or "'none'"


def embedding_sites() -> tuple[str, ...]:
    """The sites that the clinic lets show the chat: none by default."""
    return service().clinic.sites


def _add(response: Response) -> Response:
    ancestors = g.get("frame_ancestors", "'none'")
    policy = {**_POLICY, "frame-src": "'self'" if request.endpoint == "embed.demo" else "'none'"}
    policy["frame-ancestors"] = ancestors
    headers = response.headers
    headers.setdefault("Content-Security-Policy", "; ".join(f"{name} {value}" for name, value in policy.items()))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Permissions-Policy"] = _PERMISSIONS
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if ancestors == "'none'":
        headers["X-Frame-Options"] = "DENY"
    headers.setdefault("Cache-Control", "no-store")
    return response
