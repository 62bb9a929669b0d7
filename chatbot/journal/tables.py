"""The tables of the database: the journal's, and those of ``chatbot.people``.

Their history is in ``migrations``; a test holds the two together.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Every table of the database."""


class Entry(Base):
    """One reply: the hour it was given, its kind, the concern heard, and which passages were quoted.

    ``topic`` names what staff have marked as not covered, where the question was of that; never a visitor's words.
    """

    __tablename__ = "entry"
    __table_args__ = (Index("entry_hour_kind", "hour", "kind"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    hour: Mapped[datetime]
    kind: Mapped[str]
    concern: Mapped[str]
    passages: Mapped[str]
    milliseconds: Mapped[int]
    edition: Mapped[str]
    topic: Mapped[str] = mapped_column(server_default="")


class Feedback(Base):
    """One verdict on an answer: the passages it quoted and a reason, no words."""

    __tablename__ = "feedback"

    number: Mapped[int] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str]
    passages: Mapped[str]
    edition: Mapped[str]


class Unanswered(Base):
    """One question that the articles did not answer: the day and its redacted text."""

    __tablename__ = "unanswered"

    number: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    text: Mapped[str]
    edition: Mapped[str]


class PersonRow(Base):
    """One account. ``key`` is the name as it is compared; ``last_step`` the last half minute whose code was taken."""

    __tablename__ = "person"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool]
    password: Mapped[str]
    secret: Mapped[str]
    pending_secret: Mapped[str]
    last_step: Mapped[int]
    session_stamp: Mapped[str]
    last_login: Mapped[datetime | None]


class InvitationRow(Base):
    """One invitation that can still be used: the digest of its token, never the token."""

    __tablename__ = "invitation"

    digest: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    until: Mapped[datetime]


class TriesRow(Base):
    """The wrong tries to log in by one name, known or not: the digest of what was typed, never what was typed."""

    __tablename__ = "tries"

    digest: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    last: Mapped[datetime] = mapped_column(index=True)


class AuditRow(Base):
    """One thing that somebody did; triggers refuse to change or delete it."""

    __tablename__ = "audit"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str]
