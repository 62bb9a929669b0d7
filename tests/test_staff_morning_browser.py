"""A staff member's morning, in a real browser on a real server process: from the invitation to the way back."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

import docx
import pytest
from conftest import ROOT
from fakes import WordEncoders, write_corpus
from playwright.sync_api import Browser, BrowserContext, expect
from servers import free_port, started
from staff_steps import (
    DINGHY,
    SENTENCE,
    UNANSWERED,
    goes_back,
    imports_a_word_file_and_fixes_two_warnings,
    is_stopped_by_a_check_and_fixes_it,
    joins_and_logs_in,
    logs_in,
    sound,
    teaches_what_visitors_could_not_find,
    tries_it,
)

from chatbot import Publishing
from index import Built

pytestmark = pytest.mark.browser

CLINIC = 'name = "The Harbour Clinic"\nwebsite = "https://example.org"\n[privacy]\nkeep_unanswered_questions = true\n'
CHECK = """[[check]]
ask = "How is a samovar filled?"
expect = "answer"
article = "samovars"
quote = "filled from the top"
"""
LOST = """[[example]]
answers = [{ article = "samovars", quote = "A samovar is filled from the top." }]
questions = ["how do i fill an urn"]
"""


@pytest.fixture
def folders(tmp_path: Path, build: Callable[..., Built]) -> tuple[Path, Path]:
    corpus = write_corpus(tmp_path / "corpus")
    (corpus / "clinic.toml").write_text(CLINIC, "utf-8")
    (corpus / "checks.toml").write_text(CHECK, "utf-8")
    build(corpus, tmp_path / "var")
    return corpus, tmp_path / "var"


@pytest.fixture
def url(folders: tuple[Path, Path], words_encoder: Path, tmp_path: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, str(ROOT / "tests" / "serve_small.py"), str(words_encoder), str(port)]
    settings = {"CHATBOT_CORPUS": str(folders[0]), "CHATBOT_VAR": str(folders[1])}
    with started(command, port, tmp_path / "server.log", **settings) as server:
        yield server.url


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    yield context
    context.close()


def asked(url: str, question: str) -> dict[str, Any]:
    """What a visitor is answered."""
    body = json.dumps({"question": question}).encode()
    request = Request(f"{url}/api/ask", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=60) as answer:
        reply: dict[str, Any] = json.load(answer)
        return reply


def comes_to(url: str, kind: str) -> dict[str, Any]:
    """The visitor's answer, once it is of this kind: every worker looks once a second which edition is published."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        replies = [asked(url, DINGHY) for _ in range(6)]
        if all(reply["kind"] == kind for reply in replies):
            return replies[0]
        time.sleep(0.5)
    pytest.fail(f"the visitors' page still says {replies[0]['kind']}")


def invitation(folders: tuple[Path, Path]) -> str:
    command = [sys.executable, "-m", "chatbot.cli", "staff", "add", "Joy", "--role", "publisher"]
    command += ["--corpus", str(folders[0]), "--var", str(folders[1])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    found = re.search(r"/staff/welcome/\S+", done.stdout)
    assert found, done.stderr
    return found[0]


def word_file(folder: Path) -> Path:
    document = docx.Document()
    document.add_heading("Dinghies", 0)
    document.add_heading("What a dinghy is for", 1)
    document.add_paragraph(SENTENCE)
    document.add_paragraph("It is a miracle on calm water.")
    document.save(str(folder / "dinghies.docx"))
    return folder / "dinghies.docx"


def test_a_morning(context: BrowserContext, url: str, folders: tuple[Path, Path], tmp_path: Path) -> None:
    for question in (*UNANSWERED, DINGHY):
        assert asked(url, question)["kind"] == "not_covered"
    addresses: list[str] = []
    trouble: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: addresses.append(unquote(request.url)))
    page.on("console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))

    joins_and_logs_in(page, url, invitation(folders))
    imports_a_word_file_and_fixes_two_warnings(page, word_file(tmp_path))
    tries_it(page)
    teaches_what_visitors_could_not_find(page)
    is_stopped_by_a_check_and_fixes_it(page)
    assert asked(url, DINGHY)["kind"] == "not_covered"
    page.get_by_role("button", name="Publish it for visitors").click()
    expect(page.get_by_text("Visitors read it from now on")).to_be_visible()
    sound(page)
    assert comes_to(url, "answer")["quotes"][0]["highlights"]
    goes_back(page)
    comes_to(url, "not_covered")

    assert trouble == []
    assert {urlsplit(address).netloc for address in addresses} == {urlsplit(url).netloc}
    assert not [address for address in addresses if re.search("zebra|boat", address)]
    cookies = {(cookie["name"], cookie["path"], cookie["httpOnly"], cookie["sameSite"]) for cookie in context.cookies()}  # type: ignore[typeddict-item]
    assert cookies == {("staff", "/staff", True, "Strict")}


def test_what_was_typed_is_offered_again_after_the_page_was_left(
    context: BrowserContext, url: str, folders: tuple[Path, Path]
) -> None:
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())  # "leave this page?"
    logs_in(page, url, folders)
    page.goto(f"{url}/staff/articles/parrots")
    box = page.get_by_label("The text", exact=True)
    box.fill(box.input_value() + "\nA parrot sleeps at night.\n")
    page.goto(f"{url}/staff/articles")
    page.goto(f"{url}/staff/articles/parrots")
    expect(box).not_to_have_value(re.compile("sleeps at night"))
    page.get_by_role("button", name="Bring it back").click()
    expect(box).to_have_value(re.compile("sleeps at night"))
    expect(page.locator("#preview .passages")).to_contain_text("A parrot sleeps at night.")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("The draft is saved")).to_be_visible()
    page.goto(f"{url}/staff/articles/parrots")
    expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)


def test_every_page_is_sound_on_a_phone_in_the_dark(
    browser: Browser, url: str, folders: tuple[Path, Path], words_encoder: Path
) -> None:
    corpus, var = folders
    text = (corpus / "articles" / "samovars.md").read_text("utf-8")
    (corpus / "articles" / "samovars.md").write_text(text.replace("from the top", "by a miracle"), "utf-8")
    (corpus / "questions").mkdir()
    (corpus / "questions" / "a.toml").write_text(LOST, "utf-8")
    Publishing(corpus, var).prepare("Joy", encoders=WordEncoders(words_encoder))
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark", reduced_motion="reduce")
    context.set_default_timeout(60_000)
    page = context.new_page()
    logs_in(page, url, folders)
    for place in ("articles", "articles/samovars", "new-article", "import", "try", "teach", "publish", "history"):
        page.goto(f"{url}/staff/{place}")
        sound(page)
    page.goto(f"{url}/staff/teach")
    page.get_by_role("button", name="Choose something else").click()
    sound(page)
    page.goto(f"{url}/staff/try")
    page.get_by_label("The question").fill("How is a samovar filled?")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator(".answers .quote").first).to_be_visible()
    sound(page)
    context.close()
