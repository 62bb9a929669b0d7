"""Fine-tunes an encoder as a classifier of messages: what hears danger."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch.nn import functional

from index.training.export import export, load_sentence_transformer
from index.training.loop import Trainee, batches, train
from index.typos import misspell

SHARPNESS = 16.0
SLIPPED = 0.35
"""The share of messages that are misspelt anew each time they are seen."""


def fit_message_classifier(
    messages: Sequence[tuple[str, int]],
    ordinary: Sequence[tuple[str, int]],
    classes: int,
    folder: Path,
    name: str,
    normalise: Callable[[str], str],
    epochs: int = 4,
    share: float = 0.3,
    rate: float = 7e-5,
    runs: int = 2,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> None:
    """Fine-tune all-MiniLM-L6-v2 on (message, class) rows and export it as int8 ONNX to ``folder``.

    Of ``ordinary`` rows, which are many and easy, each epoch sees a fresh
    sample, ``share`` times as many as of ``messages``. Several runs that see the
    rows in another order are averaged weight by weight (model soups, Wortsman
    et al. 2022). The network's outputs are the probabilities of the classes.
    """
    trainees = []
    for run in range(runs):

        def advance(done: int, total: int, run: int = run) -> None:
            progress(run * total + done, runs * total)

        trainees.append(_run(messages, ordinary, classes, normalise, epochs, share, rate, run, advance))
    soup = trainees[0]
    with torch.no_grad():
        weights = [[*each.transformer.parameters(), *each.head.parameters()] for each in trainees]
        for kept, *others in zip(*weights, strict=True):
            kept.copy_(sum(others, kept) / runs)
        soup.head.weight *= SHARPNESS
        soup.head.bias *= SHARPNESS
    export(soup.model, folder, name, head=torch.nn.Sequential(soup.head, torch.nn.Softmax(-1)))


def _run(
    messages: Sequence[tuple[str, int]],
    ordinary: Sequence[tuple[str, int]],
    classes: int,
    normalise: Callable[[str], str],
    epochs: int,
    share: float,
    rate: float,
    run: int,
    progress: Callable[[int, int], None],
) -> Trainee:
    """One fine-tuning; every run begins from the same weights, the head's included."""
    torch.manual_seed(0)
    base, _ = load_sentence_transformer()
    trainee = Trainee(base, classes)
    chance = random.Random(run)

    def loss(batch: Sequence[tuple[str, int]]) -> torch.Tensor:
        texts = [normalise(misspell(text, chance) if chance.random() < SLIPPED else text) for text, _ in batch]
        wanted = torch.tensor([number for _, number in batch])
        return functional.cross_entropy(SHARPNESS * trainee.head(trainee.vectors(texts)), wanted, label_smoothing=0.03)

    sampled = min(len(ordinary), int(len(messages) * share))
    plan = [
        batches([*messages, *chance.sample(list(ordinary), sampled)], lambda row: len(row[0]), chance)
        for _ in range(epochs)
    ]
    train(trainee, plan, loss, rate, progress)
    return trainee
