"""A session ends when it must, its cookie goes nowhere else, and what was written meanwhile is not lost."""

from __future__ import annotations

import html
import re

import pytest
from desks import (
    PASSWORD,
    Clinic,
    Staff,
    account,
    database,
    is_in,
    later,
    people,
    sent_to_log_in,
    shift_time,
    stranger,
    text_of,
    token_of,
    value_of,
)


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
