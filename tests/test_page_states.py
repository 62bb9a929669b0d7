"""Every state that a visitor can see: axe finds nothing, nothing overflows, and a picture is kept.

The pictures land in tests/artifacts/, named <state>-<width>-<scheme>.png.
axe-core comes with the package axe-playwright-python; it is never shipped to visitors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from test_api import alter

from chatbot import Service
from web.language import Languages

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

HERE = Path(__file__).parent
ARTIFACTS = HERE / "artifacts"
SIZES = ((360, 740), (768, 1024), (1280, 860))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
AXE_RUN = """async () => (await axe.run()).violations.map(
    found => `${found.id}: ${found.nodes.map(node => node.target).join(' ')}`)"""


@pytest.fixture(scope="module")
def axe() -> str:
    path = Path(str(files("axe_playwright_python"))) / "axe.min.js"
    return path.read_text("utf-8")


def ask(*questions: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for number, question in enumerate(questions, 1):
            page.fill("#question", question)
            page.press("#question", "Enter")
            expect(page.locator(".turn .answer")).to_have_count(number)
        page.wait_for_timeout(60)

    return act


def nothing(page: Page) -> None:
    del page


def complete(page: Page) -> None:
    with page.expect_response("**/api/known-questions"):
        page.focus("#question")
    page.wait_for_timeout(300)  # the list has arrived; the page still has to read it
    page.keyboard.type("wh")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")


def too_long(page: Page) -> None:
    page.fill("#question", "How long does a session take, and what does it cost? " * 80)
    page.press("#question", "Enter")
    expect(page.locator("#error")).to_be_visible()


def fail(page: Page) -> None:
    page.route("**/api/ask*", lambda route: route.abort())
    page.fill("#question", "Is it a cure?")
    page.press("#question", "Enter")
    expect(page.locator("#failure .contact")).to_be_visible()


def wait(page: Page) -> None:
    page.route("**/api/ask*", lambda route: None)
    page.fill("#question", "Is it a cure?")
    page.press("#question", "Enter")
    expect(page.locator(".waiting")).to_be_visible()


def complain(page: Page) -> None:
    ask("Is it a cure?")(page)
    page.locator(".verdict button").last.click()
    page.locator(".feedback").scroll_into_view_if_needed()


def open_widget(page: Page) -> None:
    page.click("patient-chat .open")
    frame = page.frame_locator("patient-chat iframe")
    expect(frame.locator("#question")).to_be_focused()


def ask_widget(page: Page) -> None:
    open_widget(page)
    frame = page.frame_locator("patient-chat iframe")
    frame.locator("#question").fill("Is it a cure?")
    frame.locator("#question").press("Enter")
    expect(frame.locator(".turn .answer")).to_be_visible()


def lose_widget(page: Page) -> None:
    page.route("**/demo/frame*", lambda route: route.abort())
    page.click("patient-chat .open")
    expect(page.locator("patient-chat .note")).to_be_visible()


@dataclass(frozen=True)
class State:
    """How a state is reached: an address and what is done there."""

    path: str = "/"
    act: Callable[[Page], None] = nothing
    script: bool = True


STATES = {
    "empty": State(),
    "answer": State(act=ask("What does it feel like?")),
    "answer-two-quotes": State(act=ask("Is it a cure?")),
    "conversation": State(act=ask("Is it a cure?", "How many sessions will I need?")),
    "not-covered": State(act=ask("how much does it cost?")),
    "personal": State(act=ask("Should I stop taking my lithium?")),
    "gentle-help": State(act=ask("does ketamine help with suicidal thoughts?")),
    "crisis": State(act=ask("I want to kill myself")),
    "emergency": State(act=ask("I took too many pills, I think it is an overdose")),
    "abuse": State(act=ask("my husband hits me")),
    "after-a-crisis": State(act=ask("I want to kill myself", "Is it a cure?")),
    "blank": State(act=ask("")),
    "known-questions": State(act=complete),
    "feedback": State(act=complain),
    "waiting": State(act=wait),
    "too-long": State(act=too_long),
    "not-reached": State(act=fail),
    "without-javascript": State(script=False),
    "spanish": State(path="/?lang=es", act=ask("Is it a cure?")),
    "spanish-crisis": State(path="/?lang=es", act=ask("I want to kill myself")),
    "article": State(path="/articles/{article}?start={start}&end={end}#quote"),
    "safety": State(path="/safety"),
    "not-found": State(path="/nothing-here"),
    "host-page": State(path="/demo"),
    "widget": State(path="/demo", act=open_widget),
    "widget-answer": State(path="/demo", act=ask_widget),
    "widget-unreachable": State(path="/demo", act=lose_widget),
}


def address(state: State, service: Service) -> str:
    article = service.articles()[0]
    start = article.body.index("\n- ") + 1
    return state.path.format(article=article.id, start=start, end=article.body.index("\n\n", start))


def look(page: Page, axe: str, name: str) -> None:
    """Keep a picture, then ask axe about the page and every frame in it."""
    page.wait_for_timeout(100)
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png")
    for frame in page.frames:
        if "chrome-error" in frame.url or not frame.url.startswith("http"):
            continue
        frame.evaluate(axe)
        assert frame.evaluate(AXE_RUN) == []
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing_in(browser: Browser, server_url: str, service: Service, axe: str, name: str) -> None:
    state = STATES[name]
    width, height = SIZES[0]
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = context.new_page()
    if not state.script:
        page.route("**/*.js", lambda route: route.abort())
    page.goto(server_url + address(state, service))
    if not state.script:
        page.fill("#question", "Is it a cure?")
        page.click("#send")
    state.act(page)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            look(page, axe, f"{name}-{width}-{scheme}")
    context.close()


@pytest.fixture
def odd(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 768, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_axe_finds_nothing_with_forced_colours(odd: Page, server_url: str, axe: str) -> None:
    odd.emulate_media(forced_colors="active")
    odd.goto(server_url)
    ask("Is it a cure?")(odd)
    look(odd, axe, "forced-colours")


def test_axe_finds_nothing_right_to_left(
    odd: Page, server_url: str, axe: str, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = '[page]\nlanguage_name = "العربية"\nheading = "اسأل عن العلاج بالكيتامين"\nsend = "اسأل"\nlabel = "سؤالك"\n'
    (tmp_path / "wording.ar.toml").write_text(words, "utf-8")
    monkeypatch.setitem(app.extensions, "languages", Languages(tmp_path))
    odd.goto(f"{server_url}/?lang=ar")
    ask("Is it a cure?")(odd)
    look(odd, axe, "right-to-left")


def test_axe_finds_nothing_without_an_edition(
    odd: Page, server_url: str, axe: str, app: Flask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter(monkeypatch, app, service, ready=False, first_questions=(), known_questions=(), articles=list)
    odd.goto(server_url)
    look(odd, axe, "not-ready")


def test_four_hundred_per_cent_zoom_reads_in_one_column(odd: Page, server_url: str, axe: str) -> None:
    odd.set_viewport_size({"width": 320, "height": 256})
    odd.goto(server_url)
    ask("What does it feel like?")(odd)
    look(odd, axe, "zoom-400")
