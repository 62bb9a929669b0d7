"""The staff pages in a real browser: axe finds nothing, nothing overflows, and all of it works without JavaScript.

The pictures land in tests/artifacts/, named staff-<page>-<width>-<scheme>.png.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
from desks import PASSWORD, Clinic, account, open_clinic
from fakes import SAMOVARS
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect
from test_page_states import ARTIFACTS, AXE_RUN, SCHEMES, axe
from werkzeug.serving import make_server

from chatbot import People
from chatbot.safety import Screen
from index import Built

__all__ = ["axe"]
pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)
BODY = SAMOVARS.split("---\n", 2)[2]
OUTSIDE = """() => [...document.querySelectorAll('main *')].filter(each => !each.closest('.scroll, .hidden')
    && each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML.slice(0, 200))"""
SIZES = ((360, 740), (1280, 860))


@dataclass
class Office:
    """A clinic that is served, with an administrator who is logged in, and something to look at on every page."""

    clinic: Clinic
    url: str
    logged_in: StorageState

    @property
    def people(self) -> People:
        return People(self.clinic.app.extensions["service"].database)

    def invitation(self, name: str) -> str:
        return f"{self.url}/staff/welcome/{self.people.invite(name, 'editor', 'the test')}"


def fill(clinic: Clinic) -> None:
    """Let visitors have asked, judged and asked in vain."""
    service = clinic.app.extensions["service"]
    quoted = [f"samovars:{BODY.index('A samovar')}-{BODY.index(' afterwards.') + 12}"]
    for kind in ("answer", "answer", "not_covered", "personal", "crisis", "smalltalk", "trouble"):
        places = quoted if kind == "answer" else []
        service.journal.record(kind, "help" if kind == "crisis" else "", places, 1.0, service.edition_id, "cost")
    for reason in ("unsafe", "useful", "wrong", "unclear", "not_asked"):
        service.journal.record_feedback(service.edition_id, quoted, reason)
    for word in ("dinghy", "rowboat", "dinghies", "my dinghy", "our rowboat"):
        service.journal.record_unanswered(f"does the {word} leak", service.edition_id)
    service.journal.record_unanswered("where is the macaw", service.edition_id)
    service.journal.flush(30)


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory,
    build: Callable[..., Built],
    words_encoder: Path,
    screen: Screen,
    browser: Browser,
) -> Iterator[Office]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chatbot.service.load_screen", lambda: screen)
        clinic = open_clinic(tmp_path_factory.mktemp("office"), build, words_encoder)
    fill(clinic)
    codes = account(clinic.app.extensions["service"].database, "Ada Palmer", "administrator")
    server = make_server("127.0.0.1", 0, clinic.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    context = browser.new_context()
    log_in(page := context.new_page(), url, "Ada Palmer", codes)
    expect(page.locator("h1")).to_have_text("Overview")
    yield Office(clinic, url, context.storage_state())
    context.close()
    server.shutdown()
    server.server_close()


def log_in(page: Page, url: str, name: str, codes: pyotp.TOTP) -> None:
    page.goto(f"{url}/staff/log-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.fill("#code", codes.at(int(time.time()) + 30))
    page.press("#code", "Enter")


@pytest.fixture
def ada(browser: Browser, office: Office) -> Iterator[Page]:
    """Ada's browser; a refused script, style or picture fails the test."""
    context = browser.new_context(storage_state=office.logged_in, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    yield page
    context.close()
    assert [words for words in refused if not re.search(r"status of (404|422)", words)] == []


def invite(page: Page) -> None:
    page.fill("#name", f"Mona {page.viewport_size['width'] if page.viewport_size else 0}")
    page.get_by_role("button", name="Make an invitation").click()
    expect(page.locator("#link")).to_be_visible()


def open_details(page: Page) -> None:
    for number in range(page.locator("main details").count()):
        page.locator("main details > summary").nth(number).click()


def nothing(_: Page) -> None:
    pass


PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "overview": ("/staff/", open_details),
    "a-year": ("/staff/?days=364", open_details),
    "coverage": ("/staff/coverage", nothing),
    "covered-article": ("/staff/coverage/samovars", nothing),
    "feedback": ("/staff/feedback", nothing),
    "gaps": ("/staff/gaps", open_details),
    "extend": ("/staff/gaps", lambda page: page.get_by_role("button", name="Extend an article").first.click()),
    "people": ("/staff/people", nothing),
    "invited": ("/staff/people", invite),
    "refused": ("/staff/people", lambda page: page.locator("#invite ~ form").evaluate("form => form.submit()")),
    "audit": ("/staff/audit", nothing),
    "password": ("/staff/password", nothing),
    "nothing-here": ("/staff/coverage/nothing", nothing),
}


def look(page: Page, axe: str, name: str) -> None:
    """Keep a picture, then ask axe, and whether anything stands outside the window."""
    ARTIFACTS.mkdir(exist_ok=True)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=ARTIFACTS / f"staff-{name}-{scheme}.png", full_page=True)
        page.evaluate(axe)
        assert page.evaluate(AXE_RUN) == []
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on(ada: Page, office: Office, axe: str, name: str) -> None:
    path, act = PAGES[name]
    for width, height in SIZES:
        ada.set_viewport_size({"width": width, "height": height})
        ada.goto(office.url + path)
        act(ada)
        ada.wait_for_load_state()
        expect(ada.locator("h1")).to_have_count(1)
        look(ada, axe, f"{name}-{width}")


def test_axe_finds_nothing_on_the_way_in(browser: Browser, office: Office, axe: str) -> None:
    for width, height in SIZES:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        page = context.new_page()
        page.goto(f"{office.url}/staff/log-in")
        expect(page.locator("#name")).to_be_focused()
        look(page, axe, f"log-in-{width}")
        page.fill("#name", "Nobody")
        page.fill("#password", "wrong")
        page.press("#password", "Enter")
        expect(page.locator('[role="alert"]')).to_be_visible()
        expect(page.locator("#password")).to_be_focused()
        look(page, axe, f"log-in-refused-{width}")
        page.goto(office.invitation(f"Visitor {width}"))
        look(page, axe, f"welcome-{width}")
        page.fill("#password", PASSWORD)
        page.fill("#again", PASSWORD)
        page.press("#again", "Enter")
        page.wait_for_url("**/second-factor")
        page.wait_for_load_state("load")
        assert page.evaluate("document.querySelector('img.qr').naturalWidth") > 100
        assert page.evaluate("scrollY") == 0
        look(page, axe, f"second-factor-{width}")
        context.close()


def test_somebody_is_welcomed_and_logs_in_without_javascript(browser: Browser, office: Office) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(office.invitation("Zoe"))
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("button.main")
    page.click("summary")
    codes = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    page.fill("#code", codes.now())
    page.click("button.main")
    expect(page.locator(".flash")).to_contain_text("Your account is ready")
    page.get_by_role("button", name="Log out").click()
    expect(page.locator(".flash")).to_have_text("You are logged out.")
    log_in(page, office.url, "Zoe", codes)
    page.get_by_role("link", name="Feedback").click()
    expect(page.locator("h1")).to_have_text("Feedback")
    expect(page.get_by_role("link", name="People")).to_have_count(0)
    context.close()


def test_by_keyboard_one_skips_the_menu_and_sees_where_one_is(ada: Page, office: Office) -> None:
    ada.goto(f"{office.url}/staff/people")
    ada.keyboard.press("Tab")
    expect(ada.get_by_text("Skip to the page")).to_be_focused()
    expect(ada.get_by_text("Skip to the page")).to_be_in_viewport()
    ada.keyboard.press("Enter")
    ada.keyboard.press("Tab")
    assert ada.evaluate("document.querySelector('main').contains(document.activeElement)")
    reached = set()
    for _ in range(60):
        ada.keyboard.press("Tab")
        outline = ada.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        words = ada.evaluate("document.activeElement.tagName")
        if words == "BODY":
            break
        assert outline != "none", ada.evaluate("document.activeElement.outerHTML")
        reached.add(words)
    assert {"SELECT", "BUTTON", "INPUT"} <= reached


def test_what_shuts_somebody_out_is_asked_first(ada: Page, office: Office) -> None:
    office.invitation("Petra")
    ada.goto(f"{office.url}/staff/people")
    row = ada.get_by_role("row", name=re.compile("^Petra"))
    ada.once("dialog", lambda dialog: dialog.dismiss())
    row.get_by_role("button", name="Shut out").click()
    assert next(person for person in office.people.people() if person.name == "Petra").active
    ada.once("dialog", lambda dialog: dialog.accept())
    row.get_by_role("button", name="Shut out").click()
    expect(ada.locator(".flash")).to_have_text("Petra can no longer log in.")
    assert not next(person for person in office.people.people() if person.name == "Petra").active


def test_an_invitation_is_copied_with_one_press(ada: Page, office: Office) -> None:
    ada.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ada.goto(f"{office.url}/staff/people")
    ada.fill("#name", "Quinn")
    ada.get_by_role("button", name="Make an invitation").click()
    ada.get_by_role("button", name="Copy the link").click()
    expect(ada.get_by_role("button", name="Copied")).to_be_visible()
    copied = ada.evaluate("navigator.clipboard.readText()")
    assert copied == ada.locator("#link").input_value()
    assert copied.startswith(f"{office.url}/staff/welcome/")


def test_a_chart_on_a_telephone_is_moved_and_not_shrunk(ada: Page, office: Office) -> None:
    ada.set_viewport_size({"width": 360, "height": 740})
    ada.goto(f"{office.url}/staff/")
    sizes = ada.evaluate(
        """() => [...document.querySelectorAll('.chart svg[role]')].map(chart =>
            [chart.getBoundingClientRect().width, chart.querySelector('text').getBoundingClientRect().height])"""
    )
    assert sizes
    assert all(width > 500 and height > 9 for width, height in sizes)


def test_staff_cookies_are_not_sent_with_a_visitors_pages(ada: Page, office: Office) -> None:
    context: BrowserContext = ada.context
    assert [cookie["name"] for cookie in context.cookies(f"{office.url}/staff/")] == ["staff"]
    assert context.cookies(f"{office.url}/") == []
    with ada.expect_request(f"{office.url}/") as asked:
        ada.goto(office.url)
    assert "cookie" not in asked.value.all_headers()


def test_what_was_written_while_the_session_ended_is_sent_after_the_log_in(browser: Browser, office: Office) -> None:
    codes = account(office.clinic.app.extensions["service"].database, "Uma", "editor")
    context = browser.new_context()
    page = context.new_page()
    log_in(page, office.url, "Uma", codes)
    page.goto(f"{office.url}/staff/new-article")
    page.fill("[name=title]", "Umbrellas")
    page.fill("[name=source]", "The Harbour Clinic")
    text = '## What an umbrella does\n\nIt keeps <b>"one"</b> dry & warm.\n\n- it opens\n- it closes\n'
    page.fill("[name=body]", text)
    context.clear_cookies()
    with office.clinic.app.extensions["service"].database.writing() as connection:
        connection.exec_driver_sql("update person set last_step = 0 where name = 'Uma'")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator(".notice").last).to_contain_text("you can send what you wrote")
    page.fill("#name", "Uma")
    page.fill("#password", PASSWORD)
    page.fill("#code", codes.at(int(time.time()) + 30))
    page.press("#code", "Enter")
    expect(page.locator("h1")).to_have_text("You are logged in, and nothing is lost")
    page.get_by_role("button", name="Send it now").click()
    expect(page.locator("h1")).to_have_text("Umbrellas")
    saved = (office.clinic.corpus / "articles/umbrellas.md").read_text("utf-8")
    assert saved.endswith(f"---\n{text}")
    context.close()
