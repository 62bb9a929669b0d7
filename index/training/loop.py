"""One training loop for all: tasks that share one network, batches of alike length, AdamW, several runs averaged."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any, Protocol, TypeVar

import torch
from sentence_transformers import SentenceTransformer

Row = TypeVar("Row")
LONGEST = 160
"""Word pieces read while training; few messages are longer, and time grows with length."""

BATCH = 48


class Trainee:
    """A sentence encoder that is being fine-tuned."""

    def __init__(self, model: SentenceTransformer) -> None:
        self.model = model
        self.transformer = model[0].auto_model
        self.dimensions: int = model.get_embedding_dimension() or 0

    def read(self, texts: Sequence[str], after: Sequence[str] | None = None) -> tuple[Any, Any]:
        """The word pieces' states, shape (texts, pieces, dimensions), with gradients, and which pieces are words;
        ``after`` pairs each text with an earlier one."""
        pairs = {"text_pair": list(after)} if after else {}
        tokens = self.model.tokenizer(
            list(texts), **pairs, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
        )
        with torch.autocast("cpu", torch.bfloat16):
            states = self.transformer(**tokens).last_hidden_state
        return states.float(), tokens["attention_mask"].unsqueeze(-1).float()

    def vectors(self, texts: Sequence[str], after: Sequence[str] | None = None) -> Any:
        """Unit vectors, shape (texts, dimensions), with gradients."""
        return unit(*self.read(texts, after))


def unit(states: Any, mask: Any) -> Any:
    """Unit vectors, shape (texts, dimensions): the mean of the words' states, scaled to length 1."""
    return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1).clamp(min=1e-9), dim=-1)


class Task(Protocol):
    """Something that a network learns: its own heads, the batches of each pass, and what is to fall."""

    @property
    def heads(self) -> torch.nn.Module: ...

    def batches(self) -> list[Any]:
        """The batches of all passes, in order."""

    def loss(self, batch: Any) -> Any:
        """What is to fall, for one batch."""


def batches_of(rows: Sequence[Row], length: Callable[[Row], int], chance: random.Random) -> list[list[Row]]:
    """Shuffled rows in batches of alike length, so that little is padded."""
    shuffled = list(rows)
    chance.shuffle(shuffled)
    found = []
    for begin in range(0, len(shuffled), BATCH * 20):
        chunk = sorted(shuffled[begin : begin + BATCH * 20], key=length)
        found += [chunk[place : place + BATCH] for place in range(0, len(chunk), BATCH)]
    chance.shuffle(found)
    return found


def train(trainee: Trainee, tasks: Sequence[Task], rate: float, progress: Callable[[int, int], None]) -> None:
    """Fine-tune on all tasks at once: each step sees a batch of every task that has one left, spread evenly."""
    plans = [task.batches() for task in tasks]
    steps = max(map(len, plans))
    spread = [_spread(plan, steps) for plan in plans]
    groups = [{"params": trainee.transformer.parameters(), "lr": rate}]
    groups += [{"params": task.heads.parameters(), "lr": rate * 30} for task in tasks]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    fall = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 80) * max(0.02, 1 - step / steps)
    )
    trainee.transformer.train()
    for done, step in enumerate(zip_longest(*spread), 1):
        optimizer.zero_grad()
        for task, batch in zip(tasks, step, strict=True):
            if batch is not None:
                task.loss(batch).backward()
        torch.nn.utils.clip_grad_norm_(trainee.transformer.parameters(), 1.0)
        optimizer.step()
        fall.step()
        progress(done, steps)
    trainee.transformer.eval()


def _spread(plan: Sequence[Row], steps: int) -> list[Row | None]:
    """The batches of a shorter plan at even distances, with None between."""
    places: list[Row | None] = [None] * steps
    for number, batch in enumerate(plan):
        places[number * steps // len(plan)] = batch
    return places


def averaged(modules: Sequence[torch.nn.Module]) -> torch.nn.Module:
    """The first module with the mean of all weights (model soups, Wortsman et al. 2022)."""
    with torch.no_grad():
        for kept, *others in zip(*(module.parameters() for module in modules), strict=True):
            kept.copy_(sum(others, kept) / len(modules))
    return modules[0]
