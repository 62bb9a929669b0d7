"""A staff member's morning, in a real browser on a real server process: from the invitation to the way back."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

import docx
import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT, _wait_for
from desks import PASSWORD, account
from fakes import WordEncoders, write_corpus
from playwright.sync_api import Browser, BrowserContext, Page, expect

from chatbot import Database, Publishing
from index import Built

pytestmark = pytest.mark.browser
LONG = 180_000
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
UNANSWERED = ("do you sell zebras?", "can i bring my zebra?", "who feeds the zebra?")
DINGHY = "What is a dinghy for?"
SENTENCE = "A dinghy is a small boat that carries two people."


@pytest.fixture
def folders(tmp_path: Path, build: Callable[..., Built]) -> tuple[Path, Path]:
    corpus = write_corpus(tmp_path / "corpus")
    (corpus / "clinic.toml").write_text(CLINIC, "utf-8")
    (corpus / "checks.toml").write_text(CHECK, "utf-8")
    build(corpus, tmp_path / "var")
    return corpus, tmp_path / "var"


@pytest.fixture
def url(folders: tuple[Path, Path], words_encoder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {**os.environ, "CHATBOT_CORPUS": str(folders[0]), "CHATBOT_VAR": str(folders[1])}
    command = [sys.executable, str(ROOT / "tests" / "serve_small.py"), str(words_encoder), str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", process, 120)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=60)


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


def sound(page: Page) -> None:
    """Nothing that a screen reader or a small screen would stumble over."""
    found = Axe().run(page).response["violations"]
    assert not found, f"{page.url}: " + "; ".join(f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


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


def logs_in(page: Page, url: str, folders: tuple[Path, Path]) -> None:
    codes = account(Database.beside(folders[1]), "Joy", "publisher")
    page.goto(f"{url}/staff/log-in")
    page.get_by_label("Name").fill("Joy")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code", exact=True).fill(codes.at(int(time.time()) + 30))
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Staff pages")).to_be_visible()


def joins_and_logs_in(page: Page, url: str, link: str) -> None:
    page.goto(f"{url}{link}")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    secret = page.locator("code.secret").text_content() or ""
    codes = pyotp.TOTP(secret.replace(" ", ""))
    page.get_by_label("Code", exact=True).fill(codes.now())
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Your account is ready")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Name").fill("Joy")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code", exact=True).fill(codes.at(int(time.time()) + 30))
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Staff pages")).to_be_visible()


def imports_a_word_file_and_fixes_two_warnings(page: Page, file: Path) -> None:
    page.get_by_role("link", name="Articles", exact=True).click()
    sound(page)
    page.get_by_role("link", name="Import one").click()
    sound(page)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    checks = page.locator(".checks > li.warn")
    expect(checks).to_have_count(2)
    sound(page)
    page.get_by_label("Where it comes from").fill("The Harbour Clinic")
    page.get_by_label("Last reviewed").fill(time.strftime("%Y-%m-%d"))
    expect(checks).to_have_count(1)
    page.locator(".checks button", has_text="Line").click()
    expect(page.get_by_label("The text", exact=True)).to_be_focused()
    page.keyboard.type("It is pleasant on calm water.")  # in the place of the line that is marked
    expect(page.get_by_text("The checks found nothing to mend")).to_be_visible()
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_text("New, not yet published")).to_be_visible()
    expect(page.get_by_label("The text", exact=True)).to_have_value(re.compile("It is pleasant on calm water"))
    sound(page)


def tries_it(page: Page) -> None:
    page.get_by_role("link", name="Try a question").click()
    page.get_by_label("The question").fill(DINGHY)
    page.get_by_role("button", name="Try it").click()
    published, draft = page.locator(".answers > section").nth(0), page.locator(".answers > section").nth(1)
    expect(published).to_contain_text("Not in the articles")
    page.get_by_role("button", name="Prepare the draft").click()
    expect(draft).to_contain_text(SENTENCE, timeout=LONG)
    expect(published).to_contain_text("Not in the articles")
    draft.get_by_text("Scores and passages").click()
    sound(page)


def teaches_what_visitors_could_not_find(page: Page) -> None:
    page.get_by_role("link", name="What visitors could not find").click()
    expect(page.locator("main")).to_contain_text(UNANSWERED[0])
    page.get_by_role("button", name="Teach the answer").first.click()
    expect(page.get_by_role("heading", name="What is right for this question?")).to_be_visible()
    sound(page)
    for place, question in enumerate(UNANSWERED):
        page.get_by_label("The question, as a visitor would type it").fill(question)
        if place:
            page.get_by_label("A topic that you have already").select_option(label="animals at the clinic")
        else:
            page.get_by_label("or another, in a few words").fill("animals at the clinic")
        page.get_by_role("button", name="Teach this").click()
        expect(page.get_by_role("heading", name="Taught")).to_be_visible()
        sound(page)
        if question != UNANSWERED[-1]:
            page.get_by_role("link", name="Teach another first").click()
            page.get_by_label("A question, as a visitor would type it").fill(UNANSWERED[place + 1])
            page.get_by_role("button", name="Find what is right").click()
    page.get_by_role("link", name="Teach", exact=True).click()
    expect(page.locator("table.list tbody tr")).to_have_count(3)
    sound(page)


def is_stopped_by_a_check_and_fixes_it(page: Page) -> None:
    edits_samovars(page, "from the top", "through the lid")
    prepares(page)
    expect(page.get_by_role("heading", name="1 of your checks fails")).to_be_visible()
    expect(page.get_by_role("button", name="Publish it for visitors")).to_have_count(0)
    sound(page)
    edits_samovars(page, "through the lid", "from the top")
    prepares(page)
    expect(page.get_by_role("heading", name="It passed everything")).to_be_visible()
    sound(page)


def edits_samovars(page: Page, old: str, new: str) -> None:
    page.get_by_role("link", name="Articles", exact=True).click()
    page.get_by_role("link", name="Samovars and lanterns").click()
    box = page.get_by_label("The text", exact=True)
    box.fill(box.input_value().replace(old, new))
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("The draft is saved")).to_be_visible()


def prepares(page: Page) -> None:
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_role("button", name="Prepare the draft").click()
    expect(page.locator(".result")).to_be_visible(timeout=LONG)


def goes_back(page: Page) -> None:
    page.get_by_role("link", name="History").click()
    page.get_by_text("Go back to this edition").last.click()
    page.get_by_label("Why?").last.fill("the picture was wrong")
    page.get_by_role("button", name="Let visitors read this edition").last.click()
    expect(page.get_by_text("Visitors read that edition again")).to_be_visible()
    page.locator(".editions a").nth(1).click()
    expect(page.locator(".difference").first).to_be_visible()
    sound(page)
