"""Articles on the staff pages: a long list stays comfortable, checks stand beside their lines, nothing is ever lost."""

from __future__ import annotations

import re

import pytest
from desks import Clinic, Staff, text_of, value_of
from fakes import SAMOVARS, article_text

BODY = "## Tea\n\nTea is poured hot.\n"


@pytest.fixture
def editor(clinic: Clinic) -> Staff:
    return Staff.log_in(clinic.app, role="editor")


def form_of(page: str) -> dict[str, str]:
    return {name: value_of(page, name) for name in ("version", "title", "source", "reviewed", "url", "body")}


def test_the_list_shows_state_review_date_and_what_is_to_mend(clinic: Clinic, editor: Staff) -> None:
    clinic.write("articles/tea.md", "---\ntitle: Tea\nsource: S\n---\nTea is a miracle.\n")
    clinic.write("articles/torn.md", "no front matter")
    clinic.write("articles/parrots.md", (clinic.corpus / "articles/parrots.md").read_text("utf-8") + "\nMore.\n")
    page = editor.get("/staff/articles").text
    rows = {
        row[1]: text_of(row[0])
        for row in re.findall(r'(<tr>\s*<th scope="row"><a href="[^"]*/([^"]+)".*?</tr>)', page, re.S)
    }
    assert set(rows) == {"samovars", "parrots", "tea", "torn"}
    assert re.search(r"Published \d+ \w+ \d{4} Nothing to mend", rows["samovars"])
    assert "Changed, not yet published" in rows["parrots"]
    assert "New, not yet published No date 2 to look at" in rows["tea"]
    assert "Must be mended No date 1 to mend" in rows["torn"]


def test_a_thousand_articles_are_found_by_words_state_and_page(clinic: Clinic, editor: Staff) -> None:
    for number in range(1000):
        clinic.write(f"articles/tea-{number:04}.md", article_text(f"Tea number {number} is hot.\n", f"Tea {number:04}"))
    editor.get("/staff/articles")
    page = editor.get("/staff/articles?state=waiting&page=3").text
    assert "1000 of 1002 articles, page 3 of 20" in text_of(page)
    assert page.count('<th scope="row">') == 50
    assert "Tea 0100" in page
    assert "state=waiting" in page.split('rel="next"')[1].split(">")[0]
    assert "1 of 1002" in editor.read("/staff/articles?title=TEA+0777")
    assert "No article fits" in editor.read("/staff/articles?title=coffee&page=7")
    assert "page 20 of 20" in editor.read("/staff/articles?page=99999&state=waiting&order=nonsense")


def test_what_nobody_changed_is_saved_as_it_was(clinic: Clinic, editor: Staff) -> None:
    page = editor.get("/staff/articles/samovars").text
    editor.post("/staff/articles/samovars", do="save", **form_of(page))
    assert (clinic.corpus / "articles/samovars.md").read_text("utf-8") == SAMOVARS


def test_an_edit_is_saved_as_a_draft_and_visitors_read_what_they_read(clinic: Clinic, editor: Staff) -> None:
    form = form_of(editor.get("/staff/articles/samovars").text)
    form |= {"body": form["body"].replace("from the top", "from below").replace("\n", "\r\n"), "reviewed": "2026-01-02"}
    page = text_of(editor.post("/staff/articles/samovars", do="save", **form).text)
    assert "Changed, not yet published" in page
    saved = (clinic.corpus / "articles/samovars.md").read_text("utf-8")
    assert "filled from below" in saved
    assert "\nreviewed: 2026-01-02\n" in saved
    assert "\r" not in saved
    assert "from the top" in clinic.app.test_client().get("/articles/samovars").text
    assert ("Joy", "article changed", "samovars", "") in clinic.audit()


def test_checks_name_the_line_of_the_box_and_show_its_words(editor: Staff) -> None:
    form = {
        "title": "Tea",
        "source": "",
        "body": "## Tea\n\nIt is hot.\n\nTea is a miracle and a cure.\n",
        "do": "preview",
    }
    page = editor.post("/staff/new-article", **form).text
    found = re.search(r'data-line="5".*?</ul>', page, re.S)
    assert found
    shown = text_of(found[0])
    assert "Tea is a miracle and a cure." in shown
    assert "'miracle'" in shown
    assert "'cure'" in shown
    assert re.search(r"Where it comes from\s*<strong>Must be mended", page)
    assert value_of(page, "body") == form["body"]


def test_the_preview_shows_the_article_and_the_pieces_that_the_bot_reads(editor: Staff) -> None:
    body = "## Tea\n\nTea is poured hot. <script>alert(1)</script>\n\nThat said, not for everyone.\n"
    preview = editor.post("/staff/article-preview", title="Tea", source="S", body=body, of="").text
    assert "<html" not in preview
    assert "<script" not in preview
    assert "in 2 pieces" in text_of(preview)
    assert "Tea is poured hot." in "".join(re.findall(r"<mark>(.*?)</mark>", preview))
    assert "Never quoted without the paragraph after it" in preview


def test_a_preview_tells_which_known_questions_would_lose_their_answer(clinic: Clinic, editor: Staff) -> None:
    quote = "A samovar is filled from the top."
    clinic.write(
        "questions/a.toml",
        f'[[example]]\nanswers = [{{ article = "samovars", quote = "{quote}" }}]\nquestions = ["how"]\n',
    )
    form = form_of(editor.get("/staff/articles/samovars").text)
    assert "Known questions lose their answer" not in editor.read("/staff/articles/samovars")
    form["body"] = form["body"].replace("from the top", "from below")
    page = text_of(editor.post("/staff/articles/samovars", do="preview", **form).text)
    assert "Known questions lose their answer" in page
    assert quote in page


def test_of_two_who_write_at_once_the_second_sees_both_texts_and_loses_nothing(clinic: Clinic, editor: Staff) -> None:
    other = Staff.log_in(clinic.app, "Sam", "editor")
    first = form_of(editor.get("/staff/articles/samovars").text)
    second = form_of(other.get("/staff/articles/samovars").text)
    editor.post("/staff/articles/samovars", do="save", **first | {"body": first["body"].replace("the top", "above")})
    mine = second["body"].replace("Count to ten", "Count to <twenty>")
    answer = other.post("/staff/articles/samovars", do="save", **second | {"body": mine})
    assert answer.status_code == 409
    assert "filled from above" in (clinic.corpus / "articles/samovars.md").read_text("utf-8")
    assert value_of(answer.text, "body") == mine
    assert "filled from above" in answer.text.split('id="theirs"')[1].split("</textarea>")[0]
    assert "<del>above</del>" in answer.text
    assert "&lt;<ins>" in answer.text or "<ins>&lt;" in answer.text
    kept = form_of(answer.text)
    assert "The draft is saved" in text_of(other.post("/staff/articles/samovars", do="save", **kept).text)
    assert "Count to <twenty>" in (clinic.corpus / "articles/samovars.md").read_text("utf-8")
    assert [entry[1] for entry in clinic.audit() if entry[0] == "Sam"][:3] == [
        "article changed",
        "not saved: somebody else changed it",
        "article changed",
    ]


def test_an_article_that_was_taken_out_meanwhile_comes_back_with_ones_own_text(clinic: Clinic, editor: Staff) -> None:
    form = form_of(editor.get("/staff/articles/parrots").text)
    editor.post("/staff/articles/parrots/remove", version=form["version"])
    answer = editor.post("/staff/articles/parrots", do="save", **form)
    assert answer.status_code == 409
    assert "took this article out" in text_of(answer.text)
    editor.post("/staff/articles/parrots", do="save", **form_of(answer.text))
    assert (clinic.corpus / "articles/parrots.md").exists()


def test_an_article_is_taken_out_and_brought_back(clinic: Clinic, editor: Staff) -> None:
    before = (clinic.corpus / "articles/parrots.md").read_bytes()
    page = editor.get("/staff/articles/parrots").text
    shown = editor.post("/staff/articles/parrots/remove", version=value_of(page, "version")).text
    assert "Bring it back" in shown
    assert not (clinic.corpus / "articles/parrots.md").exists()
    assert "Parrots" in editor.read("/staff/articles?state=removed")
    assert clinic.app.test_client().get("/articles/parrots").status_code == 200
    editor.post("/staff/articles/parrots/restore")
    assert (clinic.corpus / "articles/parrots.md").read_bytes() == before
    assert [entry[1] for entry in clinic.audit()][:2] == ["article brought back", "article taken out"]


def test_an_article_that_changed_meanwhile_is_not_taken_out(clinic: Clinic, editor: Staff) -> None:
    page = editor.get("/staff/articles/parrots").text
    clinic.write("articles/parrots.md", article_text("A parrot flies.\n", "Parrots"))
    assert "nothing was taken out" in text_of(
        editor.post("/staff/articles/parrots/remove", version=value_of(page, "version")).text
    )
    assert (clinic.corpus / "articles/parrots.md").exists()


def test_a_new_article_gets_a_short_name_of_its_title_and_never_anothers(clinic: Clinic, editor: Staff) -> None:
    form = {"title": "After your visit", "source": "The Harbour Clinic", "body": BODY, "do": "save"}
    editor.post("/staff/new-article", **form)
    assert (clinic.corpus / "articles/after-your-visit.md").read_text("utf-8").endswith(f"---\n{BODY}")
    answer = editor.post("/staff/new-article", **form)
    assert answer.status_code == 422
    assert value_of(answer.text, "body") == BODY
    for name in ("../../escape", "PARROTS", "a b", "new/one"):
        assert editor.post("/staff/new-article", **form | {"id": name}).status_code == 422
    assert sorted(path.name for path in clinic.corpus.rglob("*.md")) == [
        "after-your-visit.md",
        "parrots.md",
        "samovars.md",
    ]


def test_front_matter_that_no_form_can_show_is_mended_as_text(clinic: Clinic, editor: Staff) -> None:
    clinic.write("articles/torn.md", "---\ntitle: [Tea]\nsource: S\n---\nTea is hot.\n")
    page = editor.get("/staff/articles/torn").text
    assert value_of(page, "whole").startswith("---\ntitle: [Tea]")
    mended = "---\ntitle: Tea\nsource: S\n---\nTea is hot.\n"
    editor.post("/staff/articles/torn", do="save", version=value_of(page, "version"), whole=mended)
    assert (clinic.corpus / "articles/torn.md").read_text("utf-8") == mended
    assert value_of(editor.get("/staff/articles/torn").text, "title") == "Tea"


@pytest.mark.parametrize(
    "path",
    [
        "/staff/articles",
        "/staff/articles/samovars",
        "/staff/new-article",
        "/staff/import",
        "/staff/try",
        "/staff/teach",
        "/staff/publish",
        "/staff/history",
    ],
)
def test_a_stranger_sees_none_of_it(clinic: Clinic, path: str) -> None:
    stranger = clinic.app.test_client()
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/staff/log-in")
    assert stranger.post(path, data={}).status_code in (303, 400, 405)


def test_an_unknown_article_is_not_found(editor: Staff) -> None:
    assert editor.get("/staff/articles/coffee").status_code == 404
    assert editor.post("/staff/articles/coffee", do="save").status_code == 404
