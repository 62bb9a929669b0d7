"""A visit in a real browser: asking, reading, leaving; by keyboard and on paper."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from browsers import ask
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from chatbot import Service

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)


def test_a_question_is_answered_with_a_marked_quote_and_its_source(page: Page, service: Service) -> None:
    ask(page, "Is it a cure?")
    answer = page.locator(".turn").last
    expect(answer.locator("blockquote mark").first).to_contain_text("cure")
    expect(answer.locator("figcaption a").first).to_have_attribute(
        "href", re.compile(r"^/articles/.+\?start=\d+.*#quote$")
    )
    expect(answer).to_contain_text(service.wording["disclaimer.text"])
    expect(page.locator("#question")).to_have_value("")
    expect(page.locator("#question")).to_be_focused()


def test_the_browser_and_the_server_show_a_quote_alike(page: Page, context: BrowserContext, server_url: str) -> None:
    ask(page, "What does it feel like?")
    with_script = page.locator("blockquote").first.evaluate("element => element.innerHTML")
    other = context.browser.new_context(java_script_enabled=False).new_page()  # type: ignore[union-attr]
    other.goto(server_url)
    other.fill("#question", "What does it feel like?")
    other.click("#send")
    assert other.locator("blockquote").first.evaluate("element => element.innerHTML") == with_script
    other.context.close()


def test_the_answer_is_announced_once_and_focus_stays(page: Page) -> None:
    page.evaluate("""() => { window.heard = []; const status = document.getElementById('status');
        new MutationObserver(() => status.textContent && heard.push(status.textContent))
        .observe(status, {childList: true}); }""")
    ask(page, "Is it a cure?")
    page.wait_for_timeout(300)
    heard = page.evaluate("heard")
    assert len(heard) == 1
    assert "cure" in heard[0]
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator(".conversation[aria-live], .conversation [aria-live]")).to_have_count(0)


def test_an_alarm_is_an_alert_with_help_to_tap_before_all_else(page: Page) -> None:
    ask(page, "I want to kill myself")
    answer = page.locator(".turn .answer").last
    card = answer.locator("[role=alert]")
    expect(card.locator("a").first).to_have_attribute("href", "tel:988")
    expect(card.locator('a[href="sms:988"]')).to_be_visible()
    expect(answer.locator(":scope > :not(.hidden)").first).to_have_class("help alarm")
    expect(answer.locator("blockquote, .contact, .questions")).to_have_count(0)
    expect(page.locator("#status")).to_have_text("")
    box = card.locator("a").first.bounding_box()
    assert box
    assert box["y"] + box["height"] < 800


def test_help_stays_beside_later_answers(page: Page) -> None:
    ask(page, "I want to kill myself")
    ask(page, "Is it a cure?")
    expect(page.locator(".turn .answer").last.locator('.help a[href="tel:988"]')).to_be_visible()


def test_suggestions_and_first_questions_are_buttons_that_ask(page: Page) -> None:
    first = page.locator("#starters button").first
    question = first.inner_text()
    first.click()
    expect(page.locator(".asked").last).to_contain_text(question)
    expect(page.locator("#starters")).to_be_hidden()
    suggestion = page.locator(".turn .questions button").first
    question = suggestion.inner_text()
    suggestion.click()
    expect(page.locator(".asked").last).to_contain_text(question)


def test_known_questions_complete_what_is_typed_without_sending_it(page: Page, service: Service) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    known = service.known_questions[0]
    with page.expect_response("**/api/known-questions"):
        page.focus("#question")
    page.wait_for_timeout(300)
    page.keyboard.type(known[:-3])
    option = page.get_by_role("option").first
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#question")).to_have_attribute("aria-activedescendant", "match-0")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(option).to_have_count(0)
    page.keyboard.type(known[-3])
    page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("option").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".asked").last).to_contain_text(chosen)
    paths = [urlsplit(url).path for url in requests]
    assert [path for path in paths if path.startswith("/api/")] == ["/api/known-questions", "/api/ask"]
    assert all(path.startswith(("/api/", "/static/")) for path in paths)


def test_a_whole_visit_by_keyboard_alone(page: Page, service: Service) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_text(service.wording["page.skip"])).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type("Is it a cure?")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .answer")).to_have_count(1)
    reached: list[str] = []
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
        visible = page.evaluate("""() => { const box = document.activeElement.getBoundingClientRect();
            const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return !at || document.activeElement.contains(at) || at.contains(document.activeElement) }""")
        assert visible, reached[-1]
        if reached[-1] == service.wording["page.leave"]:
            break
    for key in ("page.yes", "page.no", "page.read_in_context", "page.start_over", "page.copy", "page.leave"):
        assert service.wording[key] in reached, key


def test_thumbs_send_ids_and_a_reason_only(page: Page, service: Service) -> None:
    bodies: list[Any] = []

    def take(route: Route) -> None:
        bodies.append(route.request.post_data_json)
        route.fulfill(status=204)

    page.route("**/api/feedback", take)
    ask(page, "Is it a cure?")
    page.get_by_role("button", name=service.wording["page.no"], exact=True).click()
    page.get_by_role("button", name=service.wording["page.reason_unsafe"]).click()
    expect(page.locator(".thanks")).to_have_text(service.wording["page.thanks_feedback"])
    assert len(bodies) == 1
    assert set(bodies[0]) == {"edition", "passages", "reason"}
    assert bodies[0]["reason"] == "unsafe"
    assert all(set(passage) == {"article", "start", "end"} for passage in bodies[0]["passages"])


def test_history_survives_a_reload_and_start_over_forgets_it(page: Page) -> None:
    ask(page, "Is it a cure?")
    page.reload()
    expect(page.locator(".asked")).to_contain_text("Is it a cure?")
    expect(page.locator("blockquote").first).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    page.click("#start-over")
    expect(page.locator(".turn")).to_have_count(0)
    page.reload()
    expect(page.locator(".turn")).to_have_count(0)


def test_another_tab_knows_nothing(page: Page, context: BrowserContext, server_url: str) -> None:
    ask(page, "Is it a cure?")
    other = context.new_page()
    other.goto(server_url)
    expect(other.locator(".turn")).to_have_count(0)
    assert context.cookies() == []


def test_leaving_replaces_the_page_and_forgets(
    page: Page, context: BrowserContext, server_url: str, app: Flask
) -> None:
    context.route(app.config["LEAVE_TO"], lambda route: route.fulfill(status=200, body="<p>weather</p>"))
    page.goto(f"{server_url}/safety")
    page.goto(server_url)
    ask(page, "Is it a cure?")
    page.click("[data-leave]")
    page.wait_for_url(app.config["LEAVE_TO"])
    page.go_back()
    assert page.url == f"{server_url}/safety"
    page.goto(server_url)
    expect(page.locator(".turn")).to_have_count(0)


def test_only_our_own_origin_is_asked_and_no_address_holds_a_question(
    context: BrowserContext, server_url: str, service: Service
) -> None:
    page = context.new_page()
    requests: list[str] = []
    trouble: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(server_url)
    for question in ("Is it a cure?", "I want to kill myself", "how much does it cost?"):
        ask(page, question)
    page.goto(f"{server_url}/articles/{service.articles()[0].id}")
    page.goto(f"{server_url}/safety")
    assert {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in requests} == {server_url}
    assert not [url for url in requests if re.search(r"cure|kill|cost", url)]
    assert trouble == []


def test_reading_in_context_scrolls_to_the_mark_and_back_to_the_chat(page: Page, service: Service) -> None:
    ask(page, "Is it a cure?")
    page.locator("figcaption a").first.click()
    expect(page.locator("#quote")).to_be_in_viewport()
    page.get_by_role("link", name=service.wording["article.back"]).first.click()
    expect(page.locator(".asked")).to_contain_text("Is it a cure?")


def test_copy_takes_questions_quotes_sources_and_disclaimer(
    page: Page, context: BrowserContext, service: Service
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "Is it a cure?")
    page.click("#copy")
    expect(page.locator("#copy")).to_have_text(service.wording["page.copied"])
    text = page.evaluate("navigator.clipboard.readText()")
    assert "Is it a cure?" in text
    assert "ketamine is not a cure for depression" in text
    assert "/articles/" in text
    assert service.wording["disclaimer.text"] in text


def test_printed_only_the_conversation_is_left(page: Page) -> None:
    ask(page, "Is it a cure?")
    page.emulate_media(media="print")
    expect(page.locator("blockquote").first).to_be_visible()
    for part in (".composer", "[data-leave]", ".turn .questions", "#tools", ".feedback"):
        expect(page.locator(part).first).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(320, 256), (320, 640), (640, 320), (360, 740)])
def test_nothing_is_wider_than_a_small_screen(browser: Browser, server_url: str, width: int, height: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(server_url)
    ask(page, "What does it feel like? " + "w" * 400)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if height < 480:
        assert page.evaluate("getComputedStyle(document.querySelector('.composer')).position") == "static"
    page.close()


def test_every_target_is_at_least_24_pixels(page: Page) -> None:
    ask(page, "Is it a cure?")
    small = page.evaluate("""() => [...document.querySelectorAll('a, button, textarea, summary')]
        .filter(e => e.offsetParent && !e.matches('.skip')).map(e => [e.textContent, e.getBoundingClientRect()])
        .filter(([, box]) => box.height < 24 || box.width < 24).map(([text]) => text)""")
    assert small == []
