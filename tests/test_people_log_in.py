"""Logging in: nobody gets in who should not, nobody is told why, and guessing takes too long."""

from __future__ import annotations

import threading

import pytest
from accounts import PASSWORD, Clock, code, member, secret_of

from chatbot import People, Refused
from chatbot.people import throttle


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
