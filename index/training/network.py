"""Trains a network on one task or two, once or several times, and writes it as int8 ONNX."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from corpus import Example
from index.training.export import export, load_sentence_transformer
from index.training.loop import Task, Trainee, averaged, train
from index.training.messages import Listener, MessageTask
from index.training.questions import QuestionTask
from index.tuning import Lessons

RATE = 7e-5


def fit(
    folder: Path,
    name: str,
    examples: Sequence[Example],
    lessons: Lessons | None = None,
    runs: int = 1,
    advance: Callable[[int, int], None] = lambda *_: None,
) -> None:
    """Fine-tune all-MiniLM-L6-v2 on ``examples`` and ``lessons`` and export the mean of all runs to ``folder``."""
    trained = []
    for run in range(runs):

        def of_all(done: int, total: int, run: int = run) -> None:
            advance(run * total + done, runs * total)

        trained.append(_run(examples, lessons, run, of_all))
    model = trained[0][0].model
    averaged([trainee.transformer for trainee, _ in trained])
    if lessons is None:
        export(model, folder, name, reads_plain=True)
    else:
        listeners = [listener for _, listener in trained if listener is not None]
        export(model, folder, name, reads_plain=True, listener=averaged(listeners), classes=lessons.classes)


def _run(
    examples: Sequence[Example], lessons: Lessons | None, run: int, advance: Callable[[int, int], None]
) -> tuple[Trainee, Listener | None]:
    """One fine-tuning; every run begins from the same weights, the heads' included."""
    torch.manual_seed(0)
    trainee = Trainee(load_sentence_transformer()[0])
    chance = random.Random(run)
    questions = QuestionTask(trainee, examples, lessons.elsewhere if lessons else (), chance)
    tasks: list[Task] = [questions]
    listener = None
    if lessons:
        heard = MessageTask(trainee, lessons.messages, lessons.ordinary, len(lessons.classes), chance)
        listener = heard.heads
        tasks.append(heard)
    train(trainee, tasks, RATE, advance)
    return trainee, listener
