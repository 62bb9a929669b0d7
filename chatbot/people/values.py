"""What is said about people: who they are, what they may do, why they were refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chatbot.problem import ChatbotError

ROLES = ("editor", "publisher", "administrator")
"""From the least to the most: each may do all that the ones before it may."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account.

    ``session_stamp`` changes whenever every session of this person must end: a
    door keeps it in the session and compares. ``last_login`` is in UTC, None before the first.
    """

    id: int
    name: str
    role: str
    active: bool
    has_password: bool
    has_second_factor: bool
    session_stamp: str
    last_login: datetime | None

    def may(self, role: str) -> bool:
        """Whether this person may do what ``role`` may: active, and of that role or one above. Raises ValueError."""
        return self.active and ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that lets one person choose a password, once; ``until`` is in UTC."""

    name: str
    role: str
    until: datetime


class PeopleError(ChatbotError):
    """Something about an account that cannot be done: one line that says what and what to do."""


class Refused(ChatbotError):
    """A log-in, code or invitation that is not let in; the words never say which part was wrong.

    ``wait`` is the number of seconds until another try is looked at, 0 for at once.
    """

    def __init__(self, words: str, wait: int = 0) -> None:
        super().__init__(words)
        self.wait = wait
