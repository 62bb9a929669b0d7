"""Fine-tuning the encoders, for machines that have the extra ``build``: torch is loaded when it is asked for."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus import Example, read_corpus
from index.encoder import SHIPPED, OnnxEncoder
from index.encoders import TUNED, training_module
from index.learn import learn, targets

Advance = Callable[[int, int], None]
"""Called with the steps done and the steps there are."""

HELD_OUT = 10
"""One example question in this many is kept out of fine-tuning, to tell whether it pays."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """The share of held-out example questions whose class was right, before and after; whether it was kept."""

    before: float
    after: float
    kept: bool


def tune(folder: Path, var: Path, advance: Advance = lambda *_: None) -> Tuned:
    """Fine-tune the question encoder on a corpus's examples; keep it below ``var`` only if it wins.

    The builds that follow use the kept encoder. Takes minutes.
    """
    examples = [each for each in read_corpus(folder).questions.examples if each.answers or each.target != "answer"]
    random.Random(0).shuffle(examples)
    asked, learned = examples[: len(examples) // HELD_OUT], examples[len(examples) // HELD_OUT :]
    beside = var / ".tuning"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        tune_questions(learned, beside, "tuned on this corpus", advance=advance)
        now = var / TUNED if (var / TUNED).is_dir() else SHIPPED
        before, after = (_share_right(OnnxEncoder(place, threads=2), learned, asked) for place in (now, beside))
        if after > before:
            shutil.rmtree(var / TUNED, ignore_errors=True)
            beside.rename(var / TUNED)
        return Tuned(before, after, after > before)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _share_right(encoder: OnnxEncoder, learned: Sequence[Example], asked: Sequence[Example]) -> float:
    """The share of ``asked`` whose likeliest class is right, by a classifier taught with ``learned``."""
    classes, shares, _ = targets([*learned, *asked], lambda article, start, end: hash((article, start, end)))
    vectors = encoder.encode(
        [(each.question, each.after) if each.after else each.question for each in (*learned, *asked)]
    )
    count = len(learned)
    likeliest = learn(vectors[:count], shares[:count], classes).predict(vectors[count:]).argmax(axis=1)
    return float(np.mean(shares[count:][np.arange(len(asked)), likeliest] > 0))


def tune_questions(examples: Sequence[Example], folder: Path, name: str, advance: Advance = lambda *_: None) -> None:
    """Fine-tune the question encoder on example questions and write it, int8, to ``folder``."""
    training_module("network").fit(folder, name, examples, advance=advance)


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the network that ships learns beside example questions.

    ``elsewhere`` are (question, answering sentence) pairs of other subjects,
    which keep it fit for articles without examples. ``messages`` are (text,
    class) rows; ``ordinary`` are many easy ones, of which each pass sees a
    sample. A class is given as its number in ``classes``.
    """

    elsewhere: Sequence[tuple[str, str]]
    messages: Sequence[tuple[str, int]]
    ordinary: Sequence[tuple[str, int]]
    classes: tuple[str, ...]


def tune_network(
    examples: Sequence[Example],
    lessons: Lessons,
    folder: Path,
    name: str,
    runs: int = 2,
    advance: Advance = lambda *_: None,
) -> None:
    """Train the network that ships, which reads questions and hears danger in one pass, and write it to ``folder``.

    The weights of ``runs`` trainings that see everything in another order are averaged.
    """
    training_module("network").fit(folder, name, examples, lessons, runs, advance)
