"""Nearest vectors with FAISS: the one home of FAISS."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors

faiss.omp_set_num_threads(1)


class VectorStore:
    """Unit vectors searched by cosine; exact."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def of(cls, vectors: Vectors) -> VectorStore:
        """A store of ``vectors``, shape (rows, dimensions), each of length 1."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> VectorStore:
        """The store that ``save`` wrote. Raises RuntimeError when the file is not one."""
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    @property
    def size(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    @property
    def dimensions(self) -> int:
        return int(self._index.d)

    def rows(self, first: int, last: int) -> Vectors:
        """The vectors of rows ``first`` to ``last``, the last left out."""
        return np.asarray(self._index.reconstruct_n(first, last - first), dtype=np.float32)

    def nearest(self, vectors: Vectors, top: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """For each vector the cosines and row numbers of its ``top`` nearest, best first."""
        scores, rows = self._index.search(np.ascontiguousarray(vectors, dtype=np.float32), min(top, self.size))
        return scores, rows
