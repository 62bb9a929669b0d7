"""Nearest vectors with FAISS: the one home of FAISS.

Up to EXACT_UP_TO rows every vector is compared, which is exact. Beyond that
the rows are gathered into lists around centres (an inverted file), each value
kept in 8 bits or 16, and a search reads the lists nearest to the question: how many
is measured when it is built, so that at least RECALL of the ten nearest rows
are found. Either way the file is mapped, not read, so that starting takes no
longer and memory grows only by what is looked at.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors

faiss.omp_set_num_threads(1)

EXACT_UP_TO = 30_000
"""Rows; more take longer to compare, one by one, than the encoder takes to read a question."""

RECALL = 0.985
"""The share of the ten exactly nearest rows that is found, at least, over rows drawn as questions."""

_DRAWN = 200
_CHUNK = 65_536
_TRAINED_ON = 40
"""Vectors for each centre; FAISS asks for 39 at least."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How an index finds: ``exact``, or by ``lists`` of which a search reads ``probes``; the ``bits`` of each value,
    and the recall measured."""

    name: str
    lists: int = 0
    probes: int = 0
    recall: float = 1.0
    bits: int = 32

    def to_dict(self) -> dict[str, str | int | float]:
        return asdict(self)


class VectorStore:
    """Unit vectors searched by cosine."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def load(cls, path: Path) -> VectorStore:
        """The store that ``write_vectors`` wrote, mapped from its file. Raises RuntimeError when it is not one."""
        with path.open("rb") as file:
            exact = file.read(4) == b"IxFI"
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC if exact else faiss.IO_FLAG_MMAP))

    @property
    def size(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    @property
    def dimensions(self) -> int:
        return int(self._index.d)

    def rows(self, first: int, last: int) -> Vectors:
        """The vectors of rows ``first`` to ``last``, the last left out."""
        return self.some(np.arange(first, last))

    def some(self, rows: NDArray[np.int64]) -> Vectors:
        """The vectors of these rows."""
        return np.asarray(self._index.reconstruct_batch(rows.astype(np.int64)), dtype=np.float32)

    def nearest(self, vectors: Vectors, top: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """For each vector the cosines and row numbers of its ``top`` nearest, best first."""
        scores, rows = self._index.search(np.ascontiguousarray(vectors, dtype=np.float32), min(top, self.size))
        found = rows[0] >= 0
        return (scores, rows) if len(rows) != 1 or found.all() else (scores[:, found], rows[:, found])


def write_vectors(path: Path, vectors: Vectors, exact_up_to: int = EXACT_UP_TO) -> Kind:
    """Write ``vectors``, shape (rows, dimensions), each of length 1, as a store; how it will find them.

    ``vectors`` may be mapped from a file: they are read in chunks.
    """
    with _all_cores():
        if len(vectors) <= exact_up_to:
            index: faiss.Index = faiss.IndexFlatIP(vectors.shape[1])
            _add(index, vectors)
            kind = Kind("exact")
        else:
            index, kind = _lists(vectors)
        faiss.write_index(index, str(path))
    return kind


def _lists(vectors: Vectors) -> tuple[faiss.Index, Kind]:
    """An inverted file with the fewest probes that find RECALL of what comparing all finds; with 8 bits a value, or
    16 where 8 lose so much that a quarter of the lists is not enough."""
    chance = np.random.default_rng(0)
    lists = 2 ** round(math.log2(2 * math.sqrt(len(vectors))))
    sample = np.sort(chance.choice(len(vectors), min(len(vectors), lists * _TRAINED_ON), replace=False))
    drawn = np.sort(chance.choice(len(vectors), _DRAWN, replace=False))
    questions = np.ascontiguousarray(vectors[drawn], dtype=np.float32)
    right = _exactly_nearest(vectors, questions, drawn)
    for bits, quantiser in ((8, faiss.ScalarQuantizer.QT_8bit), (16, faiss.ScalarQuantizer.QT_fp16)):
        index = _inverted_file(vectors, vectors[sample], lists, quantiser)
        for probes in _steps(lists // 4 if bits == 8 else lists):
            index.nprobe = probes
            found = index.search(questions, 11)[1]
            recall = float(np.mean([len(set(one) & set(two)) / 10 for one, two in zip(found, right, strict=True)]))
            if recall >= RECALL:
                return index, Kind("lists", lists, probes, round(recall, 4), bits)
    return index, Kind("lists", lists, probes, round(recall, 4), bits)


def _inverted_file(vectors: Vectors, sample: Vectors, lists: int, quantiser: int) -> faiss.IndexIVF:
    """All ``vectors`` in lists around centres that ``sample`` decides."""
    dimensions = vectors.shape[1]
    centres = faiss.IndexFlatIP(dimensions)
    index = faiss.IndexIVFScalarQuantizer(centres, dimensions, lists, quantiser, faiss.METRIC_INNER_PRODUCT, False)
    index.cp.seed, index.cp.niter, index.cp.max_points_per_centroid = 1234, 8, _TRAINED_ON
    index.train(np.ascontiguousarray(sample, dtype=np.float32))
    _add(index, vectors)
    index.make_direct_map()
    return index


def _steps(most: int) -> Iterator[int]:
    """Numbers of probes to try up to ``most``, each about a fifth more than the one before."""
    probes = min(4, most)
    while probes < most:
        yield probes
        probes += max(1, probes // 5)
    yield most


def _exactly_nearest(vectors: Vectors, questions: Vectors, own: NDArray[np.int64]) -> NDArray[np.int64]:
    """The ten rows nearest to each question by comparing all, the question's own row left out."""
    best = np.full((len(questions), 10), -1, dtype=np.int64)
    scores = np.full((len(questions), 10), -np.inf, dtype=np.float32)
    for begin in range(0, len(vectors), _CHUNK):
        cosines = questions @ vectors[begin : begin + _CHUNK].T
        inside = (own >= begin) & (own < begin + cosines.shape[1])
        cosines[np.flatnonzero(inside), own[inside] - begin] = -np.inf
        near = np.argpartition(-cosines, min(10, cosines.shape[1] - 1), axis=1)[:, :10]
        scores = np.hstack((scores, np.take_along_axis(cosines, near, 1)))
        best = np.hstack((best, near + begin))
        kept = np.argsort(-scores, axis=1, kind="stable")[:, :10]
        scores, best = np.take_along_axis(scores, kept, 1), np.take_along_axis(best, kept, 1)
    return best


def _add(index: faiss.Index, vectors: Vectors) -> None:
    for begin in range(0, len(vectors), _CHUNK):
        index.add(np.ascontiguousarray(vectors[begin : begin + _CHUNK], dtype=np.float32))


@contextmanager
def _all_cores() -> Iterator[None]:
    """Building may use every core; a search uses one, for many are answered at once."""
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(1)
