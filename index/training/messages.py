"""Teaches a network to tell kinds of message apart: what hears danger."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn import functional

from index.training.loop import Trainee, batches_of, unit
from index.typos import misspell

SLIPPED = 0.35
"""The share of messages that are misspelt anew each time they are seen."""


class Listener(torch.nn.Module):  # type: ignore[misc]
    """Over the words' states: their mean, their maximum (a danger in one clause) and the first mark's; then classes."""

    def __init__(self, dimensions: int, classes: int, hidden: int = 192) -> None:
        super().__init__()
        self.inner = torch.nn.Linear(3 * dimensions, hidden)
        self.outer = torch.nn.Linear(hidden, classes)

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        mean = unit(states, mask) * states.shape[-1] ** 0.5
        most = (states - 1e4 * (1 - mask)).amax(1)
        together = torch.cat((mean, most, states[:, 0]), -1)
        return self.outer(functional.gelu(self.inner(together)))


@dataclass
class MessageTask:
    """Messages with the numbers of their classes, seen in ``passes`` passes.

    Of ``ordinary`` messages, which are many and easy, each pass sees a fresh
    sample, ``share`` times as many as of ``messages``. What is read is
    ``normalise`` of a message, as when serving.
    """

    trainee: Trainee
    messages: Sequence[tuple[str, int]]
    ordinary: Sequence[tuple[str, int]]
    classes: int
    normalise: Callable[[str], str]
    chance: random.Random
    passes: int = 4
    share: float = 0.5
    heads: Listener = field(init=False)

    def __post_init__(self) -> None:
        self.heads = Listener(self.trainee.dimensions, self.classes)

    def batches(self) -> list[list[tuple[str, int]]]:
        sampled = min(len(self.ordinary), int(len(self.messages) * self.share))
        found = []
        for _ in range(self.passes):
            rows = [*self.messages, *self.chance.sample(list(self.ordinary), sampled)]
            found += batches_of(rows, lambda row: len(row[0]), self.chance)
        return found

    def loss(self, batch: Sequence[tuple[str, int]]) -> Any:
        slipped = [misspell(text, self.chance) if self.chance.random() < SLIPPED else text for text, _ in batch]
        states, mask = self.trainee.read([self.normalise(text) for text in slipped])
        wanted = torch.tensor([number for _, number in batch])
        return functional.cross_entropy(self.heads(states, mask), wanted, label_smoothing=0.03)
