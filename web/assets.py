"""Static files: read once, named by their content, compressed once, kept by browsers for a year."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, request, url_for

FOLDER = Path(__file__).with_name("static")
FOREVER = "public, max-age=31536000, immutable"
WORTH_PACKING = 600
"""Below this many bytes gzip gains nothing."""

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file as it is sent."""

    content: bytes
    packed: bytes
    kind: str


@cache
def _assets() -> dict[str, Asset]:
    """Every static file by the name under which it is served."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        content = path.read_bytes()
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        found[_address(path.name)] = Asset(content, gzip.compress(content, 9, mtime=0), kind)
    return found


@cache
def _address(name: str) -> str:
    stem, _, suffix = name.rpartition(".")
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
    return f"{stem}.{digest}.{suffix}"


@blueprint.app_template_global("asset")
def asset_url(name: str) -> str:
    """The address of a static file; it changes when the file does."""
    return url_for("assets.static", name=_address(name))


@blueprint.get("/static/<name>")
def static(name: str) -> Response:
    """A static file under its content's name; an old or unknown name is not found."""
    asset = _assets().get(name)
    if asset is None:
        abort(404)
    packed = takes_gzip() and len(asset.packed) < len(asset.content)
    response = Response(asset.packed if packed else asset.content, content_type=_content_type(asset.kind))
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOREVER
    return response


@blueprint.after_app_request
def pack(response: Response) -> Response:
    """Compress pages and JSON for browsers that take it."""
    if (
        not takes_gzip()
        or response.direct_passthrough
        or response.is_streamed
        or "Content-Encoding" in response.headers
        or len(response.get_data()) < WORTH_PACKING
    ):
        return response
    response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def takes_gzip() -> bool:
    """Whether the browser takes compressed answers."""
    return request.accept_encodings["gzip"] > 0


def _content_type(kind: str) -> str:
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind.endswith(("javascript", "xml")) else kind


def source(name: str) -> str:
    """The text of a static file, for a view that fills it in."""
    return (FOLDER / name).read_text("utf-8")
