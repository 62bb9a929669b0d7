"""Makes the pictures of docs/staff.md: ``python docs/images/staff.py CORPUS VAR``, with a published edition in VAR.

Works on copies of both folders, with a server and an account of its own, and prepares a candidate with the real model.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pyotp
from PIL import Image
from playwright.sync_api import Page
from werkzeug.serving import make_server

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent.parent / "tests")]

from browsers import chromium  # noqa: E402 - the rooms and the tests' browser must be found first

from chatbot import Drafts, People  # noqa: E402
from web import create_app  # noqa: E402

NAME, PASSWORD = "Joy", "warm the pot before you pour"
QUESTION = "will it fix me for good?"
COLOURS = 96
WAIT = 900_000


def main(corpus: Path, var: Path) -> None:
    with TemporaryDirectory() as folder:
        own, place = Path(folder) / "corpus", Path(folder) / "var"
        shutil.copytree(corpus, own, ignore=shutil.ignore_patterns("*.py", "__pycache__", "defaults", "importing"))
        shutil.copytree(var, place)
        app = create_app(own, place)
        people = People(app.extensions["service"].database)
        person = people.accept(people.invite(NAME, "publisher", "the pictures"), PASSWORD)
        codes = pyotp.TOTP(people.second_factor(person)[0])
        people.confirm(person.id, codes.now())
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with chromium() as browser:
            page = browser.new_page(viewport={"width": 1180, "height": 760}, reduced_motion="reduce")
            page.set_default_timeout(WAIT)
            visit(page, f"http://127.0.0.1:{server.server_port}", codes, Drafts(own, place))
        server.shutdown()


def visit(page: Page, url: str, codes: pyotp.TOTP, drafts: Drafts) -> None:
    page.goto(f"{url}/staff/log-in")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    picture(page, "log-in")
    page.get_by_label("Code", exact=True).fill(codes.at(int(time.time()) + 30))
    page.keyboard.press("Enter")
    page.locator(".menu").wait_for()
    first = drafts.articles()[0]
    page.goto(f"{url}/staff/articles")
    picture(page, "articles")
    page.goto(f"{url}/staff/articles/{first.id}")
    picture(page, "write")
    page.get_by_label("Last reviewed").fill(date.today().isoformat())
    page.get_by_role("button", name="Save the draft").click()
    page.locator(".flash").wait_for()
    imports(page, url, drafts, first.id)
    teaches(page, url)
    page.goto(f"{url}/staff/publish")
    page.get_by_role("button", name="Prepare the draft").click()
    page.locator(".result").wait_for()
    picture(page, "publish")
    page.goto(f"{url}/staff/try")
    page.get_by_label("The question").fill(QUESTION)
    page.get_by_role("button", name="Try it").click()
    page.locator(".answers .quote").first.wait_for()
    picture(page, "try", lambda: page.locator(".answers").evaluate("each => each.scrollIntoView()"))
    page.goto(f"{url}/staff/publish")
    page.get_by_role("button", name="Publish it for visitors").click()
    page.locator(".editions").wait_for()
    picture(page, "history")


def imports(page: Page, url: str, drafts: Drafts, article_id: str) -> None:
    text = drafts.text(article_id)[0].replace("isn’t", "is not", 1)
    page.goto(f"{url}/staff/import")
    content = {"name": f"{article_id}.md", "mimeType": "text/markdown", "buffer": text.encode()}
    page.locator("input[type=file]").set_input_files(content)  # type: ignore[arg-type]
    page.get_by_role("button", name="Read the file").click()
    page.locator(".original").wait_for()
    picture(page, "import", lambda: page.locator(".writing").evaluate("each => each.scrollIntoView()"))


def teaches(page: Page, url: str) -> None:
    page.goto(f"{url}/staff/teach")
    page.locator("#question").fill(QUESTION)
    page.get_by_role("button", name="Find what is right").click()
    page.locator(".choice input").first.check()
    picture(page, "teach")
    page.get_by_role("button", name="Teach this").click()
    page.get_by_role("heading", name="Taught").wait_for()


def picture(page: Page, name: str, before: Callable[[], object] = lambda: None) -> None:
    """Keep what is in view, in few colours and so in few bytes."""
    page.evaluate("scrollTo(0, 0)")
    before()
    page.wait_for_timeout(300)
    shown = Image.open(BytesIO(page.screenshot())).convert("RGB")
    shown.quantize(COLOURS, dither=Image.Dither.NONE).save(HERE / f"staff-{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
