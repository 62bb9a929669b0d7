"""What staff read in the journal: what was asked in vain, what was quoted, what was said about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.engine import Connection

from chatbot.journal.tables import Entry, Feedback, Unanswered


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """The redacted text of a question that the articles did not answer."""

    number: int
    day: date
    text: str
    edition: str


class Verdicts(NamedTuple):
    """How many ``times`` visitors said ``reason`` of an answer that quoted ``passages`` ("article:start-end" each)."""

    passages: tuple[str, ...]
    reason: str
    times: int


def counts_by_month(connection: Connection, kinds: Sequence[str]) -> dict[str, Mapping[str, int]]:
    """Month (YYYY-MM) to kind to the number of replies, oldest first."""
    months: dict[str, Counter[str]] = {}
    rows = connection.execute(
        select(Entry.hour, Entry.kind, func.count()).where(Entry.kind.in_(kinds)).group_by(Entry.hour, Entry.kind)
    )
    for hour, kind, count in rows:
        months.setdefault(f"{hour:%Y-%m}", Counter())[kind] += count
    return {month: dict(months[month]) for month in sorted(months)}


def kinds_by_day(connection: Connection, since: date) -> dict[date, dict[str, int]]:
    """Day to kind to the number of replies, oldest first."""
    days: dict[date, Counter[str]] = {}
    rows = connection.execute(
        select(Entry.hour, Entry.kind, func.count())
        .where(Entry.hour >= _midnight(since))
        .group_by(Entry.hour, Entry.kind)
    )
    for hour, kind, count in rows:
        days.setdefault(hour.date(), Counter())[kind] += count
    return {day: dict(days[day]) for day in sorted(days)}


def topics(connection: Connection, since: date) -> dict[str, int]:
    """Topic to the number of replies that it was not covered, most first."""
    rows = connection.execute(
        select(Entry.topic, func.count())
        .where(Entry.hour >= _midnight(since), Entry.kind == "not_covered", Entry.topic != "")
        .group_by(Entry.topic)
    )
    return dict(sorted(((topic, count) for topic, count in rows), key=lambda each: (-each[1], each[0])))


def quoted(connection: Connection, since: date) -> dict[str, dict[str, int]]:
    """Edition to passage ("article:start-end") to how often it was quoted: places count in their edition's text."""
    found: dict[str, Counter[str]] = {}
    rows = connection.execute(
        select(Entry.edition, Entry.passages, func.count())
        .where(Entry.hour >= _midnight(since), Entry.passages != "")
        .group_by(Entry.edition, Entry.passages)
    )
    for edition, passages, count in rows:
        found.setdefault(edition, Counter()).update(dict.fromkeys(passages.split(), count))
    return {edition: dict(places) for edition, places in found.items()}


def help_by_day(connection: Connection, since: date) -> dict[date, int]:
    """Day to the number of replies that showed help, before all else or beside an answer; oldest first."""
    days: Counter[date] = Counter()
    rows = connection.execute(
        select(Entry.hour, func.count()).where(Entry.hour >= _midnight(since), Entry.concern != "").group_by(Entry.hour)
    )
    for hour, count in rows:
        days[hour.date()] += count
    return {day: days[day] for day in sorted(days)}


def feedback(connection: Connection, since: date) -> list[Verdicts]:
    """What visitors said of which passages: unsafe first, then what was said most often."""
    rows = connection.execute(
        select(Feedback.passages, Feedback.reason, func.count())
        .where(Feedback.hour >= _midnight(since))
        .group_by(Feedback.passages, Feedback.reason)
    )
    found = [Verdicts(tuple(passages.split()), reason, count) for passages, reason, count in rows]
    return sorted(found, key=lambda each: (each.reason != "unsafe", -each.times, each.passages, each.reason))


def judged(connection: Connection, since: date) -> list[tuple[str, Verdicts]]:
    """As ``feedback``, with the edition whose text the places count in."""
    rows = connection.execute(
        select(Feedback.edition, Feedback.passages, Feedback.reason, func.count())
        .where(Feedback.hour >= _midnight(since))
        .group_by(Feedback.edition, Feedback.passages, Feedback.reason)
    )
    return [(edition, Verdicts(tuple(passages.split()), reason, count)) for edition, passages, reason, count in rows]


def unanswered(connection: Connection) -> list[UnansweredQuestion]:
    """Every kept question, newest first."""
    rows = connection.execute(
        select(Unanswered.number, Unanswered.day, Unanswered.text, Unanswered.edition).order_by(
            Unanswered.day.desc(), Unanswered.number.desc()
        )
    )
    return [UnansweredQuestion(*row) for row in rows]


def dismiss(connection: Connection, numbers: Sequence[int]) -> int:
    """Delete these kept questions; how many there were."""
    return connection.execute(delete(Unanswered).where(Unanswered.number.in_(numbers))).rowcount


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
