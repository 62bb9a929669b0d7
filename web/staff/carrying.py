"""What somebody wrote while their session ended: carried through the log-in, and sent again when they say so.

Only what one of our own pages sent is carried: with a form from elsewhere a
stranger could put words into the mouth of whoever logs in.
"""

from __future__ import annotations

import json

from flask import current_app, render_template, request
from werkzeug.exceptions import HTTPException

_LEFT_OUT = frozenset({"csrf_token", "password", "again", "code"})


def carried_form() -> str:
    """The form of this request, as text for a hidden field; empty when it is none of ours or holds nothing."""
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site") != "same-origin":
        return ""
    fields = [pair for pair in request.form.items(multi=True) if pair[0] not in _LEFT_OUT]
    return json.dumps({"to": request.path, "fields": fields}) if fields else ""


def send_again(carried: str) -> str | None:
    """The page from which a carried form is sent; None when it cannot be read or leads nowhere."""
    try:
        found = json.loads(carried)
        to, fields = found["to"], [(str(name), str(value)) for name, value in found["fields"]]
        current_app.url_map.bind("").match(to, "POST")
    except (ValueError, KeyError, TypeError, HTTPException):
        return None
    if not to.startswith("/staff/"):
        return None
    return render_template("staff/send_again.html", to=to, fields=fields)
