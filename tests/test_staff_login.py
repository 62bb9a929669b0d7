"""Only people with an account, a password and a code get in, and the log-in leads nowhere else."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pyotp
import pytest
import segno
from desks import (
    PASSWORD,
    Clinic,
    Staff,
    account,
    address_of,
    database,
    is_in,
    later,
    needed,
    people,
    sent_to_log_in,
    shift_time,
    staff_rules,
    stranger,
    text_of,
    token_of,
)


def test_an_invitation_leads_to_a_password_a_picture_a_code_and_in(clinic: Clinic) -> None:
    link = f"/staff/welcome/{people(clinic).invite('Mona', 'editor', 'the test')}"
    mona = stranger(clinic)
    assert "Welcome, Mona" in mona.read(link)
    page = mona.post(link, password=PASSWORD, again=PASSWORD)
    assert page.request.path == "/staff/second-factor"
    found = re.search(r'class="secret">([^<]+)<', page.text)
    assert found
    picture = mona.get("/staff/second-factor.svg")
    assert picture.content_type == "image/svg+xml"
    assert picture.data.startswith(b"<?xml")
    assert b"<svg" in picture.data
    mona.token = token_of(page.text)
    wrong = mona.post("/staff/second-factor", code="000000")
    assert wrong.status_code == 403
    assert "The code is wrong" in text_of(wrong.text)
    assert not is_in(mona)
    page = mona.post("/staff/second-factor", code=pyotp.TOTP(found[1].replace(" ", "")).now())
    assert "Your account is ready" in page.text
    assert is_in(mona)
    assert mona.get("/staff/second-factor.svg").status_code == 404
    assert stranger(clinic).get(link).status_code == 404


def test_the_picture_holds_the_secret_that_the_app_needs(clinic: Clinic) -> None:
    link = f"/staff/welcome/{people(clinic).invite('Mona', 'editor', 'the test')}"
    mona = stranger(clinic)
    mona.post(link, password=PASSWORD, again=PASSWORD)
    person = people(clinic).people()[0]
    _, address = people(clinic).second_factor(person)
    drawn = re.search(r'd="([^"]+)"', mona.get("/staff/second-factor.svg").text.split("qrline")[1])
    expected = re.search(r'd="([^"]+)"', segno.make(address, error="m").svg_inline(scale=5, border=4))
    assert drawn
    assert expected
    assert drawn[1] == expected[1]


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("two words", "two words", "12"),
        (PASSWORD, PASSWORD + "!", "not the same"),
        ("mona mona mona", "mona mona mona", "name"),
    ],
)
def test_a_password_that_cannot_be_taken_is_explained(clinic: Clinic, password: str, again: str, says: str) -> None:
    link = f"/staff/welcome/{people(clinic).invite('Mona', 'editor', 'the test')}"
    page = stranger(clinic).post(link, password=password, again=again)
    assert page.status_code == 422
    assert says in text_of(page.text)
    assert password not in page.text
    assert "Welcome, Mona" in page.text


def test_name_password_and_code_are_all_needed_and_the_words_tell_nobody_which_was_wrong(clinic: Clinic) -> None:
    codes = account(database(clinic), "Joy", "editor")
    said = set()
    for name, password, code in (
        ("Nobody", PASSWORD, later(codes)),
        ("Joy", "cold the pot before you pour", later(codes)),
        ("Joy", PASSWORD, "000000"),
        ("Joy", PASSWORD, ""),
    ):
        joy = stranger(clinic)
        page = joy.post("/staff/log-in", name=name, password=password, code=code)
        assert page.status_code == 403
        found = re.search(r'role="alert">([^<]+)<', page.text)
        assert found
        said.add(found[1])
        assert not is_in(joy)
        assert password not in page.text
    assert len(said) == 1
    joy = stranger(clinic)
    joy.post("/staff/log-in", name="Joy", password=PASSWORD, code=later(codes))
    assert is_in(joy)


def test_a_code_lets_in_once(clinic: Clinic) -> None:
    code = later(account(database(clinic), "Joy", "editor"))
    first, second = stranger(clinic), stranger(clinic)
    for staff in (first, second):
        staff.post("/staff/log-in", name="Joy", password=PASSWORD, code=code)
    assert is_in(first)
    assert not is_in(second)


def test_without_a_second_factor_nothing_opens_but_the_page_that_sets_one_up(clinic: Clinic) -> None:
    store = people(clinic)
    store.accept(store.invite("Mona", "administrator", "the test"), PASSWORD)
    mona = stranger(clinic)
    page = mona.post("/staff/log-in", name="Mona", password=PASSWORD, code="")
    assert page.request.path == "/staff/second-factor"
    for rule in staff_rules(clinic.app):
        if needed(clinic.app, rule) and "GET" in (rule.methods or ()):
            assert sent_to_log_in(mona.get(address_of(rule))), rule.rule
    assert mona.get("/staff/second-factor").status_code == 200


def test_setting_up_a_second_factor_ends_when_it_takes_too_long(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = people(clinic)
    store.accept(store.invite("Mona", "editor", "the test"), PASSWORD)
    mona = stranger(clinic)
    mona.post("/staff/log-in", name="Mona", password=PASSWORD, code="")
    shift_time(monkeypatch, 31 * 60)
    assert sent_to_log_in(mona.get("/staff/second-factor"))
    assert mona.get("/staff/second-factor.svg").status_code == 404


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/staff/", "//evil.example", "/\\evil.example", "/staffing", "javascript:alert(1)", "/"],
)
def test_logging_in_leads_to_no_other_address(clinic: Clinic, wanted: str) -> None:
    codes = account(database(clinic), "Joy", "editor")
    joy = stranger(clinic)
    fields = {"csrf_token": joy.token, "name": "Joy", "password": PASSWORD, "code": later(codes)}
    came = joy.client.post("/staff/log-in", query_string={"next": wanted}, data=fields)
    assert came.headers["Location"] == "/staff/"


def test_logging_in_leads_to_the_page_that_was_asked_for(clinic: Clinic) -> None:
    codes = account(database(clinic), "Joy", "editor")
    joy = Staff(clinic.app.test_client())
    sent = joy.get("/staff/articles?state=waiting")
    log_in = sent.headers["Location"]
    assert urlsplit(log_in).path == "/staff/log-in"
    joy.token = token_of(joy.get(log_in).text)
    came = joy.post(log_in, follow=False, name="Joy", password=PASSWORD, code=later(codes))
    assert came.headers["Location"] == "/staff/articles?state=waiting"


NEW = "a kettle sings on the hob"


def test_somebody_changes_their_own_password_and_every_other_session_ends(clinic: Clinic) -> None:
    here, elsewhere = Staff.log_in(clinic.app), stranger(clinic)
    cookie = here.client.get_cookie("staff", path="/staff")
    assert cookie
    elsewhere.client.set_cookie("staff", cookie.value, path="/staff")
    assert is_in(elsewhere)
    assert 'href="/staff/password"' in here.get("/staff/").text
    said = here.post("/staff/password", now=PASSWORD, password=NEW, again=NEW)
    assert "Your password is changed" in text_of(said.text)
    assert is_in(here)
    assert not is_in(elsewhere)
    assert clinic.audit()[0] == ("Joy", "changed the password", "Joy", "")
    here.token = token_of(said.text)
    assert "is wrong" in text_of(here.post("/staff/password", now=PASSWORD, password=PASSWORD, again=PASSWORD).text)
    assert "is changed" in text_of(here.post("/staff/password", now=NEW, password=PASSWORD, again=PASSWORD).text)


@pytest.mark.parametrize(
    ("now", "password", "again", "says"),
    [
        ("not this one at all", NEW, NEW, "The current password is wrong"),
        (PASSWORD, NEW, NEW + "!", "not the same"),
        (PASSWORD, "two words", "two words", "12"),
        (PASSWORD, "joy joy joy joy", "joy joy joy joy", "name"),
        ("", "", "", "The current password is wrong"),
    ],
)
def test_a_password_that_is_not_changed_says_why(
    clinic: Clinic, now: str, password: str, again: str, says: str
) -> None:
    joy = Staff.log_in(clinic.app)
    page = joy.post("/staff/password", now=now, password=password, again=again)
    assert page.status_code == 422
    assert says in text_of(page.text)
    assert is_in(joy)
    assert not [row for row in clinic.audit() if row[1] == "changed the password"]


def test_who_tries_passwords_in_an_open_session_must_wait(clinic: Clinic) -> None:
    joy = Staff.log_in(clinic.app)
    for _ in range(5):
        assert "is wrong" in text_of(joy.post("/staff/password", now="wrong", password=NEW, again=NEW).text)
    assert "Too many wrong tries" in text_of(joy.post("/staff/password", now=PASSWORD, password=NEW, again=NEW).text)
