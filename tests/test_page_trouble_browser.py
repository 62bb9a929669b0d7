"""Bad days in a real browser: slow, gone, blocked, too much; the words stay and help is shown."""

from __future__ import annotations

import pytest
from browsers import ask
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, expect
from test_api import alter

from chatbot import Service

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)


def test_blocked_storage_is_tolerated(context: BrowserContext, server_url: str) -> None:
    context.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('', 'SecurityError') }})"
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(server_url)
    ask(page, "Is it a cure?")
    page.click("#start-over")
    expect(page.locator(".turn")).to_have_count(0)
    assert errors == []


def test_waiting_is_shown_only_when_it_lasts(page: Page, service: Service) -> None:
    page.evaluate("""() => { window.waited = 0;
        new MutationObserver(() => { waited += document.querySelectorAll('.waiting').length })
        .observe(document.getElementById('conversation'), {childList: true}); }""")
    ask(page, "Is it a cure?")
    assert page.evaluate("waited") == 0
    held: list[Route] = []
    page.route("**/api/ask*", lambda route: held.append(route))
    page.fill("#question", "What does it feel like?")
    page.press("#question", "Enter")
    expect(page.locator(".waiting")).to_have_text(service.wording["page.waiting"])
    held[0].continue_()
    expect(page.locator(".turn .answer")).to_have_count(2)
    expect(page.locator(".waiting")).to_have_count(0)


def test_a_question_is_sent_once_however_often_enter_is_pressed(page: Page) -> None:
    sent: list[Route] = []
    page.route("**/api/ask*", lambda route: sent.append(route))
    page.fill("#question", "Is it a cure?")
    for _ in range(4):
        page.press("#question", "Enter")
    page.locator("#send").dispatch_event("click")
    page.wait_for_timeout(200)
    assert len(sent) == 1
    sent[0].continue_()
    expect(page.locator(".turn .answer")).to_have_count(1)


def test_an_answer_that_comes_after_start_over_is_dropped(page: Page) -> None:
    held: list[Route] = []
    page.route("**/api/ask*", lambda route: held.append(route))
    page.fill("#question", "Is it a cure?")
    page.press("#question", "Enter")
    expect(page.locator(".waiting")).to_be_visible()
    page.click("#start-over")
    page.wait_for_timeout(300)
    expect(page.locator(".turn")).to_have_count(0)


@pytest.mark.parametrize("status", [0, 429, 500])
def test_a_bad_day_keeps_the_words_shows_help_and_retries_when_asked(page: Page, service: Service, status: int) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=status, json={"error": {"code": "x", "message": "x"}}) if status else route.abort()

    page.route("**/api/ask*", fail)
    page.fill("#question", "Is it a cure?")
    page.press("#question", "Enter")
    failure = page.locator("#failure")
    expect(failure).to_contain_text(service.wording["error.too_many" if status == 429 else "error.not_reached"])
    expect(failure.locator('a[href="tel:988"]')).to_be_visible()
    expect(failure).to_contain_text(service.clinic.name)
    expect(page.locator("#question")).to_have_value("Is it a cure?")
    page.unroute("**/api/ask*")
    failure.get_by_role("button").click()
    expect(page.locator(".turn .answer")).to_have_count(1)
    expect(failure).to_have_count(0)


def test_ten_thousand_pasted_characters_stay_in_the_box(page: Page, service: Service) -> None:
    page.fill("#question", "long " * 2000)
    page.press("#question", "Enter")
    expect(page.locator("#error")).to_have_text(service.wording.say("error.too_long", limit="2000"))
    expect(page.locator("#question")).to_have_value("long " * 2000)
    expect(page.locator("#question")).to_have_attribute("aria-describedby", "error")


@pytest.mark.parametrize("words", [60, 3000])
def test_help_for_a_long_message_is_on_the_screen_at_once(page: Page, words: int) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    page.fill("#question", "I am going to kill myself tonight. " + "We moved and it is all so much. " * (words // 8))
    page.press("#question", "Enter")
    expect(page.locator('.turn .answer a[href="tel:988"]')).to_be_in_viewport()


def test_emoji_count_as_one_character(page: Page) -> None:
    ask(page, "🙂" * 1500)


def test_nothing_asked_runs(page: Page) -> None:
    page.evaluate("window.ran = false")
    ask(page, "<img src=x onerror='ran = true'><script>ran = true</script>")
    page.reload()
    expect(page.locator(".asked")).to_contain_text("<script>")
    assert not page.evaluate("window.ran ?? false")


def test_a_late_answer_for_a_closed_page_breaks_nothing(
    page: Page, app: Flask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter(monkeypatch, app, service, reply=lambda *_: service.reply("Is it a cure?"))
    page.fill("#question", "Is it a cure?")
    page.press("#question", "Enter")
    page.close()
