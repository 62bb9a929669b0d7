"""An edition: everything one build produced, immutable and self-contained.

var/editions/<id>/manifest.json    what made it, and the digest of every file
                  texts.sqlite     articles and passages
                  vectors.faiss    a vector for each row
                  rows.npy         which piece of which passage each row is
                  classifier.npz   what the example questions taught
                  corpus/          the clinic's words as they were
var/editions/current               the id of the published one
var/models/<digest>/               the question encoders that editions name
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import Article, Corpus, read_words
from index.encoder import EncoderError, OnnxEncoder, serving_encoder
from index.integrity import Watch, first_damaged
from index.learn import Classifier, Groups
from index.texts import Texts
from index.vectors import VectorStore

FORMAT = 1
WHOLE, HEADING = -1, -2
"""Marks of rows that stand for a passage under its headings, and for its heading alone."""
_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}(-\d+)?")
_FILES = ("texts.sqlite", "vectors.faiss", "rows.npy", "classifier.npz")


class EditionError(Exception):
    """There is no edition, or the one there is cannot be trusted; says what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """A published build. ``rows`` has shape (vectors, 3): a passage's number, then the place of the
    sentence that the vector stands for, or WHOLE or HEADING twice. A passage's rows are neighbours:
    they begin at its place in ``starts``, which has one place more for the end. ``taught`` are the
    passages that an example names."""

    id: str
    folder: Path
    manifest: dict[str, Any]
    words: Corpus
    texts: Texts
    vectors: VectorStore
    rows: NDArray[np.int32]
    encoder: OnnxEncoder
    classifier: Classifier
    groups: Groups
    starts: NDArray[np.int32]
    taught: frozenset[int]
    watch: Watch

    @property
    def damage(self) -> str:
        """What is wrong with a file that was found damaged after the edition was loaded, or nothing."""
        return _damage(self.folder, self.watch.damaged) if self.watch.damaged else ""

    def passages_of(self, rows: NDArray[np.int64]) -> set[int]:
        """The numbers of the passages that rows stand for."""
        return set(self.rows[rows, 0].tolist())

    def similarities(
        self, passages: Sequence[int], vector: NDArray[np.float32]
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """For each passage the cosines of ``vector`` with its best sentence, its whole and its heading, and where that
        sentence stands; of shape (passages, 3) and (passages, 2)."""
        numbers = np.asarray(passages)
        firsts = self.starts[numbers]
        counts = self.starts[numbers + 1] - firsts
        begins = np.cumsum(counts) - counts
        rows = np.repeat(firsts - begins, counts) + np.arange(counts.sum())
        cosines, marks = self.vectors.some(rows) @ vector, self.rows[rows, 1:]
        kinds = marks[:, 0]
        spoken = np.where(kinds >= 0, cosines, -1.0)
        best = np.maximum.reduceat(spoken, begins)
        marked = [np.maximum.reduceat(np.where(kinds == mark, cosines, 0.0), begins) for mark in (WHOLE, HEADING)]
        hits = np.flatnonzero(spoken == np.repeat(best, counts))
        places = marks[hits[np.searchsorted(hits, begins)]]
        return np.column_stack((best, *marked)), np.where(places >= 0, places, 0)


def current_id(var: Path) -> str:
    """The id of the published edition. Raises EditionError when nothing is published."""
    pointer = var / "editions" / "current"
    try:
        found = pointer.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise EditionError(f"{var / 'editions'}: no edition is published; run: chatbot build") from None
    except (OSError, UnicodeDecodeError) as error:
        raise EditionError(f"{pointer}: cannot be read ({type(error).__name__}); run: chatbot build") from error
    if not _ID.fullmatch(found):
        raise EditionError(f"{pointer}: expected the id of an edition, found {found[:40]!r}; run: chatbot build")
    return found


def publish(var: Path, edition_id: str) -> None:
    """Make an edition the one that is served: one atomic replace of ``current``."""
    pointer = var / "editions" / "current"
    beside = pointer.with_name(f".current-{os.getpid()}")
    beside.write_text(edition_id + "\n", encoding="ascii")
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(beside, pointer)


def load_edition(var: Path, edition_id: str | None = None) -> Edition:
    """The published edition, or the one named, with every check.

    Raises EditionError, naming the file and the way out, when a file is
    missing, damaged or of another format, or the encoder is not the one that
    made it.
    """
    edition_id = edition_id or current_id(var)
    folder = var / "editions" / edition_id
    manifest = read_manifest(folder)
    damaged, vouched = first_damaged(folder, manifest["files"])
    if damaged:
        raise EditionError(_damage(folder, damaged))
    try:
        digest = manifest["encoder"]["digest"]
        encoder = serving_encoder(var / "models" / digest, digest)
        vectors = VectorStore.load(folder / "vectors.faiss")
        rows = np.load(folder / "rows.npy", mmap_mode="r")
        classifier = Classifier.load(folder / "classifier.npz")
        texts = Texts(folder / "texts.sqlite")
    except EncoderError as error:
        raise EditionError(str(error)) from error
    except Exception as error:
        raise EditionError(
            f"{folder}: cannot be loaded ({type(error).__name__}: {error}); run: chatbot build"
        ) from error
    held = int(rows[-1, 0]) + 1 if len(rows) else 0
    if vectors.size != len(rows) or texts.size != held or vectors.dimensions != manifest["dimensions"]:
        raise EditionError(f"{folder}: vectors and passages do not belong together; run: chatbot build")
    groups = Groups.of(classifier)
    words = read_words(folder / "corpus")
    return Edition(
        edition_id,
        folder,
        manifest,
        words,
        texts,
        vectors,
        rows,
        encoder,
        classifier,
        groups,
        starts=_starts(rows),
        taught=frozenset(groups.passages),
        watch=Watch(folder, vouched),
    )


def _starts(rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Where each passage's rows begin, and where the last one's end."""
    numbers = np.ascontiguousarray(rows[:, 0])
    return np.concatenate(([0], np.flatnonzero(np.diff(numbers)) + 1, [len(numbers)])).astype(np.int32)


def _damage(folder: Path, name: str) -> str:
    return f"{folder / name}: damaged or missing; run: chatbot build, or roll back to an earlier edition"


def read_articles(var: Path, edition_id: str) -> list[Article]:
    """The articles of an edition, without loading what searches them. Raises EditionError when they cannot be read."""
    path = var / "editions" / edition_id / "texts.sqlite"
    if not _ID.fullmatch(edition_id) or not path.is_file():
        raise EditionError(f"{path}: there is no such edition; run: chatbot build")
    try:
        texts = Texts(path)
        found = texts.articles()
        texts.close()
    except sqlite3.Error as error:
        raise EditionError(f"{path}: damaged ({type(error).__name__}); run: chatbot build") from error
    return found


def read_manifest(folder: Path) -> dict[str, Any]:
    """An edition's manifest. Raises EditionError when it is missing or not one."""
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EditionError(f"{path}: there is no such edition; run: chatbot build") from None
    except (OSError, ValueError) as error:
        raise EditionError(f"{path}: damaged ({type(error).__name__}); run: chatbot build") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else None
        raise EditionError(f"{path}: edition format {found}, this program reads format {FORMAT}; run: chatbot build")
    missing = {"dimensions", "fingerprint"} - manifest.keys()
    missing |= {name for name in ("files", "encoder") if not isinstance(manifest.get(name), dict)}
    missing |= set() if "files" in missing else set(_FILES) - manifest["files"].keys()
    if missing:
        raise EditionError(f"{path}: damaged (no {', '.join(sorted(missing))}); run: chatbot build")
    return manifest


def edition_ids(var: Path) -> list[str]:
    """The ids of all finished editions, oldest first."""
    folder = var / "editions"
    found = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted(name for name in found if _ID.fullmatch(name))
