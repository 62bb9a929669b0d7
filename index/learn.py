"""The small classifier that example questions teach, over the encoder's vectors.

Multinomial logistic regression: one class for every sentence that an example
names, for every topic the articles do not cover, and for every fixed kind.
The class "offtopic" stands for the rest of the world, for a classifier that
knows only its own subject is sure of itself on anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import Example
from index.encoder import Vectors

PENALTY, ROUNDS = 2e-6, 60
"""More rounds fit the examples closer and questions kept out no better (benchmarks/README.md)."""

METHOD = f"Adam {ROUNDS} {PENALTY}"
"""What decides, beside the examples, what is learned: change it with ``learn``, so that none is taken from before."""

Probabilities = NDArray[np.float32]
"""Shape (texts, classes); every row sums to 1."""


@dataclass(frozen=True, slots=True)
class Class:
    """What one class stands for: a sentence (passage number and its place), or a kind such as ``topic:cost``."""

    kind: str
    passage: int = -1
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """Learned weights: ``weight`` (classes, dimensions), ``bias`` (classes,)."""

    classes: tuple[Class, ...]
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]

    def predict(self, vectors: Vectors) -> Probabilities:
        """The probability of every class for every vector."""
        scores = vectors @ self.weight.T + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        return np.asarray(scores / scores.sum(axis=1, keepdims=True), dtype=np.float32)

    @classmethod
    def of(cls, classes: tuple[Class, ...], values: bytes) -> Classifier:
        """The classifier whose ``values`` were learned for these classes."""
        table = np.frombuffer(values, dtype=np.float32).reshape(len(classes), -1)
        return cls(classes, np.ascontiguousarray(table[:, :-1]), np.ascontiguousarray(table[:, -1]))

    def values(self) -> bytes:
        """What was learned, without what the classes stand for."""
        return np.column_stack((self.weight, self.bias)).astype(np.float32).tobytes()

    def save(self, path: Path) -> None:
        rows = [[each.kind, each.passage, each.start, each.end] for each in self.classes]
        names = np.frombuffer(json.dumps(rows).encode(), dtype=np.uint8)
        with path.open("wb") as file:
            np.savez(file, weight=self.weight, bias=self.bias, classes=names)

    @classmethod
    def load(cls, path: Path) -> Classifier:
        with np.load(path) as stored:
            classes = tuple(Class(*row) for row in json.loads(stored["classes"].tobytes()))
            return cls(classes, stored["weight"], stored["bias"])


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The classes gathered by what they mean: ``kinds`` by name, and for answers ``passages`` by number.

    ``kind_of`` and ``passage_of`` give each class's place in them; a class
    that is not an answer has the place after the last passage. ``members``
    are the classes of each passage.
    """

    kinds: tuple[str, ...]
    kind_of: NDArray[np.intp]
    passages: tuple[int, ...]
    passage_of: NDArray[np.intp]
    members: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, classifier: Classifier) -> Groups:
        kinds = tuple(dict.fromkeys(each.kind for each in classifier.classes))
        passages = tuple(dict.fromkeys(each.passage for each in classifier.classes if each.passage >= 0))
        place = {number: position for position, number in enumerate(passages)} | {-1: len(passages)}
        kind_of = np.array([kinds.index(each.kind) for each in classifier.classes], dtype=np.intp)
        members: list[list[int]] = [[] for _ in passages]
        for number, each in enumerate(classifier.classes):
            if each.passage >= 0:
                members[place[each.passage]].append(number)
        passage_of = np.array([place[each.passage] for each in classifier.classes], dtype=np.intp)
        return cls(kinds, kind_of, passages, passage_of, tuple(map(tuple, members)))


def shares_of(answers: int) -> list[float]:
    """How right each of an example's answers is, the best first; a list of four or more is asked for whole."""
    weights = [1 / (1 + 0.5 * rank) if answers < 4 else 1.0 for rank in range(answers)]
    return [weight / sum(weights) for weight in weights]


def targets(
    examples: Sequence[Example], place: Callable[[str, int, int], int | None]
) -> tuple[tuple[Class, ...], NDArray[np.float32], list[int]]:
    """The classes that the examples name, and what is right for each example.

    ``place`` gives the passage that holds (article, start, end), or None.
    Returns the classes, the share of each class for each usable example, of
    shape (examples, classes), and which examples are usable. An example's
    first answer weighs most, because it was named as the best.
    """
    classes: dict[Class, int] = {}
    rows: list[list[tuple[int, float]]] = []
    usable: list[int] = []
    for number, example in enumerate(examples):
        named: list[Class] = []
        for span in example.answers:
            passage = place(span.article.id, span.start, span.end)
            if passage is not None:
                named.append(Class("answer", passage, span.start, span.end))
        if example.target != "answer":
            named = [Class(example.target)]
        if not named:
            continue
        right = zip(named, shares_of(len(named)), strict=True)
        rows.append([(classes.setdefault(each, len(classes)), share) for each, share in right])
        usable.append(number)
    shares = np.zeros((len(rows), len(classes)), dtype=np.float32)
    for row, pairs in enumerate(rows):
        for column, share in pairs:
            shares[row, column] += share
    return tuple(classes), shares, usable


def learn(
    vectors: Vectors,
    shares: NDArray[np.float32],
    classes: tuple[Class, ...],
    penalty: float = PENALTY,
    rounds: int = ROUNDS,
) -> Classifier:
    """Fit the classifier: ``vectors`` (examples, dimensions) against ``shares`` (examples, classes).

    Minimises cross-entropy plus ``penalty`` times the squared weights with
    Adam (Kingma and Ba 2015) over all examples at once; deterministic.
    """
    weight = np.zeros((len(classes), vectors.shape[1]), dtype=np.float32)
    bias = np.log(shares.mean(axis=0) + 1e-6).astype(np.float32)
    moments = [np.zeros_like(weight), np.zeros_like(weight), np.zeros_like(bias), np.zeros_like(bias)]
    count = len(vectors)
    for step in range(1, rounds + 1):
        wrong = Classifier(classes, weight, bias).predict(vectors) - shares
        slopes = (wrong.T @ vectors / count + 2 * penalty * weight, wrong.mean(axis=0))
        rate = 0.6 * (1 - (step - 1) / rounds) + 0.02
        for value, slope, first, second in zip((weight, bias), slopes, moments[::2], moments[1::2], strict=True):
            first += 0.1 * (slope - first)
            second += 0.01 * (slope * slope - second)
            value -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return Classifier(classes, weight, bias)
