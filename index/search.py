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
from numpy.typing import NDArray

from corpus import Span
from index.cut import Passage
from index.edition import Edition
from index.encoder import Text, Vectors
from index.ranking import FEATURES, answerable, evidence, ranking_weights, squash
from index.texts import stems

ROWS, WORDS = 96, 32
"""How many nearest vectors and best word matches make the candidates."""

SHORTLIST = 32
"""Of how many candidates the texts are read."""


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


def search(edition: Edition, question: str, after: str = "", top: int = 10, vector: Vectors | None = None) -> Findings:
    """Search for ``question``, asked after ``after`` (empty for a first question).

    ``vector``, of shape (1, dimensions), is what the encoder gave for both, where that is known.
    """
    if vector is None:
        vector = edition.encoder.encode([as_encoded(question, after)])
    taught = _learned(edition, vector, top)
    if len(edition.taught) == edition.texts.size:
        return taught
    fresh = _rank(edition, f"{after} {question}" if after else question, vector, top)
    matches = sorted((*taught.matches, *fresh.matches), key=lambda match: -match.score)[:top]
    return Findings(tuple(matches), max(taught.answerable, fresh.answerable), taught.kinds)


def as_encoded(question: str, after: str) -> Text:
    """What the encoder reads of a question that was asked after another."""
    return (question, after) if after else question


def _learned(edition: Edition, vector: Vectors, top: int) -> Findings:
    """What the examples taught: the probability of each kind, and of each passage that an example names."""
    classifier, groups = edition.classifier, edition.groups
    probabilities = classifier.predict(vector)[0]
    shares = np.bincount(groups.kind_of, probabilities, len(groups.kinds)).tolist()
    kinds = dict(zip(groups.kinds, shares, strict=True))
    scores = np.bincount(groups.passage_of, probabilities, len(groups.passages) + 1)[:-1]
    chances = probabilities.tolist()
    matches = []
    for place in np.argsort(-scores, kind="stable")[:top].tolist():
        best, *others = sorted(groups.members[place], key=chances.__getitem__, reverse=True)
        least = max(0.3 * chances[best], 0.02)
        spoken = [classifier.classes[each] for each in (best, *(each for each in others if chances[each] >= least))]
        passage = edition.texts.passage(groups.passages[place])
        spans = tuple(Span(passage.article, each.start, each.end) for each in spoken)
        matches.append(Match(passage, spans, float(scores[place])))
    return Findings(tuple(matches), kinds.get("answer", 0.0), kinds)


@dataclass(frozen=True, slots=True)
class Ranked:
    """The ranking without examples: matches, best first, and the probability that the best one answers."""

    matches: list[Match]
    answerable: float


def _rank(edition: Edition, question: str, vector: Vectors, top: int) -> Ranked:
    """Rank the passages that no example names; a score is the probability that the passage answers."""
    candidates, features, best = candidate_features(edition, question, vector, top)
    if not candidates:
        return Ranked([], 0.0)
    scores = features @ ranking_weights().rank
    order = np.argsort(-scores, kind="stable")
    best_text = edition.texts.held(candidates[int(order[0])])[0]
    chance = answerable(features[order[0]], evidence(question, best_text))
    shown = [int(place) for place in order[:top]]
    fall = np.exp(4.0 * (scores[shown] - scores[shown[0]])) * chance
    matches = [
        Match(edition.texts.passage(candidates[place]), (best[place],), float(score))
        for place, score in zip(shown, fall, strict=True)
    ]
    return Ranked(matches, chance)


def candidate_features(
    edition: Edition, question: str, vector: Vectors, top: int = SHORTLIST
) -> tuple[list[int], NDArray[np.float64], list[Span]]:
    """The passages that no example names and that may answer: numbers, features (see FEATURES), best sentences.

    What is known without a text (cosines, BM25) makes a shortlist, in which the ``top`` best are to be found. Only the
    texts of those are read whose best sentence can still decide whether they belong there.
    """
    lexical = dict(edition.texts.lexical(question, WORDS))
    rows = edition.vectors.nearest(vector, ROWS)[1][0]
    numbers = sorted((edition.passages_of(rows) | lexical.keys()) - edition.taught)
    if not numbers:
        return [], np.zeros((0, len(FEATURES))), []
    weights = ranking_weights().rank
    cosines, places = edition.similarities(numbers, vector[0])
    words = squash(np.array([lexical.get(number, 0.0) for number in numbers]))
    cheap = np.column_stack((cosines, words))
    listed = np.sort(np.argsort(-(cheap @ weights[: cheap.shape[1]]), kind="stable")[:SHORTLIST])
    shares = edition.texts.shares(question)
    covered = edition.texts.coverages([numbers[place] for place in listed], shares)
    features = np.column_stack((cheap[listed], covered, np.zeros(len(listed))))
    scores = features @ weights
    least = np.partition(scores, -top)[-top] if top < len(scores) else -np.inf
    read = np.flatnonzero(scores + weights[-1] >= least)
    candidates = [numbers[place] for place in listed[read]]
    best = []
    for row, place, passage in zip(read, listed[read], edition.texts.passages(candidates), strict=True):
        span = Span(passage.article, *places[place].tolist())
        held = stems(span.text)
        best.append(span)
        features[row, -1] = sum(share for stem, share in shares.items() if stem in held)
    return candidates, features[read], best
