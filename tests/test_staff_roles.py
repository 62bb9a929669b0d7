"""Every staff page says whom it opens for; its headers are strict; what is broken is said in one line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from desks import Clinic, Staff, address_of, database, needed, sent_to_log_in, staff_rules, text_of

from chatbot import ROLES

OPEN = {
    "staff.log_in", "staff.check_log_in", "staff.welcome", "staff.accept",
    "staff.second_factor", "staff.confirm_second_factor", "staff.second_factor_picture",
}  # fmt: skip


def test_every_staff_page_sends_a_stranger_to_the_log_in_and_a_lower_role_away(clinic: Clinic) -> None:
    app = clinic.app
    logged_in = {role: Staff.log_in(app, role.capitalize() + " One", role) for role in ROLES}
    seen = set()
    for rule in staff_rules(app):
        role = needed(app, rule)
        assert role is not None, f"{rule.rule}: nobody said who may use it"
        assert (role == "") == (rule.endpoint in OPEN), rule.rule
        if role == "":
            continue
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "DELETE", "PATCH"}:
            assert sent_to_log_in(app.test_client().open(address_of(rule), method=method)), f"{method} {rule.rule}"
            for lower in ROLES[: ROLES.index(role)]:
                staff = logged_in[lower]
                data = {"csrf_token": staff.token} if method == "POST" else None
                response = staff.client.open(address_of(rule), method=method, data=data)
                assert response.status_code == 403, f"{lower}: {method} {rule.rule}"
                seen.add((lower, role))
    assert {("editor", "administrator"), ("publisher", "administrator")} <= seen


def test_a_page_of_which_nobody_said_whose_it_is_opens_for_nobody(clinic: Clinic) -> None:
    clinic.app.add_url_rule("/staff/forgotten", "staff.forgotten", lambda: "secret")
    ada = Staff.log_in(clinic.app, "Ada", "administrator")
    for client in (ada.client, clinic.app.test_client()):
        response = client.get("/staff/forgotten")
        assert response.status_code == 403
        assert "secret" not in response.text


def test_every_staff_page_has_strict_headers_and_is_kept_by_no_cache(clinic: Clinic) -> None:
    ada = Staff.log_in(clinic.app, "Ada", "administrator")
    for rule in staff_rules(clinic.app):
        if "GET" not in (rule.methods or ()):
            continue
        for client in (ada.client, clinic.app.test_client()):
            headers = client.get(address_of(rule)).headers
            policy = headers["Content-Security-Policy"]
            assert "script-src 'self'" in policy, rule.rule
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["Cache-Control"] == "no-store", rule.rule
            assert headers["Referrer-Policy"] == "no-referrer"


def test_no_staff_page_holds_a_script_or_a_style_that_the_policy_would_refuse(clinic: Clinic) -> None:
    for path in (Path(__file__).parent.parent / "web/templates/staff").glob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), path.name
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text)), path.name


def test_where_the_key_or_the_database_is_broken_staff_read_one_line_and_visitors_notice_nothing(
    clinic: Clinic,
) -> None:
    joy = Staff.log_in(clinic.app)
    joy_database = database(clinic)
    path = joy_database.path
    assert path
    for file in path.parent.glob("journal.sqlite*"):
        file.unlink()
    path.mkdir()
    page = joy.get("/staff/")
    assert page.status_code == 503
    assert "journal" in text_of(page.text)
    assert "Traceback" not in page.text
    asked = clinic.app.test_client().post("/api/ask", json={"question": "How is an urn filled?"})
    assert asked.get_json()["kind"] == "answer"


def test_a_key_that_cannot_be_used_is_said_in_one_line(clinic: Clinic, caplog: pytest.LogCaptureFixture) -> None:
    (clinic.var / "secret_key").write_bytes(b"short")
    page = clinic.app.test_client().get("/staff/log-in")
    assert page.status_code == 409
    assert "Nobody can log in" in text_of(page.text)
    assert "secret_key" in caplog.text
    assert clinic.app.test_client().get("/").status_code == 200


def test_a_large_form_of_a_stranger_is_not_read(clinic: Clinic) -> None:
    page = clinic.app.test_client().post("/staff/log-in", data={"name": "x" * 3_000_000})
    assert page.status_code == 413
