"""Searches an edition: which passages answer a question, and whether any does.

Two voices. What the example questions taught gives the probability of every
sentence, topic and kind that an example names. The ranking without examples
(vectors, words, headings) speaks for everything else, so that an article is
found the day it is published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from corpus import Span
from index.cut import Passage
from index.edition import Edition
from index.encoder import Vectors
from index.ranking import answerable, ranking_weights, squash
from index.texts import stems

ROWS, WORDS = 96, 32
"""How many nearest vectors and best word matches make the candidates."""


@dataclass(frozen=True, slots=True)
class Match:
    """A passage, the sentences in it that answer, best first, and its score (0 to 1, comparable within a question)."""

    passage: Passage
    highlights: tuple[Span, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found.

    ``matches`` are ranked, best first, without a threshold. ``answerable`` is
    the calibrated probability that the corpus answers the question. ``kinds``
    are the probabilities of what the message is: ``answer``, ``offtopic``,
    ``personal``, ``topic:<name>``, ``smalltalk:<name>``; empty where no
    example taught any.
    """

    matches: tuple[Match, ...]
    answerable: float
    kinds: Mapping[str, float]


def search(edition: Edition, question: str, after: str = "", top: int = 10) -> Findings:
    """Search for ``question``, asked after ``after`` (empty for a first question)."""
    vector = edition.encoder.encode([(question, after) if after else question])
    plain = _rank(edition, question, vector)
    if edition.classifier is None:
        return Findings(tuple(plain.matches[:top]), plain.answerable, {})
    return _learned(edition, vector, plain, top)


@dataclass(frozen=True, slots=True)
class Ranked:
    """The ranking without examples: matches, best first, and the probability that the best one answers."""

    matches: list[Match]
    answerable: float


def _rank(edition: Edition, question: str, vector: Vectors) -> Ranked:
    lexical = dict(edition.texts.lexical(question, WORDS))
    rows = edition.vectors.nearest(vector, ROWS)[1][0]
    candidates = sorted({*edition.passages_of(rows), *lexical})
    shares = edition.texts.shares(question)
    features = np.zeros((len(candidates), 6))
    best: list[Span] = []
    for place, number in enumerate(candidates):
        sentence, whole, heading, span = edition.similarities(number, vector[0])
        best.append(span)
        held = stems(span.text)
        features[place] = (
            sentence,
            whole,
            heading,
            squash(lexical.get(number, 0.0)),
            edition.texts.coverage(number, shares),
            sum(share for stem, share in shares.items() if stem in held),
        )
    scores = features @ ranking_weights().rank
    order = np.argsort(-scores, kind="stable")
    matches = [Match(edition.texts.passage(candidates[place]), (best[place],), float(scores[place])) for place in order]
    return Ranked(matches, answerable(features[order], scores[order]))


def _learned(edition: Edition, vector: Vectors, plain: Ranked, top: int) -> Findings:
    """What the examples taught, joined with the ranking for passages that no example names."""
    assert edition.classifier is not None
    probabilities = edition.classifier.predict(vector)[0]
    kinds: dict[str, float] = {}
    passages: dict[int, list[tuple[float, Span]]] = {}
    for each, probability in zip(edition.classifier.classes, probabilities.tolist(), strict=True):
        kinds[each.kind] = kinds.get(each.kind, 0.0) + probability
        if each.kind == "answer":
            article = edition.texts.passage(each.passage).article
            passages.setdefault(each.passage, []).append((probability, Span(article, each.start, each.end)))
    matches = []
    for number, found in passages.items():
        found.sort(key=lambda pair: -pair[0])
        lead = found[0][0]
        spans = tuple(
            span for probability, span in found if probability >= max(0.3 * lead, 0.02) or probability == lead
        )
        matches.append(Match(edition.texts.passage(number), spans, sum(probability for probability, _ in found)))
    matches.sort(key=lambda match: -match.score)
    return Findings(tuple(matches[:top]), kinds.get("answer", 0.0), kinds)
