"""A clinic's staff at work in a test: an application over small articles, somebody logged in, a candidate prepared."""

from __future__ import annotations

import html
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyotp
import pytest
from fakes import WordEncoders, write_corpus
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from chatbot import Database, Job, People, Publishing
from index import Built
from web.staff.session import role_of

PASSWORD = "warm the pot before you pour"
SMALL_PREPARE = (sys.executable, str(Path(__file__).with_name("prepare_small.py")))
"""Prepares a candidate with the legible encoder, whose folder follows, in a process of its own."""


def account(database: Database, name: str, role: str) -> pyotp.TOTP:
    """A new account that has accepted its invitation; what shows its codes."""
    people = People(database)
    person = people.accept(people.invite(name, role, "the test"), PASSWORD)
    codes = pyotp.TOTP(people.second_factor(person)[0])
    people.confirm(person.id, codes.now())
    return codes


def text_of(page: str) -> str:
    """What a person reads of a page."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)))


@dataclass
class Staff:
    """Somebody at the staff pages: posts carry the hidden field that every form of theirs holds."""

    client: FlaskClient
    token: str = ""
    addresses: list[str] = field(default_factory=list)

    @classmethod
    def log_in(cls, app: Flask, name: str = "Joy", role: str = "publisher") -> Staff:
        codes = account(app.extensions["service"].database, name, role)
        staff = cls(app.test_client())
        staff.token = token_of(staff.get("/staff/log-in").text)
        code = codes.at(int(time.time()) + 30)  # the one before is used up
        came = staff.post("/staff/log-in", name=name, password=PASSWORD, code=code)
        assert came.status_code == 200, text_of(came.text)
        staff.token = token_of(staff.get("/staff/import").text)
        return staff

    def get(self, path: str) -> TestResponse:
        self.addresses.append(path)
        return self.client.get(path)

    def post(self, path: str, follow: bool = True, **fields: Any) -> TestResponse:
        self.addresses.append(path)
        response = self.client.post(path, data={"csrf_token": self.token, **fields}, follow_redirects=follow)
        self.addresses.append(response.request.path)
        return response

    def read(self, path: str) -> str:
        response = self.get(path)
        assert response.status_code == 200, response.status_code
        return text_of(response.text)


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return found[1] if found else ""


def value_of(page: str, name: str) -> str:
    """What a field of a page's form holds."""
    found = re.search(
        rf'<(?:input|textarea)[^>]*name="{name}"(?:[^>]*value="([^"]*)"|[^>]*>\n?(.*?)</textarea>)', page, re.S
    )
    return html.unescape((found[1] or found[2] or "") if found else "")


@dataclass
class Clinic:
    """A corpus folder and a var folder with one edition of the small articles, served by ``app``."""

    corpus: Path
    var: Path
    app: Flask
    encoder: Path

    def prepare(self, by: str = "Joy") -> Job:
        """Prepare a candidate here and now, with the legible encoder."""
        return Publishing(self.corpus, self.var).prepare(by, encoders=WordEncoders(self.encoder))[0]

    def write(self, name: str, text: str) -> None:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")

    def audit(self) -> list[tuple[str, str, str, str]]:
        """What the audit log holds, the latest first."""
        from chatbot import Audit

        entries = Audit(self.app.extensions["service"].database).entries(100)
        return [(each.who, each.action, each.subject, each.detail) for each in entries]


def open_clinic(folder: Path, build: Callable[..., Built], encoder: Path, **articles: str) -> Clinic:
    """A clinic whose first edition was published from the command line."""
    from web import create_app

    corpus = write_corpus(folder / "corpus", **articles)
    (corpus / "clinic.toml").write_text('name = "The Harbour Clinic"\nwebsite = "https://example.org"\n', "utf-8")
    build(corpus, folder / "var")
    app = create_app(corpus, folder / "var")
    app.config.update(PREPARE=(*SMALL_PREPARE, str(encoder)), PROPAGATE_EXCEPTIONS=False)
    return Clinic(corpus, folder / "var", app, encoder)


def database(clinic: Clinic) -> Database:
    return clinic.app.extensions["service"].database  # type: ignore[no-any-return]


def people(clinic: Clinic) -> People:
    return People(database(clinic))


def stranger(clinic: Clinic) -> Staff:
    staff = Staff(clinic.app.test_client())
    staff.token = token_of(staff.get("/staff/log-in").text)
    return staff


def later(code: pyotp.TOTP) -> str:
    """A code that is not used up yet."""
    return code.at(int(time.time()) + 30)


def is_in(staff: Staff) -> bool:
    return staff.get("/staff/").status_code == 200


def shift_time(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr("web.staff.session.clock", lambda: time.time() + seconds)


def staff_rules(app: Flask) -> Iterator[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/staff")]
    assert len(found) > 25
    yield from found


def needed(app: Flask, rule: Rule) -> str | None:
    return role_of(app.view_functions[rule.endpoint])


def address_of(rule: Rule) -> str:
    return re.sub(r"<(?:\w+:)?\w+>", "1", rule.rule)


def sent_to_log_in(response: TestResponse) -> bool:
    return response.status_code in (302, 303) and urlsplit(response.headers["Location"]).path == "/staff/log-in"
