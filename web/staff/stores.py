"""What the staff pages read and write: one database for people, the audit log and the journal, opened on first use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Flask, current_app

from chatbot import Audit, Database, Journal, People
from corpus import Article
from web.current import service


@dataclass(frozen=True, slots=True)
class Stores:
    """The corpus folder and the var folder that this server serves, and what stands in their database."""

    corpus: Path
    var: Path
    database: Database
    journal: Journal
    people: People
    audit: Audit


def install_stores(app: Flask, corpus: Path, var: Path) -> None:
    """Say where things are; nothing is opened before somebody asks for a staff page."""
    app.config.update(CORPUS=corpus, VAR=var)


def stores() -> Stores:
    """The stores of this application. Raises JournalError when the database's URL cannot be read."""
    made = current_app.extensions.get("stores")
    if made is None:
        journal = service().journal
        database = journal.database
        corpus, var = current_app.config["CORPUS"], current_app.config["VAR"]
        made = Stores(corpus, var, database, journal, People(database), Audit(database))
        current_app.extensions["stores"] = made
    return cast(Stores, made)


def published() -> tuple[str, list[Article]]:
    """The id and the articles of the edition that is published now; "" and none where there is none."""
    chatbot = service().chatbot
    return (chatbot.edition.id, chatbot.edition.texts.articles()) if chatbot else ("", [])
