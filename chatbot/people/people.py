"""The accounts: how somebody is let in, and how an account comes, changes and ends."""

from __future__ import annotations

from chatbot.journal import Database
from chatbot.people.values import Invitation, Person


class People:
    """The accounts of a database. Every method raises JournalError when the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def invite(self, name: str, role: str, by: str) -> str:
        """A new account without a password, and the token of its invitation (7 days, once). Raises PeopleError."""
        raise NotImplementedError

    def welcome(self, token: str) -> Invitation:
        """The invitation of a token. Raises Refused when there is none, or it is used or too old."""
        raise NotImplementedError

    def accept(self, token: str, password: str) -> Person:
        """Use an invitation up and set the password. Raises Refused (token), PeopleError (password)."""
        raise NotImplementedError

    def second_factor(self, person: Person) -> tuple[str, str]:
        """A new secret for this person's authenticator, and its otpauth:// address; it counts once confirmed."""
        raise NotImplementedError

    def confirm(self, person_id: int, code: str) -> Person:
        """Make the secret of ``second_factor`` count, shown a code made with it. Raises Refused."""
        raise NotImplementedError

    def log_in(self, name: str, password: str, code: str = "") -> Person:
        """The person of this name, password and code.

        Raises Refused, in the same words whichever was wrong; after five
        wrong tries for one name the wait grows. A code is taken once. Without
        a confirmed second factor the password is enough: the door must
        then let the person do nothing but set one up.
        """
        raise NotImplementedError

    def person(self, person_id: int) -> Person | None:
        """The person of this id, or None."""
        raise NotImplementedError

    def people(self) -> list[Person]:
        """Everybody with an account, by name, also those who were disabled or have not accepted yet."""
        raise NotImplementedError

    def set_role(self, name: str, role: str, by: str) -> Person:
        """Give somebody another role. Raises PeopleError, also for the last administrator."""
        raise NotImplementedError

    def disable(self, name: str, by: str) -> Person:
        """Shut somebody out at once, and end the sessions. Raises PeopleError, also for the last administrator."""
        raise NotImplementedError

    def enable(self, name: str, by: str) -> Person:
        """Let somebody in again. Raises PeopleError."""
        raise NotImplementedError

    def reset(self, name: str, by: str) -> str:
        """End password, second factor, sessions and old invitations; the token of a new one. Raises PeopleError."""
        raise NotImplementedError
