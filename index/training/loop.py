"""One training loop for all: batches of alike length, AdamW with a warm start and a linear fall."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import torch
from sentence_transformers import SentenceTransformer

Row = TypeVar("Row")
LONGEST = 96
"""Word pieces read while training; visitors' messages are short, and time grows with length."""

BATCH = 48


class Trainee:
    """A sentence encoder that is being fine-tuned, with a linear head over its unit vector."""

    def __init__(self, model: SentenceTransformer, outputs: int) -> None:
        self.model = model
        self.transformer = model[0].auto_model
        self.head = torch.nn.Linear(model.get_embedding_dimension() or 0, outputs)

    def vectors(self, texts: Sequence[str], after: Sequence[str] | None = None) -> Any:
        """Unit vectors, shape (texts, dimensions), with gradients; ``after`` pairs each text with an earlier one."""
        pairs = {"text_pair": list(after)} if after else {}
        tokens = self.model.tokenizer(
            list(texts), **pairs, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
        )
        with torch.autocast("cpu", torch.bfloat16):
            states = self.transformer(**tokens).last_hidden_state
        mask = tokens["attention_mask"].unsqueeze(-1).float()
        return torch.nn.functional.normalize((states.float() * mask).sum(1) / mask.sum(1), dim=-1)


def batches(rows: Sequence[Row], length: Callable[[Row], int], chance: random.Random) -> list[list[Row]]:
    """Shuffled rows in batches of alike length, so that little is padded."""
    shuffled = list(rows)
    chance.shuffle(shuffled)
    found = []
    for begin in range(0, len(shuffled), BATCH * 20):
        chunk = sorted(shuffled[begin : begin + BATCH * 20], key=length)
        found += [chunk[place : place + BATCH] for place in range(0, len(chunk), BATCH)]
    chance.shuffle(found)
    return found


def train(
    trainee: Trainee,
    epochs: Sequence[Sequence[Sequence[Row]]],
    loss: Callable[[Sequence[Row]], Any],
    rate: float,
    progress: Callable[[int, int], None],
) -> None:
    """Fine-tune on the batches of each epoch; ``loss`` turns a batch into what is to fall."""
    steps = sum(len(epoch) for epoch in epochs)
    groups = [
        {"params": trainee.transformer.parameters(), "lr": rate},
        {"params": trainee.head.parameters(), "lr": rate * 30},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    fall = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 80) * max(0.02, 1 - step / steps)
    )
    trainee.transformer.train()
    done = 0
    for epoch in epochs:
        for batch in epoch:
            optimizer.zero_grad()
            loss(batch).backward()
            torch.nn.utils.clip_grad_norm_(trainee.transformer.parameters(), 1.0)
            optimizer.step()
            fall.step()
            done += 1
            progress(done, steps)
    trainee.transformer.eval()
