"""Fine-tunes the question encoder on example questions.

The passages' encoder stays as published; only the questions' side learns:
to tell the classes of the examples apart, to lie near the sentences that
answer, and to stay where it was on questions of the rest of the world.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from corpus import Example
from index.learn import shares_of
from index.plain import spelled
from index.training.export import embed, load_sentence_transformer
from index.training.loop import Trainee, batches_of
from index.typos import misspell

SHARPNESS = 12.0
"""Multiplies the head's scores, because unit vectors give small ones."""

TEMPERATURE = 0.05
STRAY = 0.15
"""The share of complete questions that get an unrelated earlier message, which must change nothing."""

STILL = 12
"""Questions of the rest of the world in each batch that holds any."""


@dataclass(frozen=True, slots=True)
class Taught:
    """An example with its classes: ``shares`` maps a class's number to how right it is."""

    question: str
    after: str
    shares: dict[int, float]


class QuestionTask:
    """Example questions, seen in ``passes`` passes: tells their classes apart, and brings them near their answers.

    ``elsewhere`` are (question, answering sentence) pairs of other subjects,
    which keep the encoder fit for articles without examples. Every text is
    spelled in plain Latin letters before it is read, as when serving.
    """

    def __init__(
        self,
        trainee: Trainee,
        examples: Sequence[Example],
        elsewhere: Sequence[tuple[str, str]],
        chance: random.Random,
        passes: int = 6,
    ) -> None:
        self._trainee, self._elsewhere = trainee, elsewhere
        self._chance, self._passes = chance, passes
        base, _ = load_sentence_transformer()
        self._rows, sentences, others = _classes(examples)
        self._anchors = torch.tensor(embed(base, sentences)) if sentences else torch.zeros(0, trainee.dimensions)
        self._still_answers = torch.tensor(embed(base, [answer for _, answer in elsewhere]))
        self._still_questions = torch.tensor(embed(base, [question for question, _ in elsewhere]))
        self.heads = torch.nn.Linear(trainee.dimensions, len(sentences) + others)
        torch.nn.init.normal_(self.heads.weight, std=0.05)
        self.heads.weight.data[: len(sentences)] = self._anchors * 0.5
        torch.nn.init.zeros_(self.heads.bias)

    def batches(self) -> list[list[Taught]]:
        found = []
        for _ in range(self._passes):
            found += batches_of(self._rows, lambda row: len(row.question) + len(row.after), self._chance)
        return found

    def loss(self, batch: Sequence[Taught]) -> Any:
        questions, after = _texts(batch, self._rows, self._chance)
        wanted = torch.zeros(len(batch), self.heads.out_features)
        for place, row in enumerate(batch):
            for number, share in row.shares.items():
                wanted[place, number] = share
        vectors = self._vectors(questions, after)
        total = -(wanted * functional.log_softmax(SHARPNESS * self.heads(vectors), -1)).sum(-1).mean()
        covered = wanted[:, : len(self._anchors)].sum(-1) > 0.5
        if covered.any():
            near = functional.log_softmax(vectors[covered] @ self._anchors.T / TEMPERATURE, -1)
            total = total - 0.3 * (wanted[covered][:, : len(self._anchors)] * near).sum(-1).mean()
        if len(self._elsewhere) >= STILL and self._chance.random() < 0.34:
            total = total + self._stillness()
        return total

    def _stillness(self) -> Any:
        """How far questions of the rest of the world have moved, and from their answers."""
        picked = self._chance.sample(range(len(self._elsewhere)), STILL)
        questions = [self._elsewhere[number][0] for number in picked]
        slipped = [misspell(text, self._chance) if self._chance.random() < 0.3 else text for text in questions]
        there = self._trainee.vectors([spelled(text) for text in slipped])
        among = functional.cross_entropy(there @ self._still_answers[picked].T / TEMPERATURE, torch.arange(STILL))
        return 0.5 * among + 6.0 * (1 - (there * self._still_questions[picked]).sum(-1)).mean()

    def _vectors(self, questions: Sequence[str], after: Sequence[str]) -> Any:
        """Vectors in the order given; questions alone and pairs are run apart, as they are when serving."""
        asked, before = ([spelled(text) for text in texts] for texts in (questions, after))
        alone = [place for place, text in enumerate(before) if not text]
        paired = [place for place, text in enumerate(before) if text]
        parts = []
        if alone:
            parts.append(self._trainee.vectors([asked[place] for place in alone]))
        if paired:
            parts.append(self._trainee.vectors([asked[place] for place in paired], [before[place] for place in paired]))
        return torch.cat(parts)[torch.argsort(torch.tensor(alone + paired))]


def _classes(examples: Sequence[Example]) -> tuple[list[Taught], list[str], int]:
    """The examples with numbered classes, the sentences of the first classes, and how many other classes there are."""
    sentences = list(dict.fromkeys(span.text for example in examples for span in example.answers))
    kinds = list(dict.fromkeys(example.target for example in examples if not example.answers))
    number = {text: place for place, text in enumerate((*sentences, *kinds))}
    rows = []
    for example in examples:
        named = [number[span.text] for span in example.answers] or [number[example.target]]
        shares = dict(zip(named, shares_of(len(named)), strict=True))
        rows.append(Taught(example.question, example.after, shares))
    return rows, sentences, len(kinds)


def _texts(batch: Sequence[Taught], rows: Sequence[Taught], chance: random.Random) -> tuple[list[str], list[str]]:
    """The batch as it is typed this time: often misspelt, at times after something unrelated."""
    questions, earlier = [], []
    for row in batch:
        after = row.after or (chance.choice(rows).question if chance.random() < STRAY else "")
        questions.append(misspell(row.question, chance) if chance.random() < 0.45 else row.question)
        earlier.append(misspell(after, chance) if after and chance.random() < 0.2 else after)
    return questions, earlier
