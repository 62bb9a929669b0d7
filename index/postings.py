"""The lexical index of a large edition: BM25 worked out at build, so that a question reads only what it needs.

SQLite's FTS5 scores every passage that holds any of a question's words, which
is exact and fast enough up to FTS5_UP_TO passages. Beyond that the passages of
each stem lie in a file, in order, each with what the stem adds to its score
(the same BM25: k1 1.2, b 0.75, over weighted columns). The rare words of a
question name the candidates; the common ones are looked up for those alone.
"""

from __future__ import annotations

import math
import re
import sqlite3
import unicodedata
from array import array
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import Stemmer
from numpy.typing import NDArray

FTS5_UP_TO = 5_000
"""Passages; beyond, FTS5 takes longer than the encoder."""

COLUMN_WEIGHTS = (0.8, 1.2, 1.0)
"""What a word counts for in the title, in the headings and in the text."""

POSTINGS = ("postings.npy", "impacts.npy")
SCHEMA = "CREATE TABLE stem (stem TEXT PRIMARY KEY, first INTEGER, held INTEGER) WITHOUT ROWID;"
_NAMED_BY_RARE = 20_000
"""Postings of rare words that name the candidates; the rarest word names its own, however many."""
_CANDIDATES = 2_000
_WORD = re.compile(r"[^\W_]+")
_K1, _B = 1.2, 0.75


@lru_cache(maxsize=1)
def stemmer() -> Stemmer.Stemmer:
    """Porter's stemmer of 1980, which SQLite's FTS5 has too."""
    return Stemmer.Stemmer("porter", 0)  # its cache costs more than it spares


def plain_stems(text: str) -> list[str]:
    """The stems of a text's words in order, without accents, as FTS5 has them."""
    return list(stemmer().stemWords(plain_words(text)))


def plain_words(text: str) -> list[str]:
    """A text's words in order, in lower case and without accents."""
    text = text.lower()
    if not text.isascii():
        text = "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))
    return _WORD.findall(text)


class PostingsWriter:
    """Gathers the stems of passages, which come in the order of their numbers."""

    def __init__(self, left_out: frozenset[str]) -> None:
        self._left_out = left_out
        self._numbers: dict[str, int] = {}
        self._stems, self._passages, self._counts = array("i"), array("i"), array("f")
        self._lengths = array("i")

    def add(self, columns: Sequence[str]) -> None:
        """The next passage: its title, headings and text."""
        counts: Counter[str] = Counter()
        length = 0
        for column, weight in zip(columns, COLUMN_WEIGHTS, strict=True):
            found = plain_stems(column)
            length += len(found)
            for stem in found:
                counts[stem] += weight  # type: ignore[assignment]
        for stem, count in counts.items():
            if stem not in self._left_out:
                self._stems.append(self._numbers.setdefault(stem, len(self._numbers)))
                self._passages.append(len(self._lengths))
                self._counts.append(count)
        self._lengths.append(length)

    def write(self, folder: Path, connection: sqlite3.Connection) -> None:
        """Write the postings beside ``connection``'s file, and there where each stem's begin."""
        stems = np.frombuffer(self._stems, dtype=np.int32)
        order = np.argsort(stems, kind="stable")
        passages = np.frombuffer(self._passages, dtype=np.int32)[order]
        counts = np.frombuffer(self._counts, dtype=np.float32)[order]
        lengths = np.frombuffer(self._lengths, dtype=np.int32)
        held = np.bincount(stems, minlength=len(self._numbers))
        rarity = np.log((len(lengths) - held + 0.5) / (held + 0.5))
        rarity = np.where(rarity > 0, rarity, 1e-6).astype(np.float32)
        saturation = (_K1 * (1 - _B + _B * lengths / lengths.mean())).astype(np.float32)
        impacts = np.repeat(rarity, held) * counts * (_K1 + 1) / (counts + saturation[passages])
        np.save(folder / POSTINGS[0], passages)
        np.save(folder / POSTINGS[1], impacts.astype(np.float16))
        firsts = np.concatenate(([0], np.cumsum(held)[:-1])).tolist()
        rows = sorted(zip(self._numbers, firsts, held.tolist(), strict=True))
        connection.executescript(SCHEMA)
        connection.executemany("INSERT INTO stem VALUES (?, ?, ?)", rows)


class Postings:
    """Reads what PostingsWriter wrote, mapped from its files."""

    def __init__(self, folder: Path) -> None:
        self._passages = np.load(folder / POSTINGS[0], mmap_mode="r").view(np.ndarray)  # a plain array is cut faster
        self._impacts = np.load(folder / POSTINGS[1], mmap_mode="r").view(np.ndarray)

    def best(self, places: Sequence[tuple[int, int]], top: int) -> list[tuple[int, float]]:
        """The passages that hold the stems at ``places`` (first, held), best first: (number, BM25)."""
        places = sorted(places, key=lambda place: place[1])
        if not places:
            return []
        rare = 1
        while rare < len(places) and sum(held for _, held in places[: rare + 1]) <= _NAMED_BY_RARE:
            rare += 1
        numbers, place = np.unique(np.concatenate([self._of(*each)[0] for each in places[:rare]]), return_inverse=True)
        impacts = np.concatenate([self._of(*each)[1] for each in places[:rare]])
        scores = np.bincount(place, impacts, len(numbers))
        if len(numbers) > _CANDIDATES:
            kept = np.sort(np.argpartition(-scores, _CANDIDATES)[:_CANDIDATES])
            numbers, scores = numbers[kept], scores[kept]
        for place_of_common in places[rare:]:
            holds, found = self._among(place_of_common, numbers)
            scores += np.where(holds, self._of(*place_of_common)[1][found], 0.0)
        order = np.lexsort((numbers, -scores))[:top]
        return [(int(numbers[each]), float(scores[each])) for each in order]

    def hold(self, place: tuple[int, int], numbers: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which of the passages hold the stem at ``place`` (first, held)."""
        return self._among(place, numbers)[0]

    def _among(self, place: tuple[int, int], numbers: NDArray[np.int32]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
        """Which of the passages hold a stem, and where among its postings each stands or would stand."""
        others = self._of(*place)[0]
        found = np.minimum(np.searchsorted(others, numbers), len(others) - 1)
        return others[found] == numbers, found

    def _of(self, first: int, held: int) -> tuple[NDArray[np.int32], NDArray[np.float16]]:
        return self._passages[first : first + held], self._impacts[first : first + held]


def rarity(passages: int, held: int) -> float:
    """BM25's inverse document frequency, as if one passage more held the stem."""
    return math.log(1 + (passages - held + 0.5) / (held + 0.5))
