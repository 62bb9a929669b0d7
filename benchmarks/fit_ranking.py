"""Fits the weights of the ranking without examples on open sets, and measures them against plain cosine.

    .venv/bin/python benchmarks/fit_ranking.py FOLDER_OF_SETS [--write]

Fitted on one half of SelQA and ClapNQ (Apache 2.0); measured on the other
halves and on SQuAD 2.0, of which nothing is fitted. ``--write`` replaces
index/ranking.json.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from open_sets import OpenQuestion, OpenSet, read_open_set
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from index import Edition, build, load_edition
from index.ranking import evidence
from index.search import candidate_features


@dataclass(frozen=True, slots=True)
class Asked:
    """The candidates of one question: features (candidates, 6), evidence (candidates, 2), and which of them
    hold an answer, and its sentence."""

    features: np.ndarray
    evidence: np.ndarray
    right: np.ndarray
    right_sentence: np.ndarray
    covered: bool


def ask(edition: Edition, question: OpenQuestion) -> Asked | None:
    numbers, features, best = candidate_features(edition, question.ask, edition.encoder.encode([question.ask]))
    if not numbers:
        return None
    found = np.array([evidence(question.ask, edition.texts.held(each)[0]) for each in numbers])
    passages = [edition.texts.passage(number) for number in numbers]
    right = [each.article.id == question.article and any(a in each.text for a in question.answers) for each in passages]
    sentences = [
        each.article.id == question.article and any(a in span.text or span.text in a for a in question.answers)
        for each, span in zip(passages, best, strict=True)
    ]
    return Asked(features, found, np.array(right), np.array(sentences), bool(question.answers))


def asked(name: str, folder: Path, half: int | None, most: int) -> list[Asked]:
    """Build the set as a corpus of articles alone, and ask every question of it."""
    chosen: OpenSet = read_open_set(name, folder, half, most)
    with tempfile.TemporaryDirectory() as scratch:
        chosen.write(Path(scratch) / "corpus")
        build(Path(scratch) / "corpus", Path(scratch) / "var")
        edition = load_edition(Path(scratch) / "var")
        found = [ask(edition, question) for question in chosen.questions]
        edition.texts.close()
    return [each for each in found if each is not None]


def fit_rank(rows: list[Asked]) -> np.ndarray:
    """Weights that make a right candidate likeliest (softmax over candidates, L2 penalty)."""
    usable = [row for row in rows if row.covered and row.right.any()]

    def loss(weights: np.ndarray) -> float:
        total = 0.0
        for row in usable:
            scores = row.features @ weights * 8
            scores -= scores.max()
            total -= np.log(np.exp(scores[row.right]).sum() / np.exp(scores).sum() + 1e-12)
        return total / len(usable) + 0.01 * float(weights @ weights)

    return np.asarray(minimize(loss, np.full(6, 0.4), method="L-BFGS-B", bounds=[(0, None)] * 6).x)


def fit_answerable(rows: list[Asked], weights: np.ndarray) -> np.ndarray:
    """Weights of the answerable probability; each question is also asked of a corpus that lacks its answer."""
    lacking = [without_answer(row) for row in rows if row.covered and row.right.any() and not row.right.all()]
    every = [*rows, *lacking]
    model = LogisticRegression(C=3.0, max_iter=1000)
    model.fit([top_features(row, weights) for row in every], [row.covered for row in every])
    return np.append(model.coef_[0], model.intercept_[0])


def without_answer(row: Asked) -> Asked:
    kept = ~row.right
    return Asked(row.features[kept], row.evidence[kept], row.right[kept], row.right_sentence[kept], covered=False)


def top_features(row: Asked, weights: np.ndarray) -> np.ndarray:
    best = int((row.features @ weights).argmax())
    return np.concatenate((row.features[best, :2], row.evidence[best]))


def measure(name: str, rows: list[Asked], weights: np.ndarray, answerable: np.ndarray) -> None:
    covered = [row for row in rows if row.covered]
    plain = [int(row.features[:, 1].argmax()) for row in covered]
    sentence = [int(row.features[:, 0].argmax()) for row in covered]
    ours = [int((row.features @ weights).argmax()) for row in covered]
    line = f"{name:12} questions {len(rows):5}"
    line += f"  block first: cosine {hit(covered, plain):.3f}, ours {hit(covered, ours):.3f}"
    line += f"  sentence first: cosine {hit(covered, sentence, True):.3f}, ours {hit(covered, ours, True):.3f}"
    if len(covered) < len(rows):
        truth = [row.covered for row in rows]
        cosine = roc_auc_score(truth, [row.features[:, 1].max() for row in rows])
        ours_auc = roc_auc_score(truth, [top_features(row, weights) @ answerable[:4] + answerable[4] for row in rows])
        line += f"  answerable AUROC: cosine {cosine:.3f}, ours {ours_auc:.3f}"
    print(line, flush=True)


def measure_pairs(folder: Path, weights: np.ndarray) -> None:
    """RQE: does a listed question mean the same as a visitor's? AUROC over the pairs."""
    chosen = read_open_set("rqe", folder)
    cosine, ours, truth = [], [], []
    with tempfile.TemporaryDirectory() as scratch:
        chosen.write(Path(scratch) / "corpus")
        build(Path(scratch) / "corpus", Path(scratch) / "var")
        edition = load_edition(Path(scratch) / "var")
        for question in chosen.questions:
            numbers, features, _ = candidate_features(edition, question.ask, edition.encoder.encode([question.ask]))
            names = [edition.texts.passage(number).article.id for number in numbers]
            own = features[names.index(question.article)] if question.article in names else np.zeros(6)
            cosine.append(own[1])
            ours.append(own @ weights)
            truth.append(bool(question.answers))
        edition.texts.close()
    scores = f"cosine {roc_auc_score(truth, cosine):.3f}, ours {roc_auc_score(truth, ours):.3f}"
    print(f"{'rqe':12} pairs {len(truth):9}  same question AUROC: {scores}", flush=True)


def hit(rows: list[Asked], chosen: list[int], sentence: bool = False) -> float:
    return float(
        np.mean([(row.right_sentence if sentence else row.right)[n] for row, n in zip(rows, chosen, strict=True)])
    )


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--write", action="store_true")
    options.add_argument("--most", type=int, default=250, help="articles of each set")
    chosen = options.parse_args()
    fitted = {name: asked(name, chosen.folder, 0, chosen.most) for name in ("selqa", "clapnq")}
    everything = [row for rows in fitted.values() for row in rows]
    weights = fit_rank(everything)
    answerable = fit_answerable(everything, weights)
    print("rank", weights.round(3).tolist())
    print("answerable", answerable.round(3).tolist())
    for name in ("selqa", "clapnq"):
        measure(name, asked(name, chosen.folder, 1, chosen.most), weights, answerable)
    measure("squad2", asked("squad2", chosen.folder, None, chosen.most), weights, answerable)
    measure("medquad", asked("medquad", chosen.folder, None, 4 * chosen.most), weights, answerable)
    measure_pairs(chosen.folder, weights)
    if chosen.write:
        place = Path(__file__).parent.parent / "index" / "ranking.json"
        place.write_text(
            json.dumps({"rank": weights.round(4).tolist(), "answerable": answerable.round(4).tolist()}) + "\n"
        )


if __name__ == "__main__":
    main()
