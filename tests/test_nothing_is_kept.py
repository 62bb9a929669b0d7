"""Of what a visitor types nothing stays: not in the journal, not in a log, not in a cookie, also when all breaks."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import write_corpus
from flask import Flask
from flask.testing import FlaskClient

from chatbot import Service
from chatbot.deciding import Decision
from corpus import read_clinic
from index import Built

QUESTIONS = {
    "answer": ["How is an urn filled?", "is a fiddle tuned?"],
    "not_covered": ["Does zebra insurance pay my neighbour Bartholomew?", "call 706-555-0142 about marmalade"],
    "personal": ["should i take it with my lithium, i weigh 240 lbs", "is it safe with my blood clots?"],
    "crisis": ["i want to kill myself tonight behind the orchard", "quiero suicidarme mañana"],
    "emergency": ["i swallowed a bottle of tylenol an hour ago", "my chest hurts and i can't breathe"],
    "abuse": ["my husband hits me when he's drunk"],
    "smalltalk": ["good morning sunshine", "thanks a million, darling"],
}
"""Questions by the kind of reply that they get; the kinds that only examples teach are decided in their stead."""

SURE = ("personal", "smalltalk")
KEEP = "[privacy]\nkeep_unanswered_questions = true\n"


def words(text: str) -> set[str]:
    """The words of a text that would tell it; shorter ones stand in any log."""
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 4 or (word.isdigit() and len(word) > 2)}


def held(folder: Path) -> str:
    """Everything that the journal's files hold, whatever the database calls it."""
    return " ".join(path.read_bytes().decode("utf-8", "replace") for path in folder.glob("journal*")).lower()


def rows(var: Path, table: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(var / "journal.sqlite")
    try:
        return connection.execute(f"select * from {table}").fetchall()
    finally:
        connection.close()


@pytest.fixture
def make_app(tmp_path: Path, build: Callable[..., Built], one_screen: None) -> Callable[..., Flask]:
    """The web application over the two small articles and a clinic.toml, with a journal of its own."""

    def make(clinic: str = "") -> Flask:
        from web import create_app

        folder = write_corpus(tmp_path / "corpus")
        (folder / "clinic.toml").write_text(f'name = "The Harbour Clinic"\n{clinic}', encoding="utf-8")
        build(folder, tmp_path / "var")
        app = create_app(folder, tmp_path / "var")
        app.config.update(PROPAGATE_EXCEPTIONS=False)
        return app

    return make


def service_of(app: Flask) -> Service:
    return app.extensions["service"]  # type: ignore[no-any-return]


def written(app: Flask) -> None:
    service_of(app)._journal.flush(30)


def ask_everything(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Ask every question on the page and through the API; the kinds of replies that came, by the kind expected."""
    came: dict[str, set[str]] = {}
    for kind, questions in QUESTIONS.items():
        for question in questions:
            with monkeypatch.context() as patch:
                if kind in SURE:
                    decision = Decision(kind, smalltalk="greeting" if kind == "smalltalk" else "")
                    patch.setattr("chatbot.answering.decide", lambda *_, found=decision, **__: found)
                reply = client.post("/api/ask", json={"question": question, "after": ["marzipan before"]})
                page = client.post("/", data={"question": question, "after": ["marzipan before"]})
            assert (reply.status_code, page.status_code) == (200, 200)
            assert "Set-Cookie" not in reply.headers
            assert "Set-Cookie" not in page.headers
            came.setdefault(kind, set()).add(reply.get_json()["kind"])
    return came


def test_no_word_stays_of_questions_of_any_kind(
    make_app: Callable[..., Flask],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    app = make_app()
    with caplog.at_level(logging.DEBUG):
        came = ask_everything(app.test_client(), monkeypatch)
        app.test_client().post("/api/ask", json={"question": " "})
        app.test_client().post("/api/ask", json={"question": "zeppelin" * 400})
        app.test_client().post("/api/ask", data=b"zeppelin")
        written(app)
    assert came == {kind: {kind} for kind in QUESTIONS}
    assert len(rows(tmp_path / "var", "entry")) == 2 * sum(map(len, QUESTIONS.values()))
    everything = held(tmp_path / "var") + caplog.text.lower() + " ".join(capfd.readouterr()).lower()
    typed = {word for questions in QUESTIONS.values() for question in questions for word in words(question)}
    assert not [word for word in typed | {"marzipan", "zeppelin"} if word in everything]
    assert rows(tmp_path / "var", "unanswered") == []


@pytest.mark.parametrize(
    "place",
    [
        "chatbot.service.Chatbot.consider",
        "chatbot.service.Service.reply",
        "chatbot.service.Service._look",
        "web.api.put_into",
    ],
)
@pytest.mark.parametrize("twice", [False, True])
def test_no_word_stays_when_a_reply_breaks_with_the_question_in_its_message(
    make_app: Callable[..., Flask],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    place: str,
    twice: bool,
) -> None:
    app = make_app()
    question = "does marmalade help my grandmother Ottilie"

    def broken(*_: object, **__: object) -> None:
        try:
            raise KeyError(question)
        except KeyError as error:
            raise ValueError(f"cannot read {question!r}") from error

    monkeypatch.setattr(place, broken)
    if twice:
        monkeypatch.setattr("web.errors._page", broken)
        monkeypatch.setattr("web.errors.error_response", broken)
    with caplog.at_level(logging.DEBUG):
        for ask in (
            lambda: app.test_client().post("/api/ask", json={"question": question}),
            lambda: app.test_client().post("/", data={"question": question}),
        ):
            try:
                response = ask()
            except ValueError as error:
                assert twice  # what the server then writes goes through the same filter
                logging.getLogger("gunicorn.error").error("Error handling request", exc_info=error)
            else:
                assert "Set-Cookie" not in response.headers
        written(app)
    everything = held(tmp_path / "var") + caplog.text.lower() + " ".join(capfd.readouterr()).lower()
    assert not [word for word in words(question) if word in everything]
    assert "ValueError" in caplog.text
    assert "test_nothing_is_kept.py:" in caplog.text


def test_a_visitor_gets_no_cookie_anywhere(make_app: Callable[..., Flask]) -> None:
    client = make_app().test_client()
    for path in ("/", "/articles/parrots", "/safety", "/embed", "/widget.js", "/healthz", "/nowhere"):
        assert "Set-Cookie" not in client.get(path).headers, path


def test_feedback_keeps_no_words_either(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    app = make_app()
    edition = service_of(app).edition_id
    passages = [{"article": name, "start": 0, "end": 5} for name in ("marmalade for Ottilie", "\ud800", "parrots")]
    for named in ("my grandmother Ottilie", edition):
        body = {"edition": named, "passages": passages, "reason": "wrong", "words": "marmalade"}
        assert app.test_client().post("/api/feedback", json=body).status_code == 204
    written(app)
    assert [row[2:] for row in rows(tmp_path / "var", "feedback")] == [
        ("wrong", "parrots:0-5", ""),
        ("wrong", "parrots:0-5", edition),
    ]
    assert not {"marmalade", "ottilie"} & words(held(tmp_path / "var"))


def test_unanswered_questions_are_kept_redacted_where_a_clinic_asks_for_it(
    make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(KEEP)
    with caplog.at_level(logging.DEBUG):
        for kind, questions in QUESTIONS.items():
            if kind not in SURE:
                for question in questions:
                    app.test_client().post("/api/ask", json={"question": question})
        written(app)
    edition = service_of(app).edition_id
    assert [row[2:] for row in rows(tmp_path / "var", "unanswered")] == [
        ("Does zebra insurance pay my neighbour [name]?", edition),
        ("call [phone] about marmalade", edition),
    ]
    everything = held(tmp_path / "var")
    assert not [
        word for word in ("bartholomew", "0142", "orchard", "tylenol", "husband", "fiddle") if word in everything
    ]
    assert not [word for word in ("zebra", "marmalade") if word in caplog.text.lower()]


@pytest.mark.parametrize(
    ("question", "after"),
    [
        ("do you sell zebras?", ["i want to kill myself"]),
        ("do you sell zebras?", ["my husband hits me", "hello"]),
        ("what are suicide rates among zebras", []),
        ("should i stop taking my zebra pills", []),
    ],
)
def test_what_stands_beside_help_or_asks_for_advice_is_never_kept(
    make_app: Callable[..., Flask],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    question: str,
    after: Sequence[str],
) -> None:
    app = make_app(KEEP)
    monkeypatch.setattr("chatbot.answering.decide", lambda *_, **__: Decision("not_covered"))
    reply = app.test_client().post("/api/ask", json={"question": question, "after": after}).get_json()
    written(app)
    assert reply["kind"] == "not_covered"
    assert rows(tmp_path / "var", "unanswered") == []


def test_a_broken_screen_or_redaction_keeps_nothing_and_the_reply_comes(
    make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(text: str) -> str:
        raise ValueError(text)

    app = make_app(KEEP)
    monkeypatch.setattr("chatbot.redaction.redact", broken)
    ask = {"question": "do you sell zebras?"}
    assert app.test_client().post("/api/ask", json=ask).get_json()["kind"] == "not_covered"
    written(app)
    monkeypatch.setattr(service_of(app), "_screen", None)
    assert app.test_client().post("/api/ask", json=ask).status_code == 200
    written(app)
    assert rows(tmp_path / "var", "unanswered") == []
    assert "zebra" not in caplog.text + held(tmp_path / "var")
    assert "ValueError" in caplog.text


@pytest.mark.parametrize(
    ("text", "keeps", "message"),
    [
        ("", False, None),
        ("[privacy]\n", False, None),
        ("[privacy]\nkeep_unanswered_questions = false\n", False, None),
        (KEEP, True, None),
        ('[privacy]\nkeep_unanswered_questions = "yes"\n', False, "expected [privacy] with keep_unanswered_questions"),
        (f"{KEEP}keep_all = true\n", False, "expected [privacy] with keep_unanswered_questions"),
        ("privacy = true\n", False, "expected [privacy] with keep_unanswered_questions"),
    ],
)
def test_keeping_is_off_unless_it_is_asked_for_without_a_mistake(
    tmp_path: Path, text: str, keeps: bool, message: str | None
) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text(
        f'{text if text.startswith("privacy") else ""}name = "A"\n{"" if text.startswith("privacy") else text}'
    )
    clinic, problems = read_clinic(path)
    assert clinic.keep_unanswered_questions is keeps
    found = [problem for problem in problems if "privacy" in problem.message]
    assert [problem.message.startswith(message) for problem in found] == ([True] if message else [])


def test_the_shipped_clinic_keeps_nothing() -> None:
    clinic, problems = read_clinic(Path("corpus/clinic.toml"))
    assert not clinic.keep_unanswered_questions
    assert "keep_unanswered_questions" in Path("corpus/clinic.toml").read_text(encoding="utf-8")
    assert not [problem for problem in problems if "privacy" in problem.message]
