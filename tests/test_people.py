"""Accounts: nobody gets in who should not, nobody is told why, and what was done stays written."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result

from chatbot import ROLES, Audit, Database, People, PeopleError, Person, Refused, cli, secret_key
from chatbot.people import passwords, throttle

PASSWORD = "marmalade zeppelin umbrella"
START = datetime(2026, 6, 15, 12, 0, 10)


class Clock:
    """The time, moved by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real argon2 hashes, of little work."""
    monkeypatch.setattr(passwords, "_HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords._nobodys.cache_clear()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database.beside(tmp_path)


@pytest.fixture
def people(database: Database, clock: Clock) -> People:
    return People(database, clock)


def member(people: People, name: str, role: str = "editor") -> Person:
    """Somebody who has accepted an invitation."""
    return people.accept(people.invite(name, role, "the test"), PASSWORD)


def secret_of(people: People, person: Person, clock: Clock) -> str:
    """The secret of a second factor that was set up; the code of now is used."""
    secret, _ = people.second_factor(person)
    people.confirm(person.id, code(secret, clock))
    return secret


def code(secret: str, clock: Clock, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(clock.now.replace(tzinfo=UTC) + timedelta(seconds=30 * steps))


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


def test_whoever_is_refused_hears_the_same_words(people: People, clock: Clock) -> None:
    anna = member(people, "anna")
    secret = secret_of(people, anna, clock)
    clock.pass_by(minutes=2)
    member(people, "gone")
    member(people, "head", "administrator")
    people.disable("gone", "the test")
    people.invite("invited", "editor", "the test")
    tries = [
        ("nobody", PASSWORD, ""),
        ("anna", "wrong", code(secret, clock)),
        ("anna", PASSWORD, ""),
        ("anna", PASSWORD, "000000"),
        ("gone", PASSWORD, ""),
        ("invited", "", ""),
        ("\ud800", "\ud800", "\ud800"),
    ]
    heard = set()
    for name, password, typed in tries:
        with pytest.raises(Refused) as refused:
            people.log_in(name, password, typed)
        heard.add((str(refused.value), refused.value.wait))
    assert len(heard) == 1


def test_a_code_is_needed_once_the_second_factor_is_confirmed_and_is_taken_once(people: People, clock: Clock) -> None:
    anna = member(people, "anna")
    assert not people.log_in("anna", PASSWORD).has_second_factor
    secret, address = people.second_factor(anna)
    assert address.startswith("otpauth://totp/")
    assert people.second_factor(anna)[0] == secret
    assert people.log_in("anna", PASSWORD).has_second_factor is False
    with pytest.raises(Refused, match="the code is wrong"):
        people.confirm(anna.id, code(secret, clock, 5))
    assert people.confirm(anna.id, code(secret, clock)).has_second_factor
    with pytest.raises(Refused):
        people.log_in("anna", PASSWORD, code(secret, clock))  # the one that confirmed
    clock.pass_by(seconds=30)
    assert people.log_in("anna", PASSWORD, f" {code(secret, clock)[:3]} {code(secret, clock)[3:]} ").name == "anna"
    with pytest.raises(Refused):
        people.log_in("anna", PASSWORD, code(secret, clock))
    with pytest.raises(Refused):
        people.log_in("anna", PASSWORD, code(secret, clock, -1))


@pytest.mark.parametrize(("steps", "is_let_in"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_wrong(people: People, clock: Clock, steps: int, is_let_in: bool) -> None:
    secret = secret_of(people, member(people, "anna"), clock)
    clock.pass_by(minutes=10)
    if is_let_in:
        assert people.log_in("anna", PASSWORD, code(secret, clock, steps)).name == "anna"
    else:
        with pytest.raises(Refused):
            people.log_in("anna", PASSWORD, code(secret, clock, steps))


def test_a_new_second_factor_counts_only_once_it_is_confirmed(people: People, clock: Clock) -> None:
    anna = member(people, "anna")
    secret = secret_of(people, anna, clock)
    other, _ = people.second_factor(anna)
    clock.pass_by(minutes=1)
    with pytest.raises(Refused):
        people.log_in("anna", PASSWORD, code(other, clock))
    people.log_in("anna", PASSWORD, code(secret, clock))
    people.confirm(anna.id, code(other, clock))
    clock.pass_by(minutes=1)
    with pytest.raises(Refused):
        people.log_in("anna", PASSWORD, code(secret, clock))
    people.log_in("anna", PASSWORD, code(other, clock))


@pytest.mark.parametrize("name", ["anna", "nobody at all"])
def test_after_five_wrong_tries_the_wait_grows_for_names_with_and_without_an_account(
    people: People, clock: Clock, name: str
) -> None:
    member(people, "anna")
    waits = []
    for _ in range(12):
        with pytest.raises(Refused) as refused:
            people.log_in(name, "a wrong password")
        if refused.value.wait:
            waits.append(refused.value.wait)
            clock.pass_by(seconds=refused.value.wait)
    assert len(waits) == 4
    assert waits == [throttle.FIRST * 2**number + 1 for number in range(4)]


def test_during_the_wait_the_right_password_is_refused_and_afterwards_all_is_forgotten(
    people: People, clock: Clock
) -> None:
    member(people, "anna")
    for _ in range(5):
        with pytest.raises(Refused, match="name, password or code is wrong"):
            people.log_in("anna", "a wrong password")
    with pytest.raises(Refused, match="too many wrong tries; wait") as refused:
        people.log_in("anna", PASSWORD)
    clock.pass_by(seconds=refused.value.wait)
    assert people.log_in("anna", PASSWORD).name == "anna"
    for _ in range(5):
        with pytest.raises(Refused, match="name, password or code is wrong"):
            people.log_in("anna", "a wrong password")


def test_tries_at_the_same_time_are_no_way_around_the_wait(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    member(people, "anna")
    looked_at: list[str] = []
    monkeypatch.setattr("chatbot.people.people.passwords.is_password", lambda _, typed: bool(looked_at.append(typed)))

    def log_in(password: str) -> None:
        with pytest.raises(Refused):
            people.log_in("anna", password)

    threads = [threading.Thread(target=log_in, args=(f"guess {number}",)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(looked_at) == throttle.FREE


def test_no_wait_is_longer_than_a_quarter_of_an_hour_and_a_day_forgets(people: People, clock: Clock) -> None:
    member(people, "anna")
    assert max(throttle.wait_after(count) for count in (5, 10, 100, 10**6)) == throttle.LONGEST == 900
    for _ in range(5):
        with pytest.raises(Refused):
            people.log_in("anna", "a wrong password")
    clock.pass_by(days=1, seconds=1)
    assert people.log_in("anna", PASSWORD).name == "anna"


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


def test_every_change_of_an_account_is_written_down(people: People, database: Database, clock: Clock) -> None:
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
    told = [(entry.who, entry.action, entry.subject, entry.detail) for entry in reversed(Audit(database).entries())]
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


def run(var: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(cli.main, ["staff", *arguments, "--var", str(var)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_accounts_are_made_listed_reset_and_disabled_from_the_command_line(tmp_path: Path) -> None:
    assert run(tmp_path, "list").stdout == ""
    made = run(tmp_path, "add", "anna", "--role", "administrator", "--address", "https://chat.example.org/")
    assert made.exit_code == 0
    address, token = made.stdout.strip().rsplit("/", 1)
    assert address == "https://chat.example.org/staff/welcome"
    people = People(Database.beside(tmp_path))
    assert run(tmp_path, "list").stdout == "anna\tadministrator\tinvited\tnever\n"
    people.accept(token, PASSWORD)
    assert run(tmp_path, "list").stdout == "anna\tadministrator\tno second factor yet\tnever\n"
    token = run(tmp_path, "reset", "anna").stdout.strip().rsplit("/", 1)[1]
    assert people.accept(token, PASSWORD).name == "anna"
    run(tmp_path, "add", "berta", "--role", "editor")
    assert run(tmp_path, "disable", "berta").stdout == "berta can no longer log in\n"
    assert run(tmp_path, "list").stdout.splitlines()[1] == "berta\teditor\tdisabled\tnever"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("add", "anna", "--role", "editor"), 1, "'anna' has an account already"),
        (("disable", "anna"), 1, "'anna' is the last administrator"),
        (("disable", "zoe"), 1, "'zoe' has no account; see: chatbot staff list"),
        (("reset", "zoe"), 1, "'zoe' has no account"),
        (("add", "berta", "--role", "owner"), 2, "'owner' is not one of"),
        (("add", "berta"), 2, "--role"),
        (("add", "x", "--role", "editor"), 1, "a name has 2 to 64 letters"),
        (("list", "--journal", "nonsense"), 1, "the journal's URL cannot be read"),
    ],
)
def test_what_cannot_be_done_is_one_line_on_standard_error(
    tmp_path: Path, arguments: tuple[str, ...], status: int, words: str
) -> None:
    assert run(tmp_path, "add", "anna", "--role", "administrator").exit_code == 0
    result = run(tmp_path, *arguments)
    assert result.exit_code == status
    assert words in result.stderr
    assert status == 2 or len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr
