"""What visitors said about answers, beside the words that those answers quoted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from chatbot.journal import Verdicts
from chatbot.overview import articles_then, place_now, taken_apart
from corpus import Article


@dataclass(frozen=True, slots=True)
class JudgedQuote:
    """Words that an answer quoted; ``stands`` when the published article still holds them. ``text`` is empty where the
    edition that quoted them is gone."""

    article: str
    title: str
    text: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer, by what it quoted, and how often visitors gave each reason."""

    quotes: tuple[JudgedQuote, ...]
    reasons: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many visitors said something."""
        return sum(self.reasons.values())


def judged_answers(
    verdicts: Iterable[tuple[str, Verdicts]],
    articles: Iterable[Article],
    articles_of: Callable[[str], Iterable[Article]],
) -> list[Judged]:
    """What was said of each answer: those called unsafe first, then those called wrong, then the others by number.

    ``verdicts`` are ``Journal.judged``; answers of several editions that quoted
    the same words are one. ``articles`` are the published ones.
    """
    now = {article.id: article for article in articles}
    then: dict[str, dict[str, Article]] = {}
    found: dict[tuple[JudgedQuote, ...], Counter[str]] = {}
    for edition, verdict in verdicts:
        before = then.setdefault(edition, articles_then(edition, articles_of))
        passages, reason, count = verdict
        quotes = tuple(_quote(passage, before, now) for passage in passages)
        found.setdefault(quotes, Counter())[reason] += count
    judged = [Judged(quotes, dict(reasons)) for quotes, reasons in found.items()]
    return sorted(judged, key=_gravity)


def _quote(passage: str, before: Mapping[str, Article], now: Mapping[str, Article]) -> JudgedQuote:
    name, start, end = taken_apart(passage)
    article, published = before.get(name), now.get(name)
    text = article.body[start:end] if article and 0 <= start < end else ""
    stands = published is not None and place_now(article, published, start, end) is not None
    title = published.title if published else article.title if article else name
    return JudgedQuote(name, title, text, stands)


def _gravity(judged: Judged) -> tuple[int, int, int, int]:
    reasons = judged.reasons
    bad = judged.total - reasons.get("useful", 0)
    return -reasons.get("unsafe", 0), -reasons.get("wrong", 0), -bad, -judged.total
