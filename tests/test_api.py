"""The API keeps its contract: one reply, one shape for every error, nothing typed in any log."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatbot import Service

LONG = "a" * 2001


class Altered:
    """The service with some of its attributes replaced."""

    def __init__(self, service: Service, **changes: Any) -> None:
        self._service = service
        self.__dict__.update(changes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service, name)


def alter(monkeypatch: pytest.MonkeyPatch, app: Flask, service: Service, **changes: Any) -> None:
    monkeypatch.setitem(app.extensions, "service", Altered(service, **changes))


def test_a_question_gets_a_reply_of_the_contract(client: FlaskClient) -> None:
    response = client.post("/api/ask", json={"question": "Is it a cure?"})
    assert response.status_code == 200
    reply = response.get_json()
    fields = {"kind", "words", "quotes", "help", "disclaimer", "contact", "suggestions", "edition"}
    assert set(reply) == fields
    assert reply["kind"] == "answer"
    assert reply["quotes"]
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "not_readable"),
        (b"", 400, "not_readable"),
        (b'{"question": "\xff\xfe"}', 400, "not_readable"),
        ('{"question": "cure?"}'.encode("utf-16"), 400, "not_readable"),
        (b"[" * 60_000, 400, "not_readable"),
        (b"9" * 5000, 400, "not_readable"),
        (b"[]", 422, "no_question"),
        (b"7", 422, "no_question"),
        (b"null", 422, "no_question"),
        (b"{}", 422, "no_question"),
        (b'{"question": 7}', 422, "no_question"),
        (b'{"question": null}', 422, "no_question"),
        (b'{"question": ["cure?"]}', 422, "no_question"),
        (json.dumps({"question": LONG}).encode(), 422, "too_long"),
        (b'{"question": "cure?", "after": "before"}', 422, "wrong_after"),
        (b'{"question": "cure?", "after": [7]}', 422, "wrong_after"),
        (b'{"question": "cure?", "after": {"0": "before"}}', 422, "wrong_after"),
        (b'{"question": "cure?", "after": null}', 422, "wrong_after"),
        (json.dumps({"question": "cure?", "after": ["b" * 70_000]}).encode(), 413, "request_entity_too_large"),
    ],
)
def test_a_bad_body_gets_the_one_error_shape(client: FlaskClient, body: bytes, status: int, code: str) -> None:
    response = client.post("/api/ask", data=body, content_type="application/json")
    assert response.status_code == status
    error = response.get_json()
    assert error == {"error": {"code": code, "message": error["error"]["message"]}}
    assert error["error"]["message"].strip()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/ask", 405),
        ("PUT", "/api/feedback", 405),
        ("POST", "/api/known-questions", 405),
        ("GET", "/api/nothing", 404),
        ("GET", "/api/", 404),
        ("POST", "/api/ask/", 404),
    ],
)
def test_a_wrong_address_or_method_gets_the_one_error_shape(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    response = client.open(path, method=method)
    assert response.status_code == status
    assert set(response.get_json()["error"]) == {"code", "message"}
    assert status != 405 or response.headers["Allow"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_wrong_content_type_gets_the_one_error_shape(client: FlaskClient, kind: str) -> None:
    response = client.post("/api/ask", data=b'{"question": "cure?"}', content_type=kind)
    assert response.status_code == 415
    assert set(response.get_json()["error"]) == {"code", "message"}


def test_too_long_says_the_limit(client: FlaskClient, service: Service) -> None:
    message = client.post("/api/ask", json={"question": LONG}).get_json()["error"]["message"]
    assert message == service.wording.say("error.too_long", limit="2000")


def test_2000_characters_are_not_too_many(client: FlaskClient) -> None:
    assert client.post("/api/ask", json={"question": "é" * 2000}).status_code == 200


@pytest.mark.parametrize("question", ["", "   ", "\n\t"])
def test_a_blank_question_is_answered_kindly(client: FlaskClient, question: str) -> None:
    assert client.post("/api/ask", json={"question": question}).get_json()["kind"] == "empty"


@pytest.mark.parametrize("question", ["\ud83d", "\x00", "🫠🫠🫠", "<script>alert(1)</script>", "‮abc", "什么是氯胺酮？"])
def test_strange_characters_never_crash(client: FlaskClient, question: str) -> None:
    response = client.post("/api/ask", data=json.dumps({"question": question}), content_type="application/json")
    assert response.status_code == 200
    assert response.get_json()["disclaimer"]


def test_every_earlier_message_is_heard_up_to_8000_characters(
    client: FlaskClient, app: Flask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def reply(question: str, after: list[str]) -> Any:
        seen.append(after)
        return service.reply(question)

    alter(monkeypatch, app, service, reply=reply)
    client.post("/api/ask", json={"question": "cure?", "after": [*map(str, range(25)), "b" * 9000]})
    assert seen == [[*map(str, range(25)), "b" * 8000]]


def test_an_alarm_is_remembered_however_long_ago(client: FlaskClient, service: Service) -> None:
    after = ["I want to kill myself", *(f"How long is session {number}?" for number in range(40))]
    reply = client.post("/api/ask", json={"question": "Is it a cure?", "after": after}).get_json()
    assert reply["kind"] == "answer"
    assert reply["help"]["words"] == service.wording["help.earlier"]


def test_danger_is_heard_in_a_message_that_is_too_long_to_be_answered(client: FlaskClient) -> None:
    story = "We moved here in spring and the garden is large. " * 60
    for message in (story + "I am going to kill myself tonight.", "I am going to kill myself tonight. " + story):
        response = client.post("/api/ask", json={"question": message})
        assert response.status_code == 200
        assert response.get_json()["kind"] == "crisis"
        assert not response.get_json()["quotes"]
        page = client.post("/", data={"question": message})
        assert page.status_code == 200
        assert 'href="tel:988"' in page.text.split('class="answer"')[1].split('id="tools"')[0]


def test_an_error_inside_is_said_kindly_and_logged_without_the_question(
    client: FlaskClient, app: Flask, service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    alter(monkeypatch, app, service, reply=broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with caplog.at_level(logging.ERROR):
        response = client.post("/api/ask", json={"question": "a private matter"})
    assert response.status_code == 500
    assert response.get_json() == {"error": {"code": "trouble", "message": service.wording["lead.trouble"]}}
    assert "RuntimeError" in caplog.text
    assert "private matter" not in caplog.text


def test_feedback_keeps_ids_and_a_reason_and_nothing_else(
    client: FlaskClient, app: Flask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[tuple[object, ...]] = []
    alter(monkeypatch, app, service, record_feedback=lambda *given: kept.append(given))
    passage = {"article": "a", "start": 1, "end": 5}
    body = {"edition": "e", "passages": [{**passage, "text": "my words"}], "reason": "unsafe", "name": "me"}
    assert client.post("/api/feedback", json=body).status_code == 204
    assert kept == [("e", [passage], "unsafe")]


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "because"}, {"reason": ["wrong"]}, {"reason": None}, {"edition": ""}, {"edition": 7},
        {"passages": "a"}, {"passages": [7]}, {"passages": [{"article": "a", "start": "1", "end": 2}]},
        {"passages": [{"article": "a", "start": True, "end": 2}]}, {"passages": [{"article": "a", "start": 1}] * 4},
    ],
)  # fmt: skip
def test_wrong_feedback_gets_the_one_error_shape(client: FlaskClient, change: dict[str, Any]) -> None:
    body = {"edition": "e", "passages": [], "reason": "wrong", **change}
    response = client.post("/api/feedback", json=body)
    assert response.status_code == 422
    assert response.get_json()["error"]["code"] == "wrong_feedback"


def test_known_questions_are_one_list_for_everyone(client: FlaskClient, service: Service) -> None:
    response = client.get("/api/known-questions")
    assert response.get_json() == list(service.known_questions)
    assert 0 < len(response.get_json()) <= 500


def test_openapi_describes_every_route_and_every_reply(client: FlaskClient, app: Flask) -> None:
    contract = client.get("/openapi.json").get_json()
    routes = {
        (rule.rule, method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == {(path, method) for path, methods in contract["paths"].items() for method in methods}
    schemas = contract["components"]["schemas"]
    questions = ["Is it a cure?", "I want to kill myself", "how much does it cost?", "", "asdkjh"]
    for question in questions:
        fits(client.post("/api/ask", json={"question": question}).get_json(), schemas["Reply"], schemas)
    fits(client.get("/api/ask").get_json(), schemas["Error"], schemas)


def fits(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    """The value is what the schema says, as far as this contract uses JSON Schema."""
    if "$ref" in schema:
        fits(value, schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    elif "anyOf" in schema:
        if value is not None:
            fits(value, schema["anyOf"][0], schemas)
    elif "enum" in schema:
        assert value in schema["enum"]
    elif schema["type"] == "object":
        assert set(value) == set(schema["properties"])
        for name, part in schema["properties"].items():
            fits(value[name], part, schemas)
    elif schema["type"] == "array":
        assert isinstance(value, list)
        for part in value:
            if "items" in schema:
                fits(part, schema["items"], schemas)
    else:
        assert isinstance(value, {"string": str, "integer": int}[schema["type"]])


def test_alive_is_not_the_same_as_ready(
    client: FlaskClient, app: Flask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/readyz").status_code == 200
    alter(monkeypatch, app, service, ready=False, trouble="no edition; run: chatbot build", edition_id=None)
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["reason"] == "no edition; run: chatbot build"
