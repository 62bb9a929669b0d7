"""Importing on the staff pages: beside the original, safe to look at, a draft only, compared when it comes again."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from desks import Clinic, Staff, text_of, value_of
from werkzeug.datastructures import FileStorage

from chatbot import Imports
from corpus import Fetched, Imported

PAGE = """<html><head><title>Tea at home</title></head><body><article>
<h1>Tea at home</h1><p>Tea is poured hot, and it is poured slowly. <a href="javascript:steal()">More</a></p>
<p onclick="steal()">A cup is warmed before the tea is poured.</p><script>steal()</script>
<img src="https://tracker.example/pixel.gif"><ul><li>Bring a cup</li><li>Bring a friend</li></ul>
</article></body></html>"""
ITEM = "<item><title>{0}</title><link>https://example.org/{1}</link><description>&lt;p&gt;{2}&lt;/p&gt;</description></item>"
CUPS = ITEM.format("Cups", "cups", "A cup holds tea, and it is warm to hold.")
SPOONS = ITEM.format("Spoons", "spoons", "A spoon stirs tea, and it is put aside.")
FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>The Harbour Clinic</title>'
    f"<link>https://example.org</link>{CUPS}{SPOONS}</channel></rss>"
)
OURS = """---
title: Spoons
source: S
reviewed: 2026-10-01
url: https://example.org/spoons
---

A spoon stirs coffee, and it is put aside.
"""


@pytest.fixture
def editor(clinic: Clinic) -> Staff:
    return Staff.log_in(clinic.app, role="editor")


def file(content: bytes | str, name: str) -> FileStorage:
    data = content.encode() if isinstance(content, str) else content
    return FileStorage(io.BytesIO(data), name)


def drafts_of(clinic: Clinic) -> set[str]:
    return {path.stem for path in (clinic.corpus / "articles").glob("*.md")}


def sent(page: str, **changed: str) -> dict[str, str]:
    names = ("version", "id", "title", "source", "reviewed", "author", "language", "url", "body")
    return {name: value_of(page, name) for name in names} | changed


def test_a_word_file_becomes_a_draft_and_visitors_notice_nothing(clinic: Clinic, editor: Staff) -> None:
    document = docx.Document()
    document.add_heading("Tea at home", 0)
    document.add_heading("Before you pour", 1)
    document.add_paragraph("Tea is poured hot, and it is poured slowly.")
    document.add_paragraph("Bring a cup", style="List Bullet")
    written = io.BytesIO()
    document.save(written)
    answer = editor.post("/staff/import", way="file", file=file(written.getvalue(), "tea.docx"))
    assert value_of(answer.text, "title") == "Tea at home"
    assert "## Before you pour" in value_of(answer.text, "body")
    assert drafts_of(clinic) == {"samovars", "parrots"}
    place = answer.request.path
    saved = editor.post(place, do="save", **sent(answer.text, source="The Harbour Clinic"))
    assert "New, not yet published" in text_of(saved.text)
    assert "- Bring a cup" in (clinic.corpus / "articles/tea-at-home.md").read_text("utf-8")
    assert clinic.app.test_client().get("/articles/tea-at-home").status_code == 404
    assert clinic.audit()[0] == ("Joy", "article imported", "tea-at-home", "tea.docx")
    assert editor.get(place).status_code == 302  # what is saved is not saved twice


def test_a_page_of_the_web_keeps_its_address_and_may_not_take_that_of_another_site(
    editor: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web is not to be had here: what was fetched is given, and everything after that is real."""
    page = PAGE.replace("<head>", '<head><link rel="canonical" href="https://elsewhere.example/stolen">').encode()
    fetched = Fetched(page, "tea", "text/html", "https://tea.example/at-home")
    monkeypatch.setattr("web.staff.importing.fetch", lambda address: fetched)
    answer = editor.post("/staff/import", way="address", address="https://tea.example/at-home")
    assert value_of(answer.text, "url") == "https://tea.example/at-home"


def test_the_original_is_shown_beside_it_and_nothing_in_it_runs_or_is_fetched(editor: Staff) -> None:
    page = editor.post("/staff/import", way="file", file=file(PAGE, "tea.html")).text
    original = page.split('class="original"')[1].split("</section>")[0]
    assert "A cup is warmed before" in original
    assert "<li>Bring a cup</li>" in original
    for danger in ("steal", "onclick", "<img", "javascript", "href"):
        assert danger not in original
    assert "steal" not in value_of(page, "body")


def test_text_in_a_box_is_corrected_before_it_is_saved(clinic: Clinic, editor: Staff) -> None:
    answer = editor.post("/staff/import", way="text", title="Cups", text="A cup is a miracle, and it holds tea.")
    assert answer.status_code == 200
    assert "'miracle'" in text_of(answer.text)
    place = answer.request.path
    fixed = sent(answer.text, body="A cup holds tea.\n", source="The Harbour Clinic", reviewed="2026-11-01")
    again = editor.post(place, do="preview", **fixed)
    assert "miracle" not in text_of(again.text).split("Checks")[1].split("As a visitor")[0]
    editor.post(place, do="save", **fixed)
    assert "A cup holds tea." in (clinic.corpus / "articles/cups.md").read_text("utf-8")


def test_a_source_is_asked_for_where_nobody_is_named(clinic: Clinic, editor: Staff) -> None:
    answer = editor.post("/staff/import", way="text", title="Cups", text="A cup holds tea, and it is warm to hold.")
    assert value_of(answer.text, "source") == ""
    assert "Where it comes from Must be mended Fill this in." in text_of(answer.text)


def test_a_feed_gives_many_and_all_new_ones_are_saved_at_once(clinic: Clinic, editor: Staff) -> None:
    clinic.write(
        "articles/spoons.md", "---\ntitle: Spoons\nsource: S\nurl: https://example.org/spoons\n---\nA spoon stirs.\n"
    )
    answer = editor.post("/staff/import", way="file", file=file(FEED, "feed.xml"))
    assert "2 articles in feed.xml" in text_of(answer.text)
    assert "Spoons You have it already: compare" in text_of(answer.text)
    assert "cups" not in drafts_of(clinic)
    done = editor.post(answer.request.path, source="The Harbour Clinic")
    assert "Cups Saved as a draft" in text_of(done.text)
    assert "A cup holds tea" in (clinic.corpus / "articles/cups.md").read_text("utf-8")
    assert "A spoon stirs.\n" in (clinic.corpus / "articles/spoons.md").read_text("utf-8")


def test_what_comes_again_shows_what_it_would_change_and_keeps_the_name(clinic: Clinic, editor: Staff) -> None:
    clinic.write("articles/my-spoons.md", OURS)
    batch = editor.post("/staff/import", way="file", file=file(FEED, "feed.xml")).request.path
    answer = editor.get(f"{batch}/2")
    assert "Compare with what you have" in answer.text
    assert "<del>coffee</del><ins>tea</ins>" in answer.text
    editor.post(f"{batch}/2", do="save", **sent(answer.text))
    saved = (clinic.corpus / "articles/my-spoons.md").read_text("utf-8")
    assert "stirs tea" in saved
    assert "spoons" not in drafts_of(clinic)


def test_a_draft_that_changed_while_it_was_compared_is_not_overwritten(clinic: Clinic, editor: Staff) -> None:
    clinic.write("articles/spoons.md", OURS)
    batch = editor.post("/staff/import", way="file", file=file(FEED, "feed.xml")).request.path
    page = editor.get(f"{batch}/2").text
    clinic.write("articles/spoons.md", OURS.replace("put aside", "washed"))
    answer = editor.post(f"{batch}/2", do="save", **sent(page))
    assert answer.status_code == 409
    assert "washed" in answer.text
    assert "washed" in (clinic.corpus / "articles/spoons.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"way": "file"}, "No file was chosen"),
        ({"way": "file", "file": (b"\x00\x01\x02" * 50, "x.bin")}, ""),
        ({"way": "text", "text": " "}, ""),
        ({"way": "address", "address": "http://127.0.0.1/secret"}, ""),
        ({"way": "address", "address": "file:///etc/passwd"}, ""),
    ],
)
def test_what_cannot_be_imported_is_said_in_one_sentence_and_nothing_typed_is_lost(
    clinic: Clinic, editor: Staff, fields: dict[str, str | tuple[bytes, str]], words: str
) -> None:
    given = {key: file(*value) if isinstance(value, tuple) else value for key, value in fields.items()}
    answer = editor.post("/staff/import", **given)
    assert answer.status_code == 422
    alert = text_of(answer.text.split('role="alert"')[1].split("</p>")[0])
    assert words in alert
    assert len(alert) > 20
    if "address" in fields:
        assert str(fields["address"]) in answer.text
    assert drafts_of(clinic) == {"samovars", "parrots"}


def test_what_was_imported_is_found_by_its_token_alone_and_forgotten_after_a_day(tmp_path: Path) -> None:
    import os

    imports = Imports(tmp_path)
    token = imports.keep([Imported("Cups", "A cup.", notes=("A picture.",))], "cups.docx")
    imports.saved(token, 1, "cups")
    batch = Imports(tmp_path).batch(token)
    assert (batch.items[0].notes, batch.saved, batch.origin) == (("A picture.",), {1: "cups"}, "cups.docx")
    path = tmp_path / "imports" / f"{token}.json"
    assert (tmp_path / "imports").stat().st_mode & 0o077 == 0
    os.utime(path, (0, 0))
    imports.keep([Imported("Spoons", "A spoon.")], "spoons.docx")
    assert not path.exists()


@pytest.mark.parametrize("token", ["nothing-of-this-name", "..%2F..%2Fetc", "a"])
def test_an_import_that_is_not_there_is_not_found(editor: Staff, token: str) -> None:
    assert editor.get(f"/staff/import/{token}").status_code == 404
    assert editor.get(f"/staff/import/{token}/1").status_code == 404
