"""What the counts of the journal say: questions by day and week, and which sentences of an article are quoted.

Counts only. What a visitor typed is not looked at here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from chatbot.safety import ALARMS
from corpus import Article, Span
from index import EditionError, cut

Days = Mapping[date, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many replies of each kind there were from ``first`` to ``last``, and how many showed help."""

    first: date
    last: date
    kinds: Mapping[str, int]
    helped: int

    @property
    def total(self) -> int:
        """All replies."""
        return sum(self.kinds.values())

    @property
    def alarms(self) -> int:
        """Replies that were help and nothing else."""
        return self.of(*ALARMS)

    @property
    def asked(self) -> int:
        """Replies to what the articles could have answered: neither danger nor small talk nor trouble."""
        return self.of("answer", "not_covered", "personal")

    def of(self, *kinds: str) -> int:
        """Replies of these kinds."""
        return sum(self.kinds.get(kind, 0) for kind in kinds)

    def share(self, *kinds: str) -> float | None:
        """The share of these kinds among what was asked of the articles; None where nothing was asked."""
        return self.of(*kinds) / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class SentenceUse:
    """A sentence that may answer, and how often a quote showed it."""

    sentence: Span
    headings: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of an article was quoted; ``count`` is the number of quotes, ``lost`` those of words it lacks by now."""

    article: Article
    sentences: tuple[SentenceUse, ...]
    count: int
    lost: int

    @property
    def used(self) -> int:
        """How many of the sentences were quoted at least once."""
        return sum(each.count > 0 for each in self.sentences)


def by_day(days: Days, helped: Mapping[date, int], first: date, last: date) -> list[Counts]:
    """Every day from ``first`` to ``last``, those without a question too."""
    spans = [(first + timedelta(days=number),) * 2 for number in range((last - first).days + 1)]
    return [_counts(days, helped, *span) for span in spans]


def by_week(days: Days, helped: Mapping[date, int], first: date, last: date) -> list[Counts]:
    """Every week, Monday to Sunday, that holds a day from ``first`` to ``last``; cut to that time."""
    found, monday = [], first - timedelta(days=first.weekday())
    while monday <= last:
        found.append(_counts(days, helped, max(first, monday), min(last, monday + timedelta(days=6))))
        monday += timedelta(days=7)
    return found


def in_all(parts: Sequence[Counts]) -> Counts:
    """The sum of at least one part."""
    kinds: Counter[str] = Counter()
    for part in parts:
        kinds.update(part.kinds)
    return Counts(parts[0].first, parts[-1].last, dict(kinds), sum(part.helped for part in parts))


def coverage(
    articles: Iterable[Article],
    edition_id: str,
    quoted: Mapping[str, Mapping[str, int]],
    articles_of: Callable[[str], Iterable[Article]],
) -> list[Coverage]:
    """What of each article of an edition was quoted, by that edition and by earlier ones whose words it still holds.

    ``quoted`` is what ``Journal.quoted`` found. ``articles_of`` gives
    the articles of an earlier edition; where it raises EditionError, that
    edition's quotes count as lost.
    """
    now = {article.id: article for article in articles}
    places: dict[str, Counter[tuple[int, int]]] = {}
    lost: Counter[str] = Counter()
    for edition, passages in quoted.items():
        before = now if edition == edition_id else articles_then(edition, articles_of)
        for passage, count in passages.items():
            name, start, end = taken_apart(passage)
            if name not in now:
                continue
            place = place_now(before.get(name), now[name], start, end)
            if place is None:
                lost[name] += count
            else:
                places.setdefault(name, Counter())[place] += count
    return [_coverage(article, places.get(name, Counter()), lost[name]) for name, article in now.items()]


def _counts(days: Days, helped: Mapping[date, int], first: date, last: date) -> Counts:
    kinds: Counter[str] = Counter()
    total, day = 0, first
    while day <= last:
        kinds.update(days.get(day, {}))
        total += helped.get(day, 0)
        day += timedelta(days=1)
    return Counts(first, last, dict(kinds), total)


def _coverage(article: Article, places: Mapping[tuple[int, int], int], lost: int) -> Coverage:
    uses = tuple(
        SentenceUse(
            sentence,
            headings,
            sum(count for (start, end), count in places.items() if start <= sentence.start and sentence.end <= end),
        )
        for sentence, headings in _sentences(article)
    )
    return Coverage(article, uses, sum(places.values()) + lost, lost)


@lru_cache(maxsize=2048)
def _sentences(article: Article) -> tuple[tuple[Span, tuple[str, ...]], ...]:
    """The sentences that may answer, with the headings they stand under; kept, for a thousand articles take a while."""
    return tuple((sentence, passage.headings) for passage in cut(article) for sentence in passage.sentences)


def articles_then(edition_id: str, articles_of: Callable[[str], Iterable[Article]]) -> dict[str, Article]:
    """The articles of an edition by their ids; none where it cannot be read any more."""
    try:
        return {article.id: article for article in articles_of(edition_id)}
    except EditionError:
        return {}


def place_now(before: Article | None, now: Article, start: int, end: int) -> tuple[int, int] | None:
    """Where the words that stood at a place stand now: the place itself if it still holds them."""
    if before is None or not 0 <= start < end <= len(before.body):
        return None
    words = before.body[start:end]
    found = start if now.body[start:end] == words else now.body.find(words)
    return (found, found + len(words)) if found >= 0 else None


def taken_apart(passage: str) -> tuple[str, int, int]:
    """A passage as the journal writes it: article:start-end."""
    name, _, place = passage.rpartition(":")
    start, _, end = place.partition("-")
    return name, int(start) if start.isdigit() else -1, int(end) if end.isdigit() else -1
