"""The real server, in a process of its own: it starts, answers, takes new editions, and loses no request."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import CORPUS, ROOT
from fakes import SAMOVAR, SAMOVARS, write_corpus
from servers import serve, wait_until

from index import Built, publish


def get(url: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(url, timeout=20) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def ask(url: str, question: str) -> dict[str, Any]:
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(f"{url}/api/ask", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as response:
        reply: dict[str, Any] = json.loads(response.read())
        return reply


def test_a_server_answers_and_swaps_editions_with_no_request_lost(tmp_path: Path, build: Callable[..., Built]) -> None:
    corpus, var = write_corpus(tmp_path / "corpus"), tmp_path / "var"
    first = build(corpus, var).edition_id
    replies: list[dict[str, Any]] = []
    wrong: list[BaseException] = []
    done = threading.Event()

    def visit(url: str) -> None:
        while not done.is_set():
            try:
                replies.append(ask(url, SAMOVAR))
            except BaseException as error:  # noqa: BLE001 - any lost request is what is looked for
                wrong.append(error)

    with serve(corpus, var) as server:
        url = server.url
        assert get(f"{url}/readyz") == (200, {"ready": True, "edition": first})
        visitors = [threading.Thread(target=visit, args=(url,)) for _ in range(3)]
        for visitor in visitors:
            visitor.start()
        (corpus / "articles" / "samovars.md").write_text(SAMOVARS.replace("from the top", "from above"))
        second = build(corpus, var).edition_id
        (var / "editions" / "20990101-000000-01234567").mkdir()
        wait_until(lambda: bool(replies) and replies[-1]["edition"] == second, 60)
        publish(var, "20990101-000000-01234567")
        seen = len(replies)
        wait_until(lambda: len(replies) > seen + 30, 60)
        done.set()
        for visitor in visitors:
            visitor.join()
    assert not wrong
    assert {reply["edition"] for reply in replies} == {first, second}
    for reply in replies:
        words = "from the top" if reply["edition"] == first else "from above"
        assert words in reply["quotes"][0]["text"]


def test_a_broken_edition_keeps_the_server_up_and_not_ready(tmp_path: Path, build: Callable[..., Built]) -> None:
    corpus, var = write_corpus(tmp_path / "corpus"), tmp_path / "var"
    edition = build(corpus, var).edition_id
    (var / "editions" / edition / "vectors.faiss").write_bytes(b"")
    with serve(corpus, var) as server:
        url = server.url
        assert get(f"{url}/healthz")[0] == 200
        status, told = get(f"{url}/readyz")
        assert status == 503
        assert "vectors.faiss: damaged or missing" in told["reason"]
        reply = ask(url, SAMOVAR)
        assert reply["kind"] == "trouble"
        assert reply["contact"]
        assert ask(url, "I want to kill myself")["kind"] == "crisis"


def test_serve_without_an_edition_says_how_to_build(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "chatbot.cli", "serve", "--corpus", CORPUS, "--var", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr == f"{tmp_path}/editions: no edition is published; run: chatbot build\n"


def test_the_clinic_is_served(edition_var: Path) -> None:
    with serve(CORPUS, edition_var) as server:
        reply = ask(server.url, "is it a cure?")
        quoted = " ".join(quote["text"] for quote in reply["quotes"])
        assert "ketamine is not a cure for depression" in quoted
        assert "Ketamine is not a cure; it’s part of a broader plan" in quoted
        with urllib.request.urlopen(f"{server.url}{reply['quotes'][0]['url'].split('#')[0]}", timeout=20) as page:
            assert 'id="quote"' in page.read().decode()
