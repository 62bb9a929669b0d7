"""One address cannot take the chat from everyone else, no address is kept, and danger gets help all the same."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import CORPUS
from flask import Flask
from flask.testing import FlaskClient
from limits.storage import MemoryStorage
from werkzeug.test import TestResponse

from web import create_app
from web.limits import known_as
from web.relief import OVERLOADED

SAMOVAR = "How is a samovar filled?"
DANGER = "I want to kill myself"
THREE = "3 per minute"
HERE = {"REMOTE_ADDR": "203.0.113.7"}
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.8"}
Make = Callable[..., FlaskClient]


@pytest.fixture
def made(var: Path, one_screen: None, monkeypatch: pytest.MonkeyPatch) -> Make:
    """``made(CHATBOT_LIMITS_ASK=...)``: a client of an application with these settings."""

    def make(**settings: str) -> FlaskClient:
        for name, value in {"CHATBOT_LIMITS": "memory://", "CHATBOT_LIMITS_ASK": THREE, **settings}.items():
            monkeypatch.setenv(name, value)
        return create_app(CORPUS, var).test_client()

    return make


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    """The address of a real Redis server of this test's own."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.fail("no redis-server is installed; run: make services", pytrace=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        for _ in range(100):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}"
        server.terminate()


def ask(client: FlaskClient, question: str = SAMOVAR, environ: dict[str, Any] = HERE, **rest: Any) -> TestResponse:
    return client.post("/api/ask", json={"question": question}, environ_base=environ, **rest)


def statuses(client: FlaskClient, count: int, **rest: Any) -> list[int]:
    return [ask(client, **rest).status_code for _ in range(count)]


def test_an_address_that_asks_too_often_waits_and_others_do_not(made: Make) -> None:
    client = made()
    assert statuses(client, 5) == [200, 200, 200, 429, 429]
    assert statuses(client, 1, environ=ELSEWHERE) == [200]


def test_a_limited_program_gets_the_one_error_shape_and_is_told_when_to_come_back(made: Make) -> None:
    client = made()
    statuses(client, 3)
    response = ask(client)
    assert response.get_json()["error"]["code"] == "too_many_requests"
    assert "988" in response.get_json()["error"]["message"]
    assert 1 <= int(response.headers["Retry-After"]) <= 61, "the minute, told in whole seconds"
    assert "Set-Cookie" not in response.headers


def test_a_limited_visitor_without_javascript_keeps_the_words_and_sees_the_crisis_line(made: Make) -> None:
    client = made()
    statuses(client, 3)
    response = client.post("/", data={"question": "what is a <lantern>?"}, environ_base=HERE)
    assert response.status_code == 429
    assert "what is a &lt;lantern&gt;?</textarea>" in response.text
    assert "988" in response.text
    assert response.headers["Retry-After"]


@pytest.mark.parametrize("lang", ["", "?lang=es"])
def test_help_wins_over_the_limit(made: Make, lang: str) -> None:
    client = made()
    statuses(client, 4)
    response = client.post(f"/api/ask{lang}", json={"question": DANGER}, environ_base=HERE)
    assert response.status_code == 200
    reply = response.get_json()
    assert reply["kind"] == "crisis"
    assert reply["help"]["lines"]
    assert not reply["quotes"]
    page = client.post(f"/{lang}", data={"question": DANGER}, environ_base=HERE)
    assert page.status_code == 200
    assert 'href="tel:988"' in page.text


def test_help_that_was_shown_over_the_limit_is_counted(made: Make) -> None:
    client = made()
    statuses(client, 4)
    before = sum(client.application.extensions["service"].referral_counts().values())
    ask(client, DANGER)
    assert sum(client.application.extensions["service"].referral_counts().values()) == before + 1


def test_reading_refused_messages_is_bounded_too(made: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from limits import parse

    monkeypatch.setattr("web.limits.HELP", parse("2 per minute"))
    client = made()
    statuses(client, 3)
    assert statuses(client, 3, question=DANGER) == [200, 200, 429]
    assert "988" in ask(client, DANGER).get_json()["error"]["message"]


def test_feedback_is_limited(made: Make) -> None:
    client = made()
    given = {"edition": "x", "reason": "useful", "passages": []}
    seen = {client.post("/api/feedback", json=given, environ_base=HERE).status_code for _ in range(31)}
    assert seen == {204, 429}


def test_passwords_cannot_be_tried_as_fast_as_a_machine_can(made: Make) -> None:
    client = made()
    seen = [client.post("/staff/log-in", data={"name": f"n{n}"}, environ_base=HERE).status_code for n in range(22)]
    assert 429 not in seen[:20]
    assert seen[20:] == [429, 429]
    assert client.get("/staff/log-in", environ_base=HERE).status_code == 200


def test_watchers_and_static_files_are_never_limited(made: Make) -> None:
    client = made()
    seen = {client.get(path, environ_base=HERE).status_code for path in ("/healthz", "/readyz") for _ in range(700)}
    assert seen == {200}


def test_one_home_network_is_one_address() -> None:
    key = b"k" * 32
    assert known_as("2001:db8:1:2::1", key) == known_as("2001:db8:1:2:ffff::9", key)
    assert known_as("2001:db8:1:3::1", key) != known_as("2001:db8:1:2::1", key)
    assert known_as("203.0.113.7", key) != known_as("203.0.113.8", key)
    assert known_as("203.0.113.7", key) != known_as("203.0.113.7", b"l" * 32)
    assert known_as(None, key) == known_as("a socket", key)


def test_counts_in_memory_hold_no_address(made: Make) -> None:
    client = made()
    statuses(client, 2)
    storage = client.application.extensions["limits"][0].storage
    assert isinstance(storage, MemoryStorage)
    held = f"{dict(storage.storage)} {dict(storage.expirations)}"
    assert re.search(r"[0-9a-f]{32}", held)
    assert HERE["REMOTE_ADDR"] not in held


def test_workers_count_together_in_redis_and_redis_holds_no_address(made: Make, redis: str) -> None:
    from redis import Redis

    settings = {"CHATBOT_LIMITS": redis, "CHATBOT_LIMITS_SECRET": "5e" * 32}
    one, other = made(**settings), made(**settings)
    assert [*statuses(one, 2), *statuses(other, 2)] == [200, 200, 200, 429]
    with Redis.from_url(redis) as server:
        names = [name.decode() for name in server.scan_iter()]
        assert names
        assert all(server.ttl(name) > 0 for name in names)
    assert HERE["REMOTE_ADDR"] not in " ".join(names)
    assert statuses(made(**settings | {"CHATBOT_LIMITS_SECRET": "77" * 32}), 1) == [200], "another start, other names"


def test_a_limit_holds_and_visitors_are_answered_when_redis_is_gone(made: Make) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        client = made(CHATBOT_LIMITS=f"redis://127.0.0.1:{free.getsockname()[1]}")
        began = time.monotonic()
        assert statuses(client, 5) == [200, 200, 200, 429, 429]
        assert ask(client, DANGER).get_json()["kind"] == "crisis"
    assert time.monotonic() - began < 10


def test_limits_can_be_turned_off(made: Make) -> None:
    assert set(statuses(made(CHATBOT_LIMITS="off"), 10)) == {200}


def test_a_limit_that_cannot_be_read_is_replaced_by_the_built_in_one(
    made: Make, caplog: pytest.LogCaptureFixture
) -> None:
    client = made(CHATBOT_LIMITS_ASK="lots")
    assert "CHATBOT_LIMITS_ASK cannot be read" in caplog.text
    assert statuses(client, 62)[-3:] == [200, 429, 429]


def test_nobody_is_believed_about_addresses_unless_proxies_are_named(made: Make) -> None:
    client = made()
    seen = [ask(client, headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(4)]
    assert seen == [200, 200, 200, 429]


def test_behind_a_named_proxy_each_visitor_has_a_limit_of_their_own(made: Make) -> None:
    client = made(CHATBOT_PROXIES="1")
    proxy = {"REMOTE_ADDR": "127.0.0.1"}

    def seen(forwarded: str) -> int:
        return ask(client, environ=proxy, headers={"X-Forwarded-For": forwarded}).status_code

    assert [seen(f"6.6.6.{n}, 198.51.100.1") for n in range(4)] == [200, 200, 200, 429], (
        "what a visitor adds is not believed"
    )
    assert seen("198.51.100.2") == 200


def test_a_proxy_that_nobody_named_does_not_make_all_visitors_one(made: Make, caplog: pytest.LogCaptureFixture) -> None:
    client = made()
    forwarded = {"X-Forwarded-For": "198.51.100.1"}
    assert set(statuses(client, 6, environ={"REMOTE_ADDR": "127.0.0.1"}, headers=forwarded)) == {200}
    assert caplog.text.count("CHATBOT_PROXIES is not set") == 1


@pytest.mark.parametrize("proxies", ["one", "-1", ""])
def test_a_wrong_number_of_proxies_stops_the_start(made: Make, proxies: str) -> None:
    with pytest.raises(ValueError, match="CHATBOT_PROXIES: expected"):
        made(CHATBOT_PROXIES=proxies)


def test_only_the_named_hosts_are_served(made: Make) -> None:
    client = made(CHATBOT_HOSTS="chat.example.org, www.example.org")
    for host, status in (("chat.example.org", 200), ("www.example.org:8000", 200), ("localhost:80", 200)):
        assert client.get("/", headers={"Host": host}).status_code == status
    for path in ("/", "/api/known-questions", "/healthz", "/articles/samovars"):
        response = client.get(path, headers={"Host": "evil.example.net"})
        assert response.status_code == 400
        assert "evil.example.net" not in response.text
    assert client.get("/api/known-questions", headers={"Host": "evil.example.net"}).get_json()["error"]["code"]


def test_browsers_that_came_by_tls_stay_on_it(made: Make) -> None:
    client = made(CHATBOT_PROXIES="1")
    by_tls = client.get("/", headers={"X-Forwarded-Proto": "https"})
    assert by_tls.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert (
        "Strict-Transport-Security"
        not in made(CHATBOT_PROXIES="0").get("/", headers={"X-Forwarded-Proto": "https"}).headers
    )


def test_a_request_too_many_is_refused_quickly_and_told_when_to_come_back(made: Make) -> None:
    client = made(CHATBOT_LIMITS="off")
    response = ask(client, environ=HERE | {OVERLOADED: True})
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert response.get_json()["error"]["code"] == "service_unavailable"
    page = client.post("/", data={"question": SAMOVAR}, environ_base={OVERLOADED: True})
    assert page.status_code == 503
    assert SAMOVAR in page.text
    assert client.get("/articles/samovars", environ_base={OVERLOADED: True}).status_code == 503
    for path in ("/healthz", "/readyz"):
        assert client.get(path, environ_base={OVERLOADED: True}).status_code == 200


def test_help_wins_over_an_overload(made: Make) -> None:
    client = made(CHATBOT_LIMITS="off")
    assert ask(client, DANGER, environ=HERE | {OVERLOADED: True}).get_json()["kind"] == "crisis"
    page = client.post("/", data={"question": DANGER}, environ_base={OVERLOADED: True})
    assert page.status_code == 200
    assert 'href="tel:988"' in page.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"question": 7}', b'"' + b"x" * 70_000 + b'"', b"[" * 60_000])
def test_a_refused_request_that_cannot_be_read_is_refused(made: Make, body: bytes) -> None:
    client = made(CHATBOT_LIMITS="off")
    response = client.post("/api/ask", data=body, content_type="application/json", environ_base={OVERLOADED: True})
    assert response.status_code == 503
    assert response.get_json()["error"]["code"] == "service_unavailable"


def test_the_largest_bodies_are_refused_before_they_are_read(app_limits: Flask) -> None:
    client = app_limits.test_client()
    too_large = {"CONTENT_LENGTH": str(2 * 1024 * 1024)}
    assert client.post("/", data={"question": "x"}, environ_overrides=too_large).status_code == 413
    assert client.post("/api/ask", data=b"{}", environ_overrides=too_large).status_code in (413, 415)


@pytest.fixture
def app_limits(made: Make) -> Flask:
    return made(CHATBOT_LIMITS="off").application
