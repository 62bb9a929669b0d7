"""The accounts: how somebody is let in, and how an account comes, changes and ends.

Every change writes its row of the audit log in its own transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chatbot.journal import Database
from chatbot.journal.tables import PersonRow
from chatbot.people import factors, passwords, rows
from chatbot.people.audit import add_row
from chatbot.people.rows import changing, looking, person_of
from chatbot.people.throttle import count_try, forget_tries
from chatbot.people.values import Invitation, Person, Refused

WRONG = "name, password or code is wrong; try again, or ask an administrator to reset the account"


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class People:
    """The accounts of a database. Every method raises JournalError when the database cannot be used.

    ``now`` tells the time in UTC, without a time zone.
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = _now) -> None:
        self._database, self._now = database, now

    def invite(self, name: str, role: str, by: str) -> str:
        """A new account without a password, and the token of its invitation (7 days, once). Raises PeopleError."""
        name = rows.clean(name)
        rows.check_role(role)
        with changing(self._database) as session:
            row = rows.new_account(session, name, role)
            add_row(session, by, "invited", name, role)
            return rows.new_invitation(session, row, self._now())

    def welcome(self, token: str) -> Invitation:
        """The invitation of a token. Raises Refused when there is none, or it is used or too old."""
        with looking(self._database) as session:
            invitation, row = rows.invited(session, token, self._now())
            return Invitation(row.name, row.role, invitation.until)

    def accept(self, token: str, password: str) -> Person:
        """Use an invitation up and set the password. Raises Refused (token), PeopleError (password)."""
        passwords.check_password(password, self.welcome(token).name)
        hashed = passwords.hash_password(password)
        with changing(self._database) as session:
            invitation, row = rows.invited(session, token, self._now())
            session.delete(invitation)
            row.password, row.session_stamp = hashed, rows.stamp()
            add_row(session, row.name, "accepted the invitation", row.name)
            return person_of(row)

    def second_factor(self, person: Person) -> tuple[str, str]:
        """A secret for this person's authenticator, and its otpauth:// address.

        It counts once confirmed; until then the same is given again. Raises
        Refused for somebody who has no account any more.
        """
        with changing(self._database) as session:
            row = _present(session, person.id)
            row.pending_secret = row.pending_secret or factors.new_secret()
            return row.pending_secret, factors.address(row.pending_secret, row.name)

    def confirm(self, person_id: int, code: str) -> Person:
        """Make the secret of ``second_factor`` count, shown a code made with it. Raises Refused."""
        with changing(self._database) as session:
            row = _present(session, person_id)
            step = factors.step_of(row.pending_secret, code, 0, self._now()) if row.pending_secret else None
            if step is None:
                raise Refused("the code is wrong; type the six digits that the app shows now, and check its clock")
            row.secret, row.pending_secret, row.last_step = row.pending_secret, "", step
            add_row(session, row.name, "set up a second factor", row.name)
            return person_of(row)

    def log_in(self, name: str, password: str, code: str = "") -> Person:
        """The person of this name, password and code.

        Raises Refused, in the same words whichever was wrong; after five
        wrong tries for one name the wait grows. A code is taken once. Without
        a confirmed second factor the password is enough: the door must
        then let the person do nothing but set one up.
        """
        with changing(self._database) as session:
            wait = count_try(session, rows.key_of(name), self._now())
            row = rows.find(session, name)
            hashed = row.password if row else ""
        _check_wait(wait)
        right = passwords.is_password(hashed, password)
        with changing(self._database) as session:
            row = rows.find(session, name)
            if row is not None and right and row.password == hashed and self._lets_in(row, code):
                forget_tries(session, row.key)
                row.last_login = self._now()
                if passwords.is_outdated(hashed):
                    row.password = passwords.hash_password(password)
                add_row(session, row.name, "logged in", row.name)
                return person_of(row)
            if row is not None:
                add_row(session, row.name, "was refused at the log-in", row.name)
        raise Refused(WRONG)

    def change_password(self, person_id: int, password: str, wanted: str) -> Person:
        """Set ``wanted`` for whoever shows the ``password`` of now; every session begun before ends.

        Raises Refused where the password is wrong, slowed down as at the log-in; PeopleError where ``wanted`` cannot
        be taken.
        """
        with changing(self._database) as session:
            row = _present(session, person_id)
            wait, hashed, name = count_try(session, row.key, self._now()), row.password, row.name
        _check_wait(wait)
        if not passwords.is_password(hashed, password):
            raise Refused("the current password is wrong; nothing was changed")
        passwords.check_password(wanted, name)
        new = passwords.hash_password(wanted)
        with changing(self._database) as session:
            row = _present(session, person_id)
            if row.password != hashed:
                raise Refused("the password was changed meanwhile; log in with the new one")
            forget_tries(session, row.key)
            row.password, row.session_stamp = new, rows.stamp()
            add_row(session, row.name, "changed the password", row.name)
            return person_of(row)

    def log_out(self, person_id: int) -> None:
        """End every session of this person, also one whose cookie was copied."""
        with changing(self._database) as session:
            row = session.get(PersonRow, person_id)
            if row is not None:
                row.session_stamp = rows.stamp()
                add_row(session, row.name, "logged out", row.name)

    def person(self, person_id: int) -> Person | None:
        """The person of this id, or None."""
        with looking(self._database) as session:
            row = session.get(PersonRow, person_id)
            return person_of(row) if row else None

    def people(self) -> list[Person]:
        """Everybody with an account, by name, also those who were disabled or have not accepted yet."""
        with looking(self._database) as session:
            return [person_of(row) for row in session.scalars(select(PersonRow).order_by(PersonRow.key))]

    def set_role(self, name: str, role: str, by: str) -> Person:
        """Give somebody another role. Raises PeopleError, also for the last administrator."""
        rows.check_role(role)
        with changing(self._database) as session:
            row = rows.named(session, name)
            if role != row.role:
                rows.keep_an_administrator(session, row)
                add_row(session, by, "changed the role", row.name, f"{row.role} to {role}")
                row.role = role
            return person_of(row)

    def disable(self, name: str, by: str) -> Person:
        """Shut somebody out at once, and end the sessions. Raises PeopleError, also for the last administrator."""
        with changing(self._database) as session:
            row = rows.named(session, name)
            rows.keep_an_administrator(session, row)
            row.active, row.session_stamp = False, rows.stamp()
            add_row(session, by, "disabled", row.name)
            return person_of(row)

    def enable(self, name: str, by: str) -> Person:
        """Let somebody in again. Raises PeopleError."""
        with changing(self._database) as session:
            row = rows.named(session, name)
            row.active = True
            add_row(session, by, "enabled", row.name)
            return person_of(row)

    def reset(self, name: str, by: str) -> str:
        """End password, second factor, sessions and old invitations; the token of a new one. Raises PeopleError."""
        with changing(self._database) as session:
            row = rows.named(session, name)
            row.password = row.secret = row.pending_secret = ""
            row.session_stamp = rows.stamp()
            forget_tries(session, row.key)
            add_row(session, by, "reset", row.name)
            return rows.new_invitation(session, row, self._now())

    def _lets_in(self, row: PersonRow, code: str) -> bool:
        """Whether an account whose password is right lets in; a code that was right is used up."""
        if not row.active:
            return False
        if not row.secret:
            return True
        step = factors.step_of(row.secret, code, row.last_step, self._now())
        if step is not None:
            row.last_step = step
        return step is not None


def _check_wait(seconds: int) -> None:
    if seconds:
        raise Refused(f"too many wrong tries; wait {seconds} seconds, then try again", seconds)


def _present(session: Session, person_id: int) -> PersonRow:
    row = session.get(PersonRow, person_id)
    if row is None or not row.active:
        raise Refused(WRONG)
    return row
