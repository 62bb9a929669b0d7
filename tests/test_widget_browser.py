"""The widget on other people's pages: hostile styles, strict policies, phones, a server that is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser, BrowserContext, Page, expect
from test_api import alter
from werkzeug.serving import make_server

from chatbot import Service

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

HOSTILE = """* { all: unset !important; font: 40px cursive !important; color: red !important; display: block !important;
  position: static !important; transform: rotate(4deg) !important; direction: rtl !important }
  html { font-size: 3px !important }
  patient-chat { position: absolute !important; opacity: 0 !important; width: 1px !important }
  button, iframe, dialog { display: none !important; visibility: hidden !important }"""


@dataclass
class Host:
    """A site of somebody else: its pages and their Content-Security-Policy."""

    url: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    policy: str = ""

    def put(self, html: str, path: str = "page") -> str:
        self.pages[path] = f'<!doctype html><html lang="en"><title>Host</title>{html}'
        return f"{self.url}/{path}"


@pytest.fixture
def host(app: Flask, service: Service, server_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """A site that the clinic lets show the chat."""
    host, site = Host(), Flask("host")

    @site.get("/<path>")
    def page(path: str) -> Response:
        return Response(host.pages.get(path, ""), headers={"Content-Security-Policy": host.policy})

    server = make_server("127.0.0.1", 0, site, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host.url = f"http://127.0.0.1:{server.server_port}"
    alter(monkeypatch, app, service, clinic=replace(service.clinic, sites=(host.url,)))
    yield host
    server.shutdown()
    server.server_close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1100, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    yield context
    context.close()


def line(server_url: str, attributes: str = "async") -> str:
    return f'<script src="{server_url}/widget.js" {attributes}></script>'


def start(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    return page


def ask_in_frame(page: Page, question: str = "Is it a cure?") -> None:
    frame = page.frame_locator("patient-chat iframe")
    expect(frame.locator("#copy")).not_to_have_attribute("hidden", "")
    frame.locator("#question").fill(question)
    frame.locator("#question").press("Enter")
    expect(frame.locator(".turn .answer")).to_have_count(1)


@pytest.mark.parametrize("place", ["<head>{}</head><body><h1>Host</h1>", "<body><h1>Host</h1>{}"])
def test_one_line_is_enough_and_nothing_else_loads_before_a_click(
    context: BrowserContext, host: Host, server_url: str, place: str
) -> None:
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(host.put(place.format(line(server_url))))
    launcher = page.locator("patient-chat .open")
    expect(launcher).to_be_visible()
    page.wait_for_timeout(200)
    ours = [urlsplit(url).path for url in requests if url.startswith(server_url)]
    assert ours == ["/widget.js"]
    launcher.click()
    ask_in_frame(page)
    assert {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in requests} == {server_url, host.url}


def test_escape_closes_from_inside_the_frame_and_focus_returns(
    context: BrowserContext, host: Host, server_url: str
) -> None:
    page = start(context, host.put(f"<body>{line(server_url)}"))
    launcher = page.locator("patient-chat .open")
    launcher.focus()
    page.keyboard.press("Enter")
    expect(page.frame_locator("patient-chat iframe").locator("#question")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("patient-chat dialog")).to_be_hidden()
    expect(launcher).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.frame_locator("patient-chat iframe").locator("#question")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.locator("patient-chat .bar button").focus()
    page.keyboard.press("Escape")
    expect(launcher).to_be_focused()


def test_the_conversation_is_still_there_when_opened_again(
    context: BrowserContext, host: Host, server_url: str
) -> None:
    page = start(context, host.put(f"<body>{line(server_url)}"))
    page.click("patient-chat .open")
    ask_in_frame(page)
    page.click("patient-chat .bar button")
    page.click("patient-chat .open")
    expect(page.frame_locator("patient-chat iframe").locator(".turn .answer")).to_have_count(1)


def test_events_tell_the_host_of_opening_and_closing_without_any_text(
    context: BrowserContext, host: Host, server_url: str
) -> None:
    page = start(context, host.put(f"<body>{line(server_url)}"))
    page.evaluate("""() => { window.heard = [];
        for (const type of ['chat:open', 'chat:close'])
            document.addEventListener(type, (event) => heard.push([event.type, event.detail]));
        addEventListener('message', (event) => heard.push([event.data.type, Object.keys(event.data).join()])); }""")
    page.click("patient-chat .open")
    ask_in_frame(page)
    page.click("patient-chat .bar button")
    assert page.evaluate("heard") == [["chat:open", None], ["chat:ready", "type"], ["chat:close", None]]


def test_messages_from_elsewhere_are_not_heard(context: BrowserContext, host: Host, server_url: str) -> None:
    page = start(context, host.put(f"<body>{line(server_url)}"))
    page.click("patient-chat .open")
    expect(page.frame_locator("patient-chat iframe").locator("#question")).to_be_visible()
    page.evaluate("postMessage({type: 'chat:escape'}, '*')")
    page.wait_for_timeout(150)
    expect(page.locator("patient-chat dialog")).to_be_visible()


def test_a_strict_policy_and_hostile_styles_change_nothing(
    context: BrowserContext, host: Host, server_url: str
) -> None:
    host.policy = (
        f"default-src 'none'; script-src {server_url}; frame-src {server_url}; style-src 'self' 'sha256-x'; "
        "require-trusted-types-for 'script'; base-uri 'none'"
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(host.put(f"<body>{line(server_url)}"))
    page.evaluate(
        """css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);
        document.adoptedStyleSheets = [sheet]; }""",
        HOSTILE,
    )
    launcher = page.locator("patient-chat .open")
    box = launcher.bounding_box()
    assert box
    assert 1000 < box["x"] + box["width"] <= 1100
    assert 700 < box["y"] + box["height"] <= 800
    assert launcher.evaluate("element => getComputedStyle(element).fontSize") == "16px"
    launcher.click()
    ask_in_frame(page)
    assert errors == []


def test_twice_on_a_page_gives_one_launcher_and_every_element_its_own_chat(
    context: BrowserContext, host: Host, server_url: str
) -> None:
    page = start(context, host.put(f"<body>{line(server_url)}{line(server_url)}"))
    expect(page.locator("patient-chat")).to_have_count(1)
    both = f"<body><patient-chat></patient-chat><p>Between</p><patient-chat open></patient-chat>{line(server_url)}"
    page = start(context, host.put(both))
    expect(page.locator("patient-chat")).to_have_count(2)
    expect(page.locator("patient-chat iframe")).to_have_count(1)
    page.locator("patient-chat .open").first.click()
    expect(page.locator("patient-chat iframe")).to_have_count(2)
    for at in (0, 1):
        chat = page.locator("patient-chat").nth(at)
        expect(chat.locator("iframe").content_frame.locator("#question")).to_be_visible()


def test_an_app_that_takes_it_away_and_puts_it_back(context: BrowserContext, host: Host, server_url: str) -> None:
    page = start(context, host.put(f"<body>{line(server_url)}"))
    page.click("patient-chat .open")
    ask_in_frame(page)
    page.evaluate("() => { window.kept = document.querySelector('patient-chat'); kept.remove(); }")
    page.wait_for_timeout(100)
    page.evaluate("document.body.append(kept)")
    page.click("patient-chat .open")
    expect(page.frame_locator("patient-chat iframe").locator("#question")).to_be_visible()
    page.evaluate("() => { document.body.replaceChildren(document.createElement('patient-chat')); }")
    page.click("patient-chat .open")
    expect(page.frame_locator("patient-chat iframe").locator("#question")).to_be_visible()


def test_attributes_set_place_label_colour_and_opening(context: BrowserContext, host: Host, server_url: str) -> None:
    attributes = 'async data-position="bottom-left" data-label="Ask us" data-color="#ffcc00" data-open'
    page = start(context, host.put(f"<body>{line(server_url, attributes)}"))
    expect(page.frame_locator("patient-chat iframe").locator("#question")).to_be_visible()
    page.click("patient-chat .bar button")
    launcher = page.locator("patient-chat .open")
    expect(launcher).to_have_text("Ask us")
    expect(launcher).to_have_css("background-color", "rgb(255, 204, 0)")
    expect(launcher).to_have_css("color", "rgb(0, 0, 0)")
    box = launcher.bounding_box()
    assert box
    assert box["x"] < 60


def test_custom_properties_of_the_host_set_its_looks(context: BrowserContext, host: Host, server_url: str) -> None:
    style = "<style>:root { --chat-accent: #123456; --chat-radius: 3px }</style>"
    page = start(context, host.put(f"{style}<body>{line(server_url)}"))
    expect(page.locator("patient-chat .open")).to_have_css("background-color", "rgb(18, 52, 86)")
    expect(page.locator("patient-chat .open")).to_have_css("border-radius", "3px")


def test_a_phone_gets_the_whole_screen(browser: Browser, host: Host, server_url: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, reduced_motion="reduce")
    page = start(context, host.put(f'<meta name="viewport" content="width=device-width"><body>{line(server_url)}'))
    page.click("patient-chat .open")
    box = page.locator("patient-chat dialog").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 360, "height": 640}
    expect(page.frame_locator("patient-chat iframe").locator("#question")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("patient-chat .open")).to_be_focused()
    context.close()


def test_a_server_that_is_gone_is_said_with_the_crisis_line_and_a_retry(
    context: BrowserContext, host: Host, server_url: str, service: Service
) -> None:
    page = start(context, host.put(f"<body>{line(server_url)}"))
    expect(page.locator("patient-chat .open")).to_be_visible()
    context.route("**/embed*", lambda route: route.abort())
    page.click("patient-chat .open")
    note = page.locator("patient-chat .note")
    expect(note).to_contain_text(service.wording["widget.unreachable"])
    expect(note.locator('a[href="tel:988"]')).to_be_visible()
    context.unroute("**/embed*")
    note.get_by_role("button").click()
    expect(page.frame_locator("patient-chat iframe").locator("#question")).to_be_visible()
    expect(note).to_be_hidden()


def test_a_site_that_is_not_listed_shows_help_instead_of_the_chat(
    context: BrowserContext, host: Host, server_url: str, app: Flask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter(monkeypatch, app, service, clinic=replace(service.clinic, sites=("https://www.example.org",)))
    page = start(context, host.put(f"<body>{line(server_url)}"))
    page.click("patient-chat .open")
    expect(page.locator("patient-chat .note")).to_contain_text(service.wording["widget.unreachable"])


def test_leaving_from_inside_the_frame_leaves_the_whole_page(
    context: BrowserContext, host: Host, server_url: str, app: Flask
) -> None:
    context.route(app.config["LEAVE_TO"], lambda route: route.fulfill(status=200, body="<p>weather</p>"))
    page = start(context, host.put(f"<body>{line(server_url)}"))
    page.click("patient-chat .open")
    ask_in_frame(page)
    page.frame_locator("patient-chat iframe").locator("[data-leave]").click()
    page.wait_for_url(app.config["LEAVE_TO"])


def test_the_widget_speaks_the_language_of_its_page(context: BrowserContext, host: Host, server_url: str) -> None:
    host.pages["es"] = f'<!doctype html><html lang="es"><title>H</title><body>{line(server_url)}'
    page = start(context, f"{host.url}/es")
    expect(page.locator("patient-chat .open")).to_contain_text("¿Preguntas?")
    page.click("patient-chat .open")
    expect(page.frame_locator("patient-chat iframe").locator("#send")).to_have_text("Preguntar")


def test_an_article_opens_in_a_tab_of_its_own(context: BrowserContext, host: Host, server_url: str) -> None:
    page = start(context, host.put(f"<body>{line(server_url)}"))
    page.click("patient-chat .open")
    ask_in_frame(page)
    with context.expect_page() as opened:
        page.frame_locator("patient-chat iframe").locator("figcaption a").first.click()
    expect(opened.value.locator("#quote")).to_be_in_viewport()


def test_nothing_but_the_chat_is_shown_in_the_frame(context: BrowserContext, host: Host, server_url: str) -> None:
    page = start(context, host.put(f"<body>{line(server_url)}"))
    page.click("patient-chat .open")
    ask_in_frame(page, "I want to kill myself")
    frame = page.frame_locator("patient-chat iframe")
    chat = frame.locator('.help a[href^="https://"]').first
    expect(chat).to_have_attribute("target", "_blank")
    with context.expect_page() as opened:
        frame.locator(".foot nav a").first.click()
    assert urlsplit(opened.value.url).path == "/safety"


def test_the_demo_page_shows_the_chat(context: BrowserContext, server_url: str) -> None:
    page = start(context, f"{server_url}/demo")
    page.click("patient-chat .open")
    ask_in_frame(page)
