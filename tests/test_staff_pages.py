"""People, the audit log, what visitors could not find and what they said: staff see it, and what they do is noted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from desks import Clinic, Staff, text_of, value_of
from fakes import SAMOVARS

from chatbot import Audit, Journal, People
from index import Built


@pytest.fixture
def ada(clinic: Clinic) -> Staff:
    return Staff.log_in(clinic.app, "Ada", "administrator")


def journal(clinic: Clinic) -> Journal:
    return clinic.app.extensions["service"].journal  # type: ignore[no-any-return]


def state_of(page: str, name: str) -> str:
    found = re.search(rf'<th scope="row">{name}\b.*?</tr>', page, re.S)
    assert found, f"{name} is not in the list"
    shown = re.search(r'class="state \w+">([^<]+)<', found[0])
    assert shown
    return shown[1]


def test_an_administrator_invites_and_the_link_is_shown_once(clinic: Clinic, ada: Staff) -> None:
    page = ada.post("/staff/people/invite", name="Mona", role="publisher")
    link = value_of(page.text.replace('id="link" value', 'name="link" value'), "link")
    assert link.startswith("http://localhost/staff/welcome/")
    assert state_of(page.text, "Mona") == "Invited"
    assert "Welcome, Mona" in text_of(clinic.app.test_client().get(link).text)
    assert link not in ada.get("/staff/people").text
    assert not [address for address in ada.addresses if "Mona" in address]
    assert ("Ada", "invited", "Mona", "publisher") in clinic.audit()


def test_a_role_is_changed_and_somebody_is_shut_out_let_in_and_reset(clinic: Clinic, ada: Staff) -> None:
    mona = Staff.log_in(clinic.app, "Mona", "editor")
    assert "Mona is now publisher" in ada.post("/staff/people/role", name="Mona", role="publisher").text
    assert "Mona can no longer log in" in (page := ada.post("/staff/people/disable", name="Mona").text)
    assert state_of(page, "Mona") == "Shut out"
    assert mona.get("/staff/").status_code == 303
    assert state_of(ada.post("/staff/people/enable", name="Mona").text, "Mona") == "Can log in"
    page = ada.post("/staff/people/reset", name="Mona").text
    assert state_of(page, "Mona") == "Invited"
    assert "/staff/welcome/" in page
    assert [entry[1] for entry in clinic.audit()][:4] == ["reset", "enabled", "disabled", "changed the role"]


def test_the_last_administrator_cannot_be_lost_by_a_crafted_form(clinic: Clinic, ada: Staff) -> None:
    for path, fields in (("role", {"role": "editor"}), ("disable", {})):
        page = ada.post(f"/staff/people/{path}", name="Ada", **fields)
        assert page.status_code == 422
        assert 'role="alert"' in page.text
    person = People(clinic.app.extensions["service"].database).people()[0]
    assert (person.role, person.active) == ("administrator", True)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("invite", {"name": "", "role": "editor"}),
        ("invite", {"name": "Ada", "role": "editor"}),
        ("invite", {"name": "Mona", "role": "queen"}),
        ("reset", {"name": "Nobody"}),
        ("role", {"name": "Nobody", "role": "editor"}),
        ("disable", {"name": "Nobody"}),
        ("enable", {}),
    ],
)
def test_what_cannot_be_done_with_an_account_is_said(ada: Staff, path: str, fields: dict[str, str]) -> None:
    page = ada.post(f"/staff/people/{path}", **fields)
    assert page.status_code == 422
    found = re.search(r'role="alert">([^<]+)<', page.text)
    assert found
    assert found[1].endswith(".")
    assert not found[1][0].islower()


def test_the_audit_log_shows_the_newest_first_and_leads_to_the_older(clinic: Clinic, ada: Staff) -> None:
    audit = Audit(clinic.app.extensions["service"].database)
    for number in range(150):
        audit.record("Ada", "poured", f"cup {number:03}", "<b>hot</b>")
    page = ada.get("/staff/audit").text
    shown = re.findall(r"cup \d{3}", page)
    assert shown == [f"cup {number:03}" for number in range(149, 49, -1)]
    assert "&lt;b&gt;hot" in page
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older
    page = ada.get(older[1]).text
    assert re.findall(r"cup \d{3}", page) == [f"cup {number:03}" for number in range(49, -1, -1)]
    assert 'rel="next"' not in page
    assert ada.get("/staff/audit?before=nonsense").status_code == 200


def ask_in_vain(clinic: Clinic, *questions: str, edition: str = "an-edition") -> None:
    for question in questions:
        journal(clinic).record("not_covered", "", [], 1.0, edition)
        journal(clinic).record_unanswered(question, edition)
    journal(clinic).flush(30)


def test_reading_what_visitors_could_not_find_is_noted_before_it_is_shown(clinic: Clinic, ada: Staff) -> None:
    ada.read("/staff/gaps")
    assert "questions read" not in {entry[1] for entry in clinic.audit()}
    ask_in_vain(clinic, "does the dinghy leak", "my rowboat leaks", "where is the macaw")
    assert "does the dinghy leak" in ada.read("/staff/gaps")
    assert clinic.audit()[0] == ("Ada", "questions read", "what visitors could not find", "3 questions")


def test_what_cannot_be_noted_is_not_shown(clinic: Clinic, ada: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    ask_in_vain(clinic, "does the dinghy leak")
    from chatbot import JournalError

    def refuse(*_: object) -> None:
        raise JournalError("the journal cannot be written")

    monkeypatch.setattr(Audit, "record", refuse)
    page = ada.get("/staff/gaps")
    assert page.status_code == 503
    assert "dinghy" not in page.text


def test_questions_that_mean_the_same_stand_together_and_are_dismissed_together(clinic: Clinic, ada: Staff) -> None:
    ask_in_vain(clinic, *[f"{word} leaks" for word in ("dinghy", "rowboat", "dinghies", "my dinghy", "the rowboat")])
    ask_in_vain(clinic, "where is the macaw")
    page = ada.get("/staff/gaps").text
    groups = re.findall(r'<article class="card gap".*?</article>', page, re.S)
    assert len(groups) == 2
    assert "5 questions" in groups[0]
    assert "Often asked" in groups[0]
    assert "Often asked" not in groups[1]
    numbers = re.findall(r'name="number" value="(\d+)"', groups[0])
    assert len(numbers) == 5
    page = ada.post("/staff/gaps/dismiss", number=numbers).text
    assert "5 questions dismissed" in page
    assert "dinghy" not in page
    assert "where is the macaw" in page
    assert ("Ada", "questions dismissed", "what visitors could not find", "5 questions") in clinic.audit()
    assert [kept.text for kept in journal(clinic).unanswered()] == ["where is the macaw"]


def test_a_question_travels_in_forms_and_never_in_an_address(clinic: Clinic, ada: Staff) -> None:
    ask_in_vain(clinic, "why did the parrot eat marmalade")
    page = ada.get("/staff/gaps").text
    for group in re.findall(r'<article class="card gap".*?</article>', page, re.S):
        assert not re.search(r'(href|action)="[^"]*marmalade', group)
        forms = re.findall(r'<form method="(\w+)" action="([^"]+)"', group)
        assert forms == [("post", "/staff/teach"), ("post", "/staff/gaps/article"), ("post", "/staff/gaps/dismiss")]
    question = value_of(page.replace("<button", "<input"), "question")
    taught = ada.post("/staff/teach", do="start", question=question)
    assert taught.status_code == 200
    assert question in text_of(taught.text)
    near = ada.post("/staff/gaps/article", question=question)
    assert "A parrot repeats what it hears." in text_of(near.text)
    assert 'href="/staff/articles/parrots"' in near.text
    assert not [address for address in ada.addresses if "marmalade" in address]


def test_topics_and_the_trend_are_shown_where_no_words_are_kept(clinic: Clinic, ada: Staff) -> None:
    for _ in range(3):
        journal(clinic).record("not_covered", "", [], 1.0, "an-edition", "cost")
    journal(clinic).record("answer", "", ["parrots:0-31"], 1.0, "an-edition")
    journal(clinic).flush(30)
    page = ada.read("/staff/gaps")
    assert "The words of unanswered questions are not kept here" in page
    assert "cost 3" in page
    monday = datetime.now(UTC).date()
    monday -= timedelta(days=monday.weekday())
    assert f"{monday.day} {monday:%b %Y} 4 3" in page


def judge(clinic: Clinic, edition: str, reason: str, *places: str, times: int = 1) -> None:
    for _ in range(times):
        journal(clinic).record_feedback(edition, places, reason)
    journal(clinic).flush(30)


def place(body: str, words: str) -> str:
    start = body.index(words)
    return f"{start}-{start + len(words)}"


BODY = SAMOVARS.split("---\n", 2)[2]
FILLED = "A samovar is filled from the top. The lid goes on afterwards."
OIL = "A lantern needs oil, and it burns all night."


def test_what_somebody_called_unsafe_stands_first_with_the_words_that_were_quoted(clinic: Clinic, ada: Staff) -> None:
    edition = clinic.app.extensions["service"].edition_id
    judge(clinic, edition, "useful", f"samovars:{place(BODY, FILLED)}", times=9)
    judge(clinic, edition, "wrong", f"samovars:{place(BODY, FILLED)}", times=4)
    judge(clinic, edition, "unsafe", f"samovars:{place(BODY, OIL)}")
    page = ada.read("/staff/feedback")
    assert page.index("Could be unsafe: 1") < page.index("Wrong: 4")
    assert page.index(OIL) < page.index(FILLED)
    assert "1 Could be unsafe" in page
    assert "9 Useful" in page
    assert "These words have changed" not in page


def test_feedback_on_words_that_changed_since_shows_the_old_words(
    clinic: Clinic, ada: Staff, build: Callable[..., Built]
) -> None:
    old = clinic.app.extensions["service"].edition_id
    judge(clinic, old, "wrong", f"samovars:{place(BODY, FILLED)}")
    judge(clinic, old, "unclear", f"samovars:{place(BODY, OIL)}")
    judge(clinic, "20200101-000000-00000000", "wrong", "samovars:0-9", "gone:0-4")
    clinic.write("articles/samovars.md", SAMOVARS.replace("from the top", "from below").replace("## How", "### How"))
    build(clinic.corpus, clinic.var)
    clinic.app.extensions["service"]._looked = float("-inf")
    page = ada.get("/staff/feedback").text
    cards = [text_of(card) for card in re.findall(r'<section class="card judged".*?</section>', page, re.S)]
    assert len(cards) == 3
    filled = next(card for card in cards if FILLED in card)
    assert "These words have changed since" in filled
    oil = next(card for card in cards if OIL in card)
    assert "These words have changed since" not in oil
    gone = next(card for card in cards if "the edition that quoted them is gone" in card)
    assert "Wrong: 1" in gone


def test_feedback_as_a_file(clinic: Clinic, ada: Staff) -> None:
    edition = clinic.app.extensions["service"].edition_id
    judge(clinic, edition, "unsafe", f"samovars:{place(BODY, OIL)}", times=2)
    lines = ada.get("/staff/feedback.csv").get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert lines[0] == "articles,quoted,Could be unsafe,Wrong,Unclear,Not what was asked,Useful"
    assert lines[1:] == [f'samovars,"{OIL}",2,0,0,0,0']
    assert clinic.audit()[0][1] == "feedback exported"


def test_the_menu_shows_what_a_role_may_open(clinic: Clinic, ada: Staff) -> None:
    joy = Staff.log_in(clinic.app, "Joy", "editor")
    for staff, sees in ((ada, True), (joy, False)):
        page = staff.get("/staff/").text
        assert ('href="/staff/people"' in page) is sees
        assert ('href="/staff/audit"' in page) is sees
        for path in re.findall(r'<li><a href="(/staff/[^"]*)"', page):
            assert staff.get(path).status_code == 200, path
        assert page.count('aria-current="page"') == 1


@pytest.mark.parametrize("address", ["/staff/import", "/staff/new-article", "/staff/articles/samovars"])
def test_the_menu_shows_where_a_page_belongs(ada: Staff, address: str) -> None:
    page = ada.get(address).text
    assert re.findall(r'aria-current="(\w+)">([^<]+)<', page) == [("true", "Articles")]


def test_an_address_without_a_page_is_said_kindly(ada: Staff) -> None:
    assert ada.get("/staff/articles/nothing-here").status_code == 404
    page = ada.get("/staff/coverage/nothing-here")
    assert page.status_code == 404
    assert "nothing at this address" in text_of(page.text)
    assert ada.get("/staff/people/invite").status_code in (404, 405)


def test_days_are_written_as_people_say_them(clinic: Clinic, ada: Staff) -> None:
    today = date.today()
    assert f"{today.day} {today:%b %Y}" in ada.read("/staff/")
