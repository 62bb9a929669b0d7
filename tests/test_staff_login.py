"""Only people with an account, a password and a code get in; a session ends when it must; pages ask who is there."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest
import segno
from desks import PASSWORD, Clinic, Staff, account, open_clinic, text_of, token_of, value_of
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from chatbot import Database, People
from index import Built
from web.staff.session import role_of


@pytest.fixture
def clinic(tmp_path: Path, build: Callable[..., Built], words_encoder: Path, one_screen: None) -> Clinic:
    return open_clinic(tmp_path, build, words_encoder)


def database(clinic: Clinic) -> Database:
    return clinic.app.extensions["service"].database  # type: ignore[no-any-return]


def people(clinic: Clinic) -> People:
    return People(database(clinic))


def stranger(clinic: Clinic) -> Staff:
    staff = Staff(clinic.app.test_client())
    staff.token = token_of(staff.get("/staff/log-in").text)
    return staff


def later(code: pyotp.TOTP) -> str:
    """A code that is not used up yet."""
    return code.at(int(time.time()) + 30)


def is_in(staff: Staff) -> bool:
    return staff.get("/staff/").status_code == 200


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


def shift_time(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr("web.staff.session.clock", lambda: time.time() + seconds)


def test_half_an_hour_without_a_request_ends_the_session(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    joy = Staff.log_in(clinic.app)
    shift_time(monkeypatch, 29 * 60)
    assert is_in(joy)
    shift_time(monkeypatch, 58 * 60)
    assert is_in(joy)
    shift_time(monkeypatch, 89 * 60)
    assert sent_to_log_in(joy.get("/staff/"))
    assert "you had been away for a while" in joy.read("/staff/log-in")


def test_twelve_hours_end_the_session_of_the_busiest(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    joy = Staff.log_in(clinic.app)
    for minutes in range(20, 12 * 60, 20):
        shift_time(monkeypatch, minutes * 60)
        assert is_in(joy), minutes
    shift_time(monkeypatch, 12 * 60 * 60 + 60)
    assert sent_to_log_in(joy.get("/staff/"))


@pytest.mark.parametrize("ended", ["disabled", "reset", "logged out elsewhere"])
def test_a_session_ends_at_once_when_the_account_does_or_its_owner_logs_out(clinic: Clinic, ended: str) -> None:
    Staff.log_in(clinic.app, "Ada", "administrator")
    joy = Staff.log_in(clinic.app)
    copied = joy.client.get_cookie("staff", path="/staff")
    assert copied
    if ended == "disabled":
        people(clinic).disable("Joy", "Ada")
    elif ended == "reset":
        people(clinic).reset("Joy", "Ada")
    else:
        assert "You are logged out" in text_of(joy.post("/staff/log-out").text)
        joy.client.set_cookie("staff", copied.value, path="/staff")
    assert sent_to_log_in(joy.get("/staff/"))


def test_a_role_that_was_taken_is_gone_with_the_next_request(clinic: Clinic) -> None:
    Staff.log_in(clinic.app, "Ada", "administrator")
    joy = Staff.log_in(clinic.app, "Joy", "administrator")
    assert joy.get("/staff/people").status_code == 200
    people(clinic).set_role("Joy", "editor", "Ada")
    assert joy.get("/staff/people").status_code == 403


def test_the_cookie_is_closed_to_scripts_other_sites_and_visitors_pages(clinic: Clinic) -> None:
    for scheme, secure in (("http", False), ("https", True)):
        response = clinic.app.test_client().get("/staff/log-in", base_url=f"{scheme}://chat.example.org")
        cookie = response.headers["Set-Cookie"]
        parts = {part.strip() for part in cookie.split(";")[1:]}
        assert {"HttpOnly", "Path=/staff", "SameSite=Strict"} <= parts
        assert ("Secure" in parts) is secure
        assert not any(part.startswith(("Expires", "Max-Age", "Domain")) for part in parts)


def test_a_visitor_gets_no_cookie_and_no_varying_answer_even_with_a_staff_cookie(clinic: Clinic) -> None:
    joy = Staff.log_in(clinic.app)
    cookie = joy.client.get_cookie("staff", path="/staff")
    assert cookie
    visitor = clinic.app.test_client()
    visitor.set_cookie("staff", cookie.value, path="/")
    for path in ("/", "/articles/parrots", "/safety", "/embed", "/nowhere", "/staffing", "/static/x", "/api/nowhere"):
        response = visitor.get(path)
        assert "Set-Cookie" not in response.headers, path
        assert "Cookie" not in response.headers.get("Vary", ""), path
        assert "Joy" not in response.text
    posted = visitor.post("/api/ask", json={"question": "How is an urn filled?"})
    assert posted.status_code == 200
    assert "Set-Cookie" not in posted.headers


def test_logging_in_begins_a_new_session(clinic: Clinic) -> None:
    codes = account(database(clinic), "Joy", "publisher")
    joy = stranger(clinic)
    planted, token = joy.client.get_cookie("staff", path="/staff"), joy.token
    joy.post("/staff/log-in", name="Joy", password=PASSWORD, code=later(codes))
    cookie = joy.client.get_cookie("staff", path="/staff")
    assert planted
    assert cookie
    assert planted.value != cookie.value
    assert joy.post("/staff/log-out", csrf_token=token).status_code == 400
    assert is_in(joy)
    other = clinic.app.test_client()
    other.set_cookie("staff", planted.value, path="/staff")
    assert sent_to_log_in(other.get("/staff/"))


@pytest.mark.parametrize("token", ["", "made up", None])
def test_a_form_without_our_token_changes_nothing(clinic: Clinic, token: str | None) -> None:
    ada = Staff.log_in(clinic.app, "Ada", "administrator")
    if token is not None:
        ada.token = token
    headers = {"Sec-Fetch-Site": "cross-site"} if token is None else {}
    fields = {"csrf_token": ada.token, "name": "Mallory", "role": "administrator"}
    page = ada.client.post("/staff/people/invite", data=fields, headers=headers)
    assert page.status_code == 400
    assert "Nothing was changed" in page.text
    assert [person.name for person in people(clinic).people()] == ["Ada"]


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


def test_what_was_written_when_the_session_ended_is_sent_after_the_log_in(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = account(database(clinic), "Ada", "administrator")
    ada = stranger(clinic)
    ada.post("/staff/log-in", name="Ada", password=PASSWORD, code=later(codes))
    ada.token = token_of(ada.get("/staff/people").text)
    shift_time(monkeypatch, 31 * 60)
    fields = {"csrf_token": ada.token, "name": "Zoe O'Hara", "role": "publisher"}
    page = ada.client.post("/staff/people/invite", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert page.status_code == 401
    assert "you can send what you wrote" in text_of(page.text)
    carried = re.search(r'name="carried" value="([^"]+)"', page.text)
    assert carried
    assert ada.token not in carried[1]
    assert [person.name for person in people(clinic).people()] == ["Ada"]

    use_codes_again(clinic)
    fields = {"name": "Ada", "password": PASSWORD, "code": later(codes), "carried": html.unescape(carried[1])}
    page = ada.client.post("/staff/log-in", data={"csrf_token": token_of(page.text), **fields})
    assert "nothing is lost" in page.text
    assert 'action="/staff/people/invite"' in page.text
    assert "Zoe O'Hara" in text_of(page.text)
    assert [person.name for person in people(clinic).people()] == ["Ada"]
    ada.token = token_of(page.text)
    ada.post("/staff/people/invite", name=value_of(page.text, "name"), role=value_of(page.text, "role"))
    assert [(person.name, person.role) for person in people(clinic).people()][1] == ("Zoe O'Hara", "publisher")


@pytest.mark.parametrize(
    "carried",
    ["", "no json", "[]", '{"to": "/api/ask", "fields": []}', '{"to": "/staff/nowhere", "fields": []}', '{"to": 3}'],
)
def test_what_is_carried_leads_only_to_a_form_of_the_staff_pages(clinic: Clinic, carried: str) -> None:
    codes = account(database(clinic), "Joy", "editor")
    joy = stranger(clinic)
    fields = {"name": "Joy", "password": PASSWORD, "code": later(codes), "carried": carried}
    came = joy.post("/staff/log-in", follow=False, **fields)
    assert came.headers["Location"] == "/staff/"


def use_codes_again(clinic: Clinic) -> None:
    """As if a minute had passed since the last log-in."""
    with database(clinic).writing() as connection:
        connection.exec_driver_sql("update person set last_step = 0")


def test_a_form_from_elsewhere_is_not_carried_through_the_log_in(clinic: Clinic) -> None:
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}):
        page = clinic.app.test_client().post("/staff/people/invite", data={"name": "Mallory"}, headers=headers)
        assert sent_to_log_in(page)


def staff_rules(app: Flask) -> Iterator[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/staff")]
    assert len(found) > 25
    yield from found


def needed(app: Flask, rule: Rule) -> str | None:
    return role_of(app.view_functions[rule.endpoint])


def address_of(rule: Rule) -> str:
    return re.sub(r"<(?:\w+:)?\w+>", "1", rule.rule)


def sent_to_log_in(response: TestResponse) -> bool:
    return response.status_code in (302, 303) and urlsplit(response.headers["Location"]).path == "/staff/log-in"
