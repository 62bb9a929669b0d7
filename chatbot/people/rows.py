"""The rows of accounts and invitations: found, made and read within one transaction."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from chatbot.journal import Database
from chatbot.journal.tables import InvitationRow, PersonRow
from chatbot.people.values import ROLES, PeopleError, Person, Refused

INVITED = timedelta(days=7)
"""How long an invitation can be used."""

_NAME = re.compile(r"[^\W_][\w.@+' -]{1,63}")


@contextmanager
def changing(database: Database) -> Iterator[Session]:
    """A transaction in which nobody else changes an account; nothing of it stays when an error is raised."""
    with database.writing(alone=True) as connection, Session(connection) as session:
        yield session
        session.flush()


@contextmanager
def looking(database: Database) -> Iterator[Session]:
    """A transaction that only reads."""
    with database.reading() as connection, Session(connection) as session:
        yield session


def clean(name: str) -> str:
    """A name as it is shown. Raises PeopleError for one that cannot be an account's."""
    name = _plain(name)
    if not _NAME.fullmatch(name):
        raise PeopleError(
            "a name has 2 to 64 letters, digits, spaces or . _ @ + ' - and begins with a letter or digit; "
            "an e-mail address will do"
        )
    return name


def key_of(name: str) -> str:
    """A name as it is compared: Anna and anna are one. Takes whatever somebody may send."""
    return _plain(name[:200].encode("utf-8", "replace").decode().replace("\0", " ")).casefold()


def check_role(role: str) -> None:
    """Raises PeopleError for a role that there is not."""
    if role not in ROLES:
        raise PeopleError(f"a role is one of {', '.join(ROLES)}")


def find(session: Session, name: str) -> PersonRow | None:
    """The account of this name, or None."""
    return session.scalar(select(PersonRow).where(PersonRow.key == key_of(name)))


def named(session: Session, name: str) -> PersonRow:
    """The account of this name. Raises PeopleError."""
    row = find(session, name)
    if row is None:
        raise PeopleError(f"{_plain(name)[:64]!r} has no account; see: chatbot staff list")
    return row


def person_of(row: PersonRow) -> Person:
    """What may be said of an account outside this folder."""
    return Person(
        id=row.id,
        name=row.name,
        role=row.role,
        active=row.active,
        has_password=bool(row.password),
        has_second_factor=bool(row.secret),
        session_stamp=row.session_stamp,
        last_login=row.last_login,
    )


def new_account(session: Session, name: str, role: str) -> PersonRow:
    """An account that nobody can use yet. Raises PeopleError when the name is taken."""
    if find(session, name) is not None:
        raise PeopleError(f"{name!r} has an account already; for a new invitation: chatbot staff reset {name!r}")
    row = PersonRow(
        key=key_of(name),
        name=name,
        role=role,
        active=True,
        password="",
        secret="",
        pending_secret="",
        last_step=0,
        session_stamp=stamp(),
        last_login=None,
    )
    session.add(row)
    session.flush()
    return row


def new_invitation(session: Session, row: PersonRow, now: datetime) -> str:
    """The token of an invitation for an account, in place of every earlier one."""
    session.execute(delete(InvitationRow).where((InvitationRow.person_id == row.id) | (InvitationRow.until < now)))
    token = secrets.token_urlsafe(32)
    session.add(InvitationRow(digest=_digest(token), person_id=row.id, until=now + INVITED))
    return token


def invited(session: Session, token: str, now: datetime) -> tuple[InvitationRow, PersonRow]:
    """An invitation that can still be used, and whose it is. Raises Refused."""
    found = session.get(InvitationRow, _digest(token))
    row = session.get(PersonRow, found.person_id) if found else None
    if found is None or row is None or found.until < now or not row.active:
        raise Refused("this invitation cannot be used: it is too old, or was used already; ask for a new one")
    return found, row


def keep_an_administrator(session: Session, row: PersonRow) -> None:
    """Raises PeopleError when nobody else could administer the accounts without this one."""
    others = select(func.count()).where(
        PersonRow.role == ROLES[-1], PersonRow.active, PersonRow.password != "", PersonRow.id != row.id
    )
    if row.role == ROLES[-1] and row.active and not session.scalar(others):
        raise PeopleError(
            f"{row.name!r} is the last administrator who can log in; first make somebody else administrator"
        )


def stamp() -> str:
    """A new session stamp: sessions that hold another have ended."""
    return secrets.token_hex(16)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split())


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
