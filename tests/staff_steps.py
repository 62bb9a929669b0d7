"""What a staff member does in a real browser, step by step, and what is looked at on the way."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pyotp
from axe_playwright_python.sync_playwright import Axe
from desks import PASSWORD, account
from playwright.sync_api import Page, expect

from chatbot import Database

LONG = 180_000
UNANSWERED = ("do you sell zebras?", "can i bring my zebra?", "who feeds the zebra?")
DINGHY = "What is a dinghy for?"
SENTENCE = "A dinghy is a small boat that carries two people."


def sound(page: Page) -> None:
    """Nothing that a screen reader or a small screen would stumble over."""
    found = Axe().run(page).response["violations"]
    assert not found, f"{page.url}: " + "; ".join(f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


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
