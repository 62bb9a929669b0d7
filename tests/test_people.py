"""Accounts: nobody has one who was not invited, and what was done to one stays written."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from accounts import PASSWORD, Clock, member, secret_of

from chatbot import ROLES, Audit, Database, People, PeopleError, Person, Refused, secret_key


def test_there_is_no_account_until_one_is_made(people: People) -> None:
    assert people.people() == []
    for name in ("admin", "administrator", "root", ""):
        with pytest.raises(Refused):
            people.log_in(name, "")


def test_an_invitation_makes_an_account_with_a_chosen_password_once(people: People) -> None:
    token = people.invite("Anna Berg", "publisher", "the test")
    assert (people.welcome(token).name, people.welcome(token).role) == ("Anna Berg", "publisher")
    with pytest.raises(Refused):
        people.log_in("Anna Berg", "")
    anna = people.accept(token, PASSWORD)
    assert (anna.name, anna.role, anna.active, anna.has_password) == ("Anna Berg", "publisher", True, True)
    assert people.log_in("  anna   BERG ", PASSWORD).id == anna.id
    for use in (people.welcome, lambda again: people.accept(again, PASSWORD)):
        with pytest.raises(Refused, match="cannot be used"):
            use(token)


def test_an_invitation_ends_after_seven_days(people: People, clock: Clock) -> None:
    token = people.invite("anna", "editor", "the test")
    clock.pass_by(days=7)
    people.welcome(token)
    clock.pass_by(seconds=1)
    with pytest.raises(Refused, match="too old"):
        people.accept(token, PASSWORD)


def test_an_invitation_is_used_once_though_two_use_it_at_the_same_time(people: People) -> None:
    token = people.invite("anna", "editor", "the test")
    outcomes: list[str] = []

    def accept(password: str) -> None:
        try:
            outcomes.append(people.accept(token, password).name)
        except Refused:
            outcomes.append("refused")

    threads = [threading.Thread(target=accept, args=(f"{PASSWORD} {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["anna", "refused", "refused", "refused"]


@pytest.mark.parametrize("token", ["", "x", "\ud800", "../../etc/passwd", "a" * 10_000])
def test_a_made_up_invitation_is_refused(people: People, token: str) -> None:
    member(people, "anna")
    with pytest.raises(Refused):
        people.welcome(token)


def test_neither_passwords_nor_tokens_stand_in_the_database(people: People, tmp_path: Path) -> None:
    token = people.invite("anna", "editor", "the test")
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("journal*"))
    assert token.encode() not in everything
    people.accept(token, PASSWORD)
    with pytest.raises(Refused):
        people.log_in("typed-in-the-wrong-field", "x")
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("journal*"))
    assert b"anna" in everything
    assert b"$argon2id$" in everything
    assert not [word for word in (PASSWORD, "typed-in-the-wrong-field") if word.encode() in everything]


@pytest.mark.parametrize(
    "password",
    ["", "short words", "a" * 201, "aaaaaaaaaaaaaaaa", "password1234", "Password-2026!", "qwertyuiop123456",
     "123456789012", "correcthorsebatterystaple", "Welcome Welcome", "my friend anna sings", "ANNA-likes-marmalade",
     "letmein letmein 1"],
)  # fmt: skip
def test_a_password_that_is_guessed_early_is_refused_and_the_invitation_stays(people: People, password: str) -> None:
    token = people.invite("Anna Ok", "editor", "the test")
    with pytest.raises(PeopleError, match="the password"):
        people.accept(token, password)
    assert people.accept(token, PASSWORD).name == "Anna Ok"


def test_a_short_name_inside_a_longer_word_is_no_name(people: People) -> None:
    people.accept(people.invite("Eve", "editor", "the test"), "seventy lanterns float")
    with pytest.raises(PeopleError, match="contains your name"):
        people.accept(people.invite("Ann", "editor", "the test"), "lanterns of ann 27 float")


@pytest.mark.parametrize(
    "password", ["tulip orbit ladder", "x9#Kd02!mmPq", "пароль из четырёх слов", "   leading and trailing   "]
)
def test_a_password_of_one_s_own_is_taken_as_it_is_typed(people: People, password: str) -> None:
    people.accept(people.invite("anna", "editor", "the test"), password)
    assert people.log_in("anna", password).name == "anna"
    with pytest.raises(Refused):
        people.log_in("anna", f" {password}")


@pytest.mark.parametrize("name", ["", "a", "  ", "x" * 65, "anna\nberg\x00", "<b>anna</b>", "-anna", "an\u202ena"])
def test_a_name_that_is_none_is_refused(people: People, name: str) -> None:
    with pytest.raises(PeopleError, match="a name has"):
        people.invite(name, "editor", "the test")


def test_a_name_is_one_account_however_it_is_written(people: People) -> None:
    member(people, "Anna")
    with pytest.raises(PeopleError, match="staff reset"):
        people.invite("ANNA", "editor", "the test")
    with pytest.raises(PeopleError, match="a role is one of editor, publisher, administrator"):
        people.invite("berta", "owner", "the test")


def test_whoever_is_disabled_is_out_at_once_and_may_come_back(people: People) -> None:
    member(people, "head", "administrator")
    anna = member(people, "anna")
    assert people.disable("anna", "head").session_stamp != anna.session_stamp
    found = people.person(anna.id)
    assert found is not None
    assert not found.active
    assert not found.may("editor")
    with pytest.raises(Refused):
        people.log_in("anna", PASSWORD)
    people.enable("anna", "head")
    assert people.log_in("anna", PASSWORD).active


def test_a_reset_ends_password_factor_sessions_and_older_invitations(people: People, clock: Clock) -> None:
    first = people.invite("anna", "editor", "the test")
    second = people.reset("anna", "head")
    with pytest.raises(Refused):
        people.welcome(first)
    anna = people.accept(second, PASSWORD)
    secret_of(people, anna, clock)
    third = people.reset("anna", "head")
    found = people.person(anna.id)
    assert found is not None
    assert (found.has_password, found.has_second_factor) == (False, False)
    assert found.session_stamp != anna.session_stamp
    with pytest.raises(Refused):
        people.log_in("anna", PASSWORD)
    people.accept(third, "tulip orbit ladder")
    assert people.log_in("anna", "tulip orbit ladder").id == anna.id


def test_logging_out_ends_a_copied_session_too(people: People) -> None:
    anna = member(people, "anna")
    people.log_out(anna.id)
    found = people.person(anna.id)
    assert found is not None
    assert found.session_stamp != anna.session_stamp
    people.log_out(4711)
    assert people.person(4711) is None


def test_the_last_administrator_stays(people: People) -> None:
    member(people, "head", "administrator")
    people.invite("not-yet", "administrator", "head")
    member(people, "gone", "administrator")
    people.disable("gone", "head")
    for change in (lambda: people.disable("HEAD", "head"), lambda: people.set_role("head", "publisher", "head")):
        with pytest.raises(PeopleError, match="the last administrator"):
            change()
    people.enable("gone", "head")
    assert people.set_role("head", "editor", "head").role == "editor"
    with pytest.raises(PeopleError, match="the last administrator"):
        people.disable("gone", "gone")


def test_two_administrators_cannot_disable_each_other_at_the_same_time(people: People) -> None:
    names = ("one", "two")
    for name in names:
        member(people, name, "administrator")
    outcomes: list[str] = []

    def disable(name: str) -> None:
        try:
            outcomes.append(str(people.disable(name, "the other").active))
        except PeopleError:
            outcomes.append("refused")

    threads = [threading.Thread(target=disable, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["False", "refused"]


def test_a_role_may_do_what_the_ones_below_may() -> None:
    may = {
        role: [each for each in ROLES if Person(1, "anna", role, True, True, True, "", None).may(each)]
        for role in ROLES
    }
    assert may == {"editor": ["editor"], "publisher": ["editor", "publisher"], "administrator": [*ROLES]}


def test_every_change_of_an_account_is_written_down(people: People, tmp_path: Path, clock: Clock) -> None:
    anna = member(people, "anna")
    member(people, "head", "administrator")
    secret_of(people, anna, clock)
    with pytest.raises(Refused):
        people.log_in("anna", PASSWORD)
    people.set_role("anna", "publisher", "head")
    people.set_role("anna", "publisher", "head")
    people.disable("anna", "head")
    people.enable("anna", "head")
    people.reset("anna", "head")
    with pytest.raises(PeopleError):
        people.disable("head", "head")
    with pytest.raises(Refused):
        people.log_in("nobody", PASSWORD)
    people.log_in("head", PASSWORD)
    told = [
        (entry.who, entry.action, entry.subject, entry.detail)
        for entry in reversed(Audit(Database.beside(tmp_path)).entries())
    ]
    assert told == [
        ("the test", "invited", "anna", "editor"),
        ("anna", "accepted the invitation", "anna", ""),
        ("the test", "invited", "head", "administrator"),
        ("head", "accepted the invitation", "head", ""),
        ("anna", "set up a second factor", "anna", ""),
        ("anna", "was refused at the log-in", "anna", ""),
        ("head", "changed the role", "anna", "editor to publisher"),
        ("head", "disabled", "anna", ""),
        ("head", "enabled", "anna", ""),
        ("head", "reset", "anna", ""),
        ("head", "logged in", "head", ""),
    ]


def test_the_key_of_sessions_is_made_once_and_is_its_owner_s(tmp_path: Path) -> None:
    var = tmp_path / "var"
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(secret_key(var))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(keys) == 8
    assert set(keys) == {secret_key(var)}
    assert len(keys[0]) == 32
    assert [(path.name, path.stat().st_mode & 0o777) for path in var.iterdir()] == [("secret_key", 0o600)]
    (var / "secret_key").chmod(0o644)
    secret_key(var)
    assert (var / "secret_key").stat().st_mode & 0o777 == 0o600
    (var / "secret_key").write_bytes(b"short")
    with pytest.raises(PeopleError, match="expected 32 bytes; delete it"):
        secret_key(var)
