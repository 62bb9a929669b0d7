"""What the tests of accounts share: a clock that is moved by hand, members, and the codes of their second factor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from chatbot import People, Person
from chatbot.people import passwords

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


def hash_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let passwords be hashed with real argon2, but little work."""
    monkeypatch.setattr(passwords, "_HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords._nobodys.cache_clear()


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
