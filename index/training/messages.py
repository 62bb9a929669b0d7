"""Teaches a network to tell kinds of message apart: what hears danger."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn import functional

from index.plain import spelled
from index.training.loop import Trainee, batches_of, unit
from index.typos import misspell

SLIPPED = 0.35
"""The share of messages that are misspelt, or lose their spaces, anew each time they are seen."""

RUN_TOGETHER, SHORT = 0.06, 40
"""The share, among those of less than so many characters, that lose all their spaces: "idontwanttolive"."""

JOINED = 0.2
"""The share of messages to which an ordinary one is joined, so that a danger is heard in one clause of many."""

_JOINTS = (". ", ", ", " ", "? ", " and ", "\n", " but ", "... ")


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

    Of ``ordinary`` messages, none of them a danger, which are many and easy, each pass sees a fresh
    sample, ``share`` times as many as of ``messages``. Every text is
    spelled in plain Latin letters before it is read, as when serving.
    """

    trainee: Trainee
    messages: Sequence[tuple[str, int]]
    ordinary: Sequence[tuple[str, int]]
    classes: int
    chance: random.Random
    passes: int = 3
    share: float = 0.33
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
        said = [self._joined(text) if self.chance.random() < JOINED else text for text, _ in batch]
        slipped = [self._slipped(text) for text in said]
        states, mask = self.trainee.read([spelled(text) for text in slipped])
        wanted = torch.tensor([number for _, number in batch])
        return functional.cross_entropy(self.heads(states, mask), wanted, label_smoothing=0.03)

    def _slipped(self, text: str) -> str:
        """A message as it stands, misspelt, or without spaces."""
        if self.chance.random() >= SLIPPED:
            return text
        if len(text) < SHORT and self.chance.random() < RUN_TOGETHER:
            return text.lower().replace(" ", "")
        return misspell(text, self.chance)

    def _joined(self, text: str) -> str:
        """A message with an ordinary one before or after it, which does not change what it says."""
        parts = [text, self.chance.choice(self.ordinary)[0]]
        self.chance.shuffle(parts)
        return self.chance.choice(_JOINTS).join(parts)
