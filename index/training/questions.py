"""Fine-tunes the question encoder on example questions.

The passages' encoder stays as published; only the questions' side learns:
to tell the classes of the examples apart, to lie near the sentences that
answer, and to stay where it was on questions of the rest of the world.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from corpus import Example
from index.learn import shares_of
from index.training.export import embed, load_sentence_transformer
from index.training.loop import Trainee, batches, train
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


def fit_question_encoder(
    examples: Sequence[Example],
    elsewhere: Sequence[tuple[str, str]] = (),
    epochs: int = 6,
    rate: float = 6e-5,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Trainee:
    """Fine-tune all-MiniLM-L6-v2 on ``examples``.

    ``elsewhere`` are (question, answering sentence) pairs of other subjects,
    which keep the encoder fit for articles without examples.
    """
    torch.manual_seed(0)
    base, _ = load_sentence_transformer()
    rows, sentences, others = _classes(examples)
    anchors = torch.tensor(embed(base, sentences)) if sentences else torch.zeros(0, 384)
    still_answers = torch.tensor(embed(base, [answer for _, answer in elsewhere])) if elsewhere else None
    still_questions = torch.tensor(embed(base, [question for question, _ in elsewhere])) if elsewhere else None
    trainee = Trainee(base, len(sentences) + others)
    torch.nn.init.normal_(trainee.head.weight, std=0.05)
    trainee.head.weight.data[: len(sentences)] = anchors * 0.5
    torch.nn.init.zeros_(trainee.head.bias)
    chance = random.Random(0)

    def loss(batch: Sequence[Taught]) -> torch.Tensor:
        questions, after = _texts(batch, rows, chance)
        wanted = torch.zeros(len(batch), len(sentences) + others)
        for place, row in enumerate(batch):
            for number, share in row.shares.items():
                wanted[place, number] = share
        vectors = _vectors(trainee, questions, after)
        total = -(wanted * functional.log_softmax(SHARPNESS * trainee.head(vectors), -1)).sum(-1).mean()
        covered = wanted[:, : len(sentences)].sum(-1) > 0.5
        if covered.any():
            near = functional.log_softmax(vectors[covered] @ anchors.T / TEMPERATURE, -1)
            total = total - 0.3 * (wanted[covered][:, : len(sentences)] * near).sum(-1).mean()
        if still_answers is not None and still_questions is not None and chance.random() < 0.34:
            picked = chance.sample(range(len(elsewhere)), STILL)
            slipped = [misspell(elsewhere[n][0], chance) if chance.random() < 0.3 else elsewhere[n][0] for n in picked]
            there = trainee.vectors(slipped)
            among = functional.cross_entropy(there @ still_answers[picked].T / TEMPERATURE, torch.arange(STILL))
            total = total + 0.5 * among + 6.0 * (1 - (there * still_questions[picked]).sum(-1)).mean()
        return total

    plan = [batches(rows, lambda row: len(row.question) + len(row.after), chance) for _ in range(epochs)]
    train(trainee, plan, loss, rate, progress)
    return trainee


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


def _vectors(trainee: Trainee, questions: Sequence[str], after: Sequence[str]) -> torch.Tensor:
    """Vectors in the order given; questions alone and pairs are run apart, as they are when serving."""
    alone = [place for place, text in enumerate(after) if not text]
    paired = [place for place, text in enumerate(after) if text]
    parts = []
    if alone:
        parts.append(trainee.vectors([questions[place] for place in alone]))
    if paired:
        parts.append(trainee.vectors([questions[place] for place in paired], [after[place] for place in paired]))
    return torch.cat(parts)[torch.argsort(torch.tensor(alone + paired))]
