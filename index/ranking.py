"""Scores passages for a question without any example: what serves an article that is new.

Six features for each candidate, joined by weights that were fitted on open
question-answering sets (benchmarks/fit_ranking.py) and are read from
``ranking.json``; so are the weights that turn the best candidate, and the
evidence in it, into the probability that the corpus answers at all.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FEATURES = ("sentence", "whole", "heading", "lexical", "coverage", "sentence_coverage")
"""Cosine with the best sentence, with the whole passage under its title and
headings, and with the heading alone; BM25 squashed to 0..1; the share of the
question's words, weighted by rarity, that the passage, and its best sentence, hold."""

EVIDENCE = ("names_missing", "sort_missing")
"""The share of the question's names and numbers that the best candidate lacks; and whether the sort of answer asked
for (a number, a time, a person, a place) is lacking. Words in common tell where to look, not whether it is answered:
with BM25 and coverage among the weights below, questions on the subject that are not answered were told worse."""

_NAME = re.compile(r"(?<!^)(?<![.?!] )\b[A-Z][\w'’-]+|\b\d[\d,.]*\b")
_NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|half|daily|hours?|days?|"
    r"weeks?|months?|years?|often|many|few|several)\b"
)
_TIME = (
    r"\d{3,4}|\b(?:January|February|March|April|May|June|July|August|September|October|November|December|century|"
    r"after|before|during|days?|weeks?|hours?)\b"
)
_SORTS = tuple(
    (re.compile(asked, re.I), re.compile(there))
    for asked, there in (
        (r"\bhow (?:many|much|long|often|old|far|fast|large|big|tall)\b|\bwhat (?:percent|number)", _NUMBER),
        (r"\bwhen\b|\bwhat (?:year|day|month|century)\b", _TIME),
        (r"\bwho(?:se|m)?\b", r"(?<!^)\b[A-Z][a-z]+|\b(?:people|patients?|doctors?|you|professionals?|staff)\b"),
        (r"\bwhere\b|\bwhich (?:city|country|state)", r"\b(?:in|at|near|from|on|to) (?:the )?[A-Z]|\b(?:in|at) a\b"),
    )
)
"""What is asked for, and what a text must hold to tell it."""


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """``rank`` has a weight for each of FEATURES; ``answerable`` for the two cosines, EVIDENCE, and a bias."""

    rank: NDArray[np.float64]
    answerable: NDArray[np.float64]


@lru_cache(maxsize=1)
def ranking_weights() -> RankingWeights:
    """The fitted weights that ship with the program."""
    stored = json.loads(Path(__file__).with_name("ranking.json").read_text())
    return RankingWeights(np.array(stored["rank"]), np.array(stored["answerable"]))


def squash(bm25: NDArray[np.float64]) -> NDArray[np.float64]:
    """BM25, which has no upper end, as numbers from 0 to 1."""
    found = np.maximum(0.0, bm25)
    return np.asarray(found / (found + 8.0))


def evidence(question: str, text: str) -> NDArray[np.float64]:
    """The EVIDENCE for a candidate whose words are ``text``."""
    names = {name.lower().rstrip(".,") for name in _NAME.findall(question)}
    lower = text.lower()
    names_missing = sum(name not in lower for name in names) / len(names) if names else 0.0
    sort_missing = next((0.0 if there.search(text) else 1.0 for asked, there in _SORTS if asked.search(question)), 0.0)
    return np.array([names_missing, sort_missing])


def answerable(features: NDArray[np.float64], found: NDArray[np.float64]) -> float:
    """The probability that the best candidate answers, from its two cosines and the EVIDENCE for it."""
    weights = ranking_weights().answerable
    logit = float(features[:2] @ weights[:2] + found @ weights[2:4] + weights[4])
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
