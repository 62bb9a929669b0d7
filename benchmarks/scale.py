"""Start, memory, search and recall of editions of a thousand, a hundred thousand and a million passages, and a plot.

    .venv/bin/python benchmarks/scale.py FOLDER_OF_SETS --scratch FOLDER [--sizes 1000 100000 1000000] [--runs 5]

The words are sentences of MedQuAD, drawn three to a passage; 3,000 of them are embedded by the real model, and
every other vector is a mixture of two of those: real texts and real directions, but no real corpus. What is measured
is the program's own: the files that a build writes, loaded by ``load_edition`` and asked by ``search`` in a process
of its own, as a server does. Questions are MedQuAD's.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from corpus import Article, Span
from index import OnnxEncoder, Passage, load_edition, search
from index.edition import FORMAT, WHOLE
from index.embedding import PassageVectors
from index.encoder import SHIPPED
from index.encoders import SentenceTransformers
from index.integrity import file_digest
from index.learn import Class, Classifier
from index.texts import Texts, write_texts
from index.vectors import VectorStore, write_vectors

HERE = Path(__file__).parent
EMBEDDED = 3000
IN_ARTICLE = 10
ASKED = 200


def sentences_of(folder: Path) -> tuple[list[str], list[str], list[str]]:
    """Sentences, headings and questions of MedQuAD, each list without repeats."""
    sentences: dict[str, None] = {}
    headings: dict[str, None] = {}
    questions: dict[str, None] = {}
    with gzip.open(folder / "medquad.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            found = re.split(r"(?<=[.!?])\s+", re.sub(r"\s+", " ", row["text"]))
            sentences |= dict.fromkeys(each for each in found if 30 < len(each) < 220)
            headings[row["focus"]] = None
            questions[row["question"]] = None
    return list(sentences), list(headings), list(questions)


def directions(sentences: list[str], scratch: Path) -> np.ndarray:
    """The real model's vectors of some sentences, shape (EMBEDDED, 384)."""
    path = scratch / "directions.npy"
    if not path.is_file():
        from index.cache import BuildCache

        drawn = random.Random(1).sample(sentences, EMBEDDED)
        rows = ((number, 0, 0, text) for number, text in enumerate(drawn))
        maker = PassageVectors(SentenceTransformers(), BuildCache.below(scratch), scratch / "scratch")
        np.save(path, maker.write(rows, EMBEDDED, lambda *_: None)[1])
    return np.asarray(np.load(path))


def mixed(base: np.ndarray, count: int, chance: np.random.Generator) -> np.ndarray:
    """``count`` unit vectors, each a mixture of two of ``base`` and a little noise."""
    first, second = chance.integers(len(base), size=(2, count))
    share = chance.uniform(0.3, 0.7, (count, 1)).astype(np.float32)
    vectors = base[first] + share * base[second] + chance.standard_normal((count, 384), np.float32) * 0.015
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def articles_of(passages: int, sentences: list[str], headings: list[str]) -> tuple[list[Article], list[Passage]]:
    """Articles of ten passages of three sentences."""
    chance = random.Random(2)
    articles: list[Article] = []
    made: list[Passage] = []
    for number in range(-(-passages // IN_ARTICLE)):
        count = min(IN_ARTICLE, passages - len(made))
        texts = [chance.sample(sentences, 3) for _ in range(count)]
        article = Article(f"a{number}", chance.choice(headings), "MedQuAD", "\n\n".join(" ".join(t) for t in texts))
        start = 0
        for text in texts:
            end = start + sum(map(len, text)) + 2
            spans = (Span(article, start, start + len(text[0])),)
            made.append(Passage(article, start, end, (chance.choice(headings),), spans))
            start = end + 2
        articles.append(article)
    return articles, made


def make(size: int, folder: Path, scratch: Path) -> dict[str, float]:
    """Write an edition of ``size`` passages below ``scratch`` and return the seconds that each step took."""
    var = scratch / f"var-{size}"
    took: dict[str, float] = {}
    shutil.rmtree(var, ignore_errors=True)
    edition = var / "editions" / "20200101-000000-00000000"
    (edition / "corpus").mkdir(parents=True)
    encoder = OnnxEncoder(SHIPPED)
    shutil.copytree(SHIPPED, var / "models" / encoder.digest, dirs_exist_ok=True)
    sentences, headings, _ = sentences_of(folder)
    began = time.perf_counter()
    write_texts(edition / "texts.sqlite", *articles_of(size, sentences, headings))
    took["texts"] = time.perf_counter() - began
    vectors = np.lib.format.open_memmap(scratch / f"{size}.npy", "w+", np.float32, (2 * size, 384))
    chance, base = np.random.default_rng(3), directions(sentences, scratch)
    for begin in range(0, len(vectors), 50_000):
        vectors[begin : begin + 50_000] = mixed(base, min(50_000, len(vectors) - begin), chance)
    began = time.perf_counter()
    kind = write_vectors(edition / "vectors.faiss", vectors)
    took["vectors"] = time.perf_counter() - began
    rows = np.full((2 * size, 3), WHOLE, dtype=np.int32)
    rows[:, 0] = np.repeat(np.arange(size), 2)
    rows[1::2, 1:] = (0, 30)
    np.save(edition / "rows.npy", rows)
    classes = (Class("offtopic"), Class("personal"))
    Classifier(classes, np.zeros((2, 384), np.float32), np.array([3, 0], np.float32)).save(edition / "classifier.npz")
    manifest = {
        "format": FORMAT, "encoder": {"name": encoder.name, "digest": encoder.digest}, "dimensions": 384,
        "fingerprint": "", "index": kind.to_dict(),
        "files": {path.name: file_digest(path) for path in edition.iterdir() if path.is_file()},
    }  # fmt: skip
    (edition / "manifest.json").write_text(json.dumps(manifest))
    (var / "editions" / "current").write_text(edition.name)
    load_edition(var)
    return took | {"recall when built": kind.recall, "lists": kind.lists, "probes": kind.probes}


def ask(size: int, folder: Path, scratch: Path) -> dict[str, float]:
    """In this process: seconds to start, milliseconds and the processor's milliseconds of a search, memory in MB."""
    var = scratch / f"var-{size}"
    questions = random.Random(4).sample(sentences_of(folder)[2], ASKED)
    before = memory("RssAnon")
    began = time.perf_counter()
    edition = load_edition(var)
    started = time.perf_counter() - began
    for question in questions[:20]:
        search(edition, question)
    wall, own = [], []
    for question in questions:
        began, used = time.perf_counter(), time.thread_time()
        search(edition, question)
        wall.append((time.perf_counter() - began) * 1000)
        own.append((time.thread_time() - used) * 1000)
    found = {"start s": started, "search ms": statistics.median(wall), "search 95th ms": sorted(wall)[190]}
    found |= {"search processor ms": statistics.median(own), "own memory MB": memory("RssAnon") - before}
    return found | {"mapped MB": memory("RssFile")}


def memory(name: str) -> float:
    """Megabytes of this process: RssAnon are its own, RssFile are pages of files that the system may drop."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(rf"{name}:\s+(\d+)", status)[0]) / 1024


def recall(size: int, scratch: Path) -> float:
    """The share of the ten nearest rows found, over vectors mixed anew that the index does not hold."""
    vectors = np.load(scratch / f"{size}.npy", mmap_mode="r")
    questions = mixed(np.load(scratch / "directions.npy"), ASKED, np.random.default_rng(5))
    scores, rows = np.zeros((ASKED, 0), np.float32), np.zeros((ASKED, 0), np.int64)
    for begin in range(0, len(vectors), 100_000):
        cosines = questions @ vectors[begin : begin + 100_000].T
        near = np.argpartition(-cosines, 9, axis=1)[:, :10]
        scores, rows = np.hstack((scores, np.take_along_axis(cosines, near, 1))), np.hstack((rows, near + begin))
    right = np.take_along_axis(rows, np.argsort(-scores, axis=1)[:, :10], 1)
    found = VectorStore.load(next((scratch / f"var-{size}").rglob("vectors.faiss"))).nearest(questions, 10)[1]
    return float(np.mean([len(set(one) & set(two)) / 10 for one, two in zip(found, right, strict=True)]))


def lexical_ms(size: int, folder: Path, scratch: Path) -> float:
    texts = Texts(next((scratch / f"var-{size}").rglob("texts.sqlite")))
    took = []
    for question in random.Random(4).sample(sentences_of(folder)[2], ASKED):
        began = time.perf_counter()
        texts.lexical(question, 32)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def plot(figures: dict[int, dict[str, list[float]]], path: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    sizes = sorted(figures)
    panels = (("search processor ms", "a search, processor ms"), ("start s", "start, s"),
              ("own memory MB", "own memory, MB"), ("recall", "recall@10 against exact"))  # fmt: skip
    figure, axes = pyplot.subplots(1, 4, figsize=(14, 3.2), layout="constrained")
    for axis, (name, label) in zip(axes, panels, strict=True):
        middle = [statistics.median(figures[size][name]) for size in sizes]
        spread = [[m - min(figures[s][name]) for s, m in zip(sizes, middle, strict=True)],
                  [max(figures[s][name]) - m for s, m in zip(sizes, middle, strict=True)]]  # fmt: skip
        axis.errorbar(sizes, middle, yerr=spread, marker="o", capsize=3)
        axis.set(xscale="log", xlabel="passages", title=label, ylim=(0.9, 1.01) if name == "recall" else (0, None))
    figure.savefig(path)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--scratch", type=Path, required=True)
    options.add_argument("--sizes", type=int, nargs="+", default=[1000, 100_000, 1_000_000])
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--keep", action="store_true", help="measure the editions that are there")
    options.add_argument("--ask", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.ask:
        print(json.dumps(ask(chosen.ask, chosen.folder, chosen.scratch)))
        return
    figures: dict[int, dict[str, list[float]]] = {}
    for size in chosen.sizes:
        if not chosen.keep:
            print(size, {key: round(value, 3) for key, value in make(size, chosen.folder, chosen.scratch).items()})
        command = [sys.executable, *sys.argv, "--ask", str(size)]
        runs = [json.loads(subprocess.check_output(command)) for _ in range(chosen.runs)]
        figures[size] = {name: [run[name] for run in runs] for name in runs[0]}
        figures[size]["recall"] = [recall(size, chosen.scratch)]
        figures[size]["lexical ms"] = [lexical_ms(size, chosen.folder, chosen.scratch)]
        for name, values in figures[size].items():
            print(f"{size:>9} {name:22}{statistics.median(values):10.3f} ({min(values):.3f} to {max(values):.3f})")
        sys.stdout.flush()
        plot(figures, HERE / "scale.svg")


if __name__ == "__main__":
    main()
