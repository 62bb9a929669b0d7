"""Scores passages for a question without any example: what serves an article that is new.

Six features for each candidate, joined by weights that were fitted on open
question-answering sets (benchmarks/fit_ranking.py) and are read from
``ranking.json``, as are the weights that turn the best candidate into the
probability that the corpus answers the question at all.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FEATURES = ("sentence", "whole", "heading", "lexical", "coverage", "sentence_coverage")
"""Cosine with the best sentence, with the whole passage under its title and
headings, and with the heading alone; BM25 squashed to 0..1; the share of the
question's words, weighted by rarity, that the passage, and its best sentence, hold."""


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """``rank`` and ``answerable`` hold one weight a feature; ``answerable`` has two more: margin and bias."""

    rank: NDArray[np.float64]
    answerable: NDArray[np.float64]


@lru_cache(maxsize=1)
def ranking_weights() -> RankingWeights:
    """The fitted weights that ship with the program."""
    stored = json.loads(Path(__file__).with_name("ranking.json").read_text())
    return RankingWeights(np.array(stored["rank"]), np.array(stored["answerable"]))


def squash(bm25: float) -> float:
    """BM25, which has no upper end, as a number from 0 to 1."""
    return max(0.0, bm25) / (max(0.0, bm25) + 8.0)


def answerable(features: NDArray[np.float64], scores: NDArray[np.float64]) -> float:
    """The probability that the best candidate answers; ``features`` is (candidates, 6), best first."""
    weights = ranking_weights().answerable
    margin = float(scores[0] - scores[1]) if len(scores) > 1 else 0.0
    logit = float(features[0] @ weights[:6] + weights[6] * margin + weights[7])
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
