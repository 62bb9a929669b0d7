"""What a view needs at hand: the service, the visitor's language and the clinic's contact."""

from __future__ import annotations

from typing import Any, cast

from flask import current_app, g, request

from chatbot import Service
from corpus import Wording
from web.language import Languages


def service() -> Service:
    """The chatbot behind this application."""
    return cast(Service, current_app.extensions["service"])


def languages() -> Languages:
    """The languages in which the interface can be shown."""
    return cast(Languages, current_app.extensions["languages"])


def language() -> str:
    """The code of the visitor's language: ?lang= if it is known, else what the browser asks for."""
    if "language" not in g:
        g.language = languages().choose(request.args.get("lang"), request.accept_languages)
    return cast(str, g.language)


def wording() -> Wording:
    """The sentences in the visitor's language."""
    return languages().wording(service().wording, language())


def chosen_language() -> str | None:
    """The code of the language that the address names, to be carried on to the next address."""
    return language() if "lang" in request.args else None


def contact() -> dict[str, Any]:
    """How to reach the clinic, in the form of a reply's contact."""
    words, clinic = wording(), service().clinic
    channels = [{"label": channel.label, "href": channel.href} for channel in clinic.channels]
    if clinic.website:
        channels.append({"label": words["contact.website"], "href": clinic.website})
    key = "contact.words" if channels else "contact.words_website"
    return {"words": words.say(key, clinic=clinic_name()), "channels": channels}


def clinic_name() -> str:
    """The clinic's name, or words that stand for it."""
    return service().clinic.name or wording()["contact.unnamed"]


def foot() -> list[dict[str, str]]:
    """The lines of help that every page and the widget show."""
    lines = service().helplines.cards["foot"]
    return [{"label": line.label, "detail": line.detail, "href": line.href} for line in lines]
