"""What the pages about articles work with: drafts, teaching, publishing and what was imported; made once a server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from chatbot import PREPARE, Drafts, Imports, Publishing, Teaching
from web.staff.stores import stores


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that staff work with, over one corpus folder and one var folder."""

    drafts: Drafts
    teaching: Teaching
    publishing: Publishing
    imports: Imports


def desk() -> Desk:
    """The desk of this application."""
    made = current_app.extensions.get("desk")
    if made is None:
        corpus, var = stores().corpus, stores().var
        publishing = Publishing(corpus, var, current_app.config.get("PREPARE", PREPARE))
        made = Desk(Drafts(corpus, var), Teaching(corpus, var), publishing, Imports(var))
        current_app.extensions["desk"] = made
    return cast(Desk, made)


def drafts() -> Drafts:
    """The articles as staff write them."""
    return desk().drafts
