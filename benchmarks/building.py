"""How fast a build embeds against the encoder alone, and how long a build takes after one article changed.

    .venv/bin/python benchmarks/building.py FOLDER_OF_SETS [--texts 600] [--articles 1000] [--runs 5] [--whole]

First: the real passage model on sentences of MedQuAD in batches of 64, sorted by length, once called directly and
once through the build's own path with an empty cache, in turn, in one process. Second: a corpus of MedQuAD's answers
is built, one article of it changed, and built again; its passages' vectors are drawn by their text's digest, so that
the figure is all that a build does beside embedding. ``--whole`` builds all 16,407 answers with the real model, asks
every tenth question and tells where its answer ranks; it takes an hour on two cores.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from figures import spread

from index import Vectors, build, load_edition, search
from index.cache import BuildCache
from index.embedding import PassageVectors
from index.encoder import SHIPPED
from index.encoders import SentenceTransformers

BATCH = 64


@dataclass(frozen=True, slots=True)
class Drawn:
    """Vectors that a text's digest decides, at no cost; questions are read by the encoder that ships."""

    name: str = "drawn"

    def question_folder(self, models: Path) -> Path:
        return SHIPPED

    def embed(self, texts: Sequence[str], advance: Callable[[int], None]) -> tuple[Vectors, str]:
        rows = [np.frombuffer(hashlib.shake_256(text.encode()).digest(384), np.int8) for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), 384)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6), "drawn"


def answers(folder: Path) -> list[dict[str, Any]]:
    with gzip.open(folder / "medquad.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def write_articles(rows: Sequence[dict[str, Any]], corpus: Path) -> list[str]:
    """Each answer as an article, its title the subject and the kind of question; the articles' ids."""
    (corpus / "articles").mkdir(parents=True)
    names = [re.sub(r"[^a-z0-9]+", "-", f"{row['id']}-{row['focus'][:40]}".lower()).strip("-") for row in rows]
    for name, row in zip(names, rows, strict=True):
        text = re.sub(r"\s+", " ", re.sub(r"^[\s#>*+-]+", "", row["text"])).strip()
        front = f"title: {json.dumps(row['focus'] + ': ' + row['qtype'])}\nsource: {json.dumps(row['source'])}"
        (corpus / "articles" / f"{name}.md").write_text(f"---\n{front}\n---\n{text}\n", encoding="utf-8")
    return names


def throughput(texts: Sequence[str], runs: int) -> None:
    """Print the build's share of the encoder's own texts a second."""
    from index.training.export import load_sentence_transformer

    model, _ = load_sentence_transformer()
    ordered = sorted(texts, key=len)
    shares = []
    for run in range(runs + 1):
        began = time.perf_counter()
        for begin in range(0, len(ordered), BATCH):
            batch = ordered[begin : begin + BATCH]
            model.encode(batch, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
        alone = time.perf_counter() - began
        with tempfile.TemporaryDirectory() as scratch:
            maker = PassageVectors(Loaded(model), BuildCache.below(Path(scratch)), Path(scratch) / "vectors")
            began = time.perf_counter()
            maker.write(((place, 0, 0, text) for place, text in enumerate(texts)), len(texts), lambda *_: None)
            whole = time.perf_counter() - began
        if run:  # the first warms up
            shares.append(alone / whole)
            print(f"  alone {len(texts) / alone:7.1f} texts/s, build {len(texts) / whole:7.1f}, share {shares[-1]:.3f}")
    print(f"share of the encoder's own throughput: {spread(shares)}")


@dataclass(frozen=True, slots=True)
class Loaded(SentenceTransformers):
    """The real passage encoder, loaded before the clock starts, as the encoder alone is."""

    transformer: Any = None

    def __init__(self, transformer: Any) -> None:
        object.__setattr__(self, "model", None)
        object.__setattr__(self, "transformer", transformer)

    def embed(self, texts: Sequence[str], advance: Callable[[int], None]) -> tuple[Vectors, str]:
        from index.training.export import BASE_SHA256, embed

        return embed(self.transformer, texts, advance), BASE_SHA256


def rebuilding(rows: Sequence[dict[str, Any]], runs: int) -> None:
    """Print how long a build takes, and how long once more with one article changed."""
    with tempfile.TemporaryDirectory() as scratch:
        corpus, var = Path(scratch) / "corpus", Path(scratch) / "var"
        names = write_articles(rows, corpus)
        with timed("first build, vectors at no cost"):
            build(corpus, var, encoders=Drawn())
        took = []
        for run in range(runs):
            path = corpus / "articles" / f"{names[run]}.md"
            path.write_text(path.read_text(encoding="utf-8").rstrip() + f" Changed {run}.\n", encoding="utf-8")
            began, used = time.perf_counter(), time.process_time()
            build(corpus, var, encoders=Drawn())
            took.append((time.perf_counter() - began, time.process_time() - used))
        print(f"one article of {len(rows)} changed: {spread([wall for wall, _ in took])} s, "
              f"of the processor {spread([own for _, own in took])} s")  # fmt: skip


def whole(rows: Sequence[dict[str, Any]]) -> None:
    """Build everything with the real model, and print where the answers of every tenth question rank."""
    with tempfile.TemporaryDirectory() as scratch:
        corpus, var = Path(scratch) / "corpus", Path(scratch) / "var"
        names = write_articles(rows, corpus)
        with timed(f"{len(rows)} answers built"):
            build(corpus, var)
        edition = load_edition(var)
        texts = {row["text"] for row in rows}
        ranks = []
        for name, row in list(zip(names, rows, strict=True))[::10]:
            found = [match.passage.article.id for match in search(edition, row["question"], top=10).matches]
            ranks.append(found.index(name) + 1 if name in found else 0)
        print(f"{edition.manifest['passages']} passages, {edition.manifest['vectors']} vectors, "
              f"{len(texts)} different answers, index {edition.manifest['index']}, "
              f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")  # fmt: skip
        for top in (1, 3, 10):
            print(f"answer among the first {top}: {np.mean([0 < rank <= top for rank in ranks]):.3f} of {len(ranks)}")


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:.1f} s", flush=True)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--texts", type=int, default=600)
    options.add_argument("--articles", type=int, default=1000)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--whole", action="store_true")
    chosen = options.parse_args()
    rows = answers(chosen.folder)
    if chosen.whole:
        whole(rows)
        return
    random.Random(0).shuffle(rows)
    if chosen.articles:
        rebuilding(rows[: chosen.articles], chosen.runs)
    sentences = {text for row in rows[:4000] for text in re.split(r"(?<=[.!?])\s+", row["text"]) if len(text) > 20}
    if chosen.texts:
        throughput(random.Random(0).sample(sorted(sentences), chosen.texts), chosen.runs)


if __name__ == "__main__":
    main()
