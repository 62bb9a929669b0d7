"""Turns matches into quotes: whole sentences, lists with their lead-in, benefits with their caveat."""

from __future__ import annotations

from collections.abc import Iterable

from chatbot.reply import Quote
from corpus import Span
from index import QUOTABLE, Match, Passage, is_caveat, sentence_spans

MOST_QUOTES = 3
LONG = 900
"""Characters; from a longer passage only the sentences around the answer are quoted."""


def quotes_of(matches: Iterable[Match], most: int = MOST_QUOTES, budget: int = QUOTABLE) -> tuple[Quote, ...]:
    """At most ``most`` quotes and ``budget`` characters, best first; what does not fit whole is passed over.

    A quote never repeats words of another.
    """
    quotes: list[Quote] = []
    for match in matches:
        if len(quotes) == most:
            break
        place = _place(match.passage, match.highlights, budget)
        if place is None:
            continue
        overlapping = [number for number, quote in enumerate(quotes) if _overlap(quote, match.passage, place)]
        if overlapping:
            quotes[overlapping[0]] = _with_highlights(quotes[overlapping[0]], match.highlights)
            continue
        heading = match.passage.headings[-1] if match.passage.headings else ""
        inside = tuple(span for span in match.highlights if place[0] <= span.start and span.end <= place[1])
        quotes.append(Quote(match.passage.article, *place, heading, tuple(sorted(inside, key=lambda span: span.start))))
        budget -= place[1] - place[0]
    return tuple(quotes)


def _place(passage: Passage, highlights: tuple[Span, ...], budget: int) -> tuple[int, int] | None:
    """Where the quote begins and ends; None when the answering sentence does not fit, its caveat included."""
    if passage.caveat_end is not None:
        starts = (passage.start, highlights[0].start)
        return next(((start, passage.caveat_end) for start in starts if passage.caveat_end - start <= budget), None)
    if passage.end - passage.start <= min(budget, LONG):
        return passage.start, passage.end
    return _around(passage, highlights[0], min(budget, LONG)) or _around(passage, highlights[0], budget)


def _around(passage: Passage, answer: Span, budget: int) -> tuple[int, int] | None:
    """Whole sentences around the answering one, as many as fit, from the beginning where possible."""
    places = (_onwards(passage, start, answer.end, budget) for start in (passage.start, answer.start))
    return next(filter(None, places), None)


def _onwards(passage: Passage, start: int, end: int, budget: int) -> tuple[int, int] | None:
    """From ``start`` past ``end`` as far as whole sentences fit; None when that would cut off a caveat."""
    if end - start > budget:
        return None
    body = passage.article.body
    for begin, stop in sentence_spans(body, end, passage.end) if end < passage.end else ():
        if stop - start > budget:
            return None if is_caveat(body[begin:stop]) else (start, end)
        end = stop
    return start, end


def _overlap(quote: Quote, passage: Passage, place: tuple[int, int]) -> bool:
    return quote.article.id == passage.article.id and place[0] < quote.end and quote.start < place[1]


def _with_highlights(quote: Quote, spans: tuple[Span, ...]) -> Quote:
    """The quote with further spans marked, those that lie inside it."""
    inside = {span for span in spans if quote.start <= span.start and span.end <= quote.end}
    every = tuple(sorted({*quote.highlights, *inside}, key=lambda span: span.start))
    return Quote(quote.article, quote.start, quote.end, quote.heading, every)
