"""Builds an edition: read, check, cut, embed, learn, write, verify, publish.

Everything is written beside the published edition and checked by loading it;
only then one atomic step makes it the one that is served.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from corpus import DEFAULTS, Corpus, CorpusError, Problem, Severity, errors, read_corpus, warning
from index.cache import CACHE, BuildCache
from index.contents import rows_of, suggestions_of, teach
from index.cut import Passage, cut
from index.edition import (
    FORMAT,
    EditionError,
    current_id,
    edition_ids,
    load_edition,
    publish,
    read_manifest,
)
from index.embedding import PassageVectors, Progress
from index.encoder import OnnxEncoder
from index.encoders import Encoders, SentenceTransformers
from index.integrity import file_digest, forget_seal
from index.texts import write_texts
from index.vectors import write_vectors

KEPT = 10
"""How many editions are kept; older ones are removed after a publish."""

QUOTABLE = 1300
"""Characters; a reply quotes no more than this, so a longer sentence cannot be quoted whole."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: the edition, whether it is new, and the problems that did not stop it."""

    edition_id: str
    is_new: bool
    problems: tuple[Problem, ...]


def build(
    folder: Path,
    var: Path,
    model: str | None = None,
    progress: Progress = lambda *_: None,
    encoders: Encoders | None = None,
) -> Built:
    """Build the corpus in ``folder`` and publish it: ``prepare``, then ``publish_prepared``."""
    built = prepare(folder, var, model, progress, encoders)
    if built.is_new:
        publish_prepared(var, built.edition_id)
    return built


def publish_prepared(var: Path, edition_id: str) -> None:
    """Publish an edition, and forget the oldest ones."""
    publish(var, edition_id)
    _forget_old(var)


def prepare(
    folder: Path,
    var: Path,
    model: str | None = None,
    progress: Progress = lambda *_: None,
    encoders: Encoders | None = None,
) -> Built:
    """Build the corpus in ``folder`` as an edition below ``var`` that is not published yet.

    ``model`` is another sentence-transformers model, by name or folder;
    ``encoders`` are others altogether. Raises CorpusError with every problem
    when the corpus has errors: nothing is changed then. Where the published
    edition was made of just this, that one is returned and nothing is built.
    """
    corpus = read_corpus(folder)
    passages = tuple(chain.from_iterable(cut(article) for article in corpus.articles))
    problems = (*corpus.problems, *length_problems(corpus, passages))
    if errors(problems) or not passages:
        raise CorpusError(errors(problems) or [Problem(folder / "articles", 1, "the articles hold no text to quote")])
    encoders = encoders or SentenceTransformers(model)
    encoder = _question_encoder(var, encoders)
    fingerprint = _fingerprint(folder, encoder.digest, encoders.name)
    unchanged = _published_with(var, fingerprint)
    if unchanged:
        return Built(unchanged, False, problems)
    edition_id = _new_id(var, fingerprint)
    cache = BuildCache.below(var)
    beside = var / "editions" / f".building-{edition_id}"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True)
        manifest = _write(beside, corpus, passages, encoder, encoders, cache, progress)
        manifest |= {
            "id": edition_id,
            "fingerprint": fingerprint,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        (beside / "manifest.json").write_text(
            json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        os.replace(beside, var / "editions" / edition_id)
        cache.done(edition_id)
    finally:
        cache.close()
        shutil.rmtree(beside, ignore_errors=True)
    load_edition(var, edition_id).texts.close()
    return Built(edition_id, True, problems)


def length_problems(corpus: Corpus, passages: Sequence[Passage]) -> list[Problem]:
    """Sentences too long to quote, which are left out, and passages that are cut to be searched."""
    paths = {path.stem: path for path in (corpus.folder / "articles").rglob("*.md")}
    problems = []
    for passage in passages:
        path = paths[passage.article.id]
        for start, end in ((span.start, span.end) for span in passage.sentences):
            if end - start > QUOTABLE:
                message = f"this sentence has {end - start} characters and {QUOTABLE} can be quoted; split it"
                problems.append(Problem(path, _line(path, passage, start), message, Severity.LEFT_OUT))
        if len(passage.text) > 900:
            message = f"this block of {len(passage.text)} characters is longer than the encoder reads well; split it"
            problems.append(warning(path, _line(path, passage, passage.start), message))
    return problems


def _line(path: Path, passage: Passage, place: int) -> int:
    """The line of the file where a place of the body stands."""
    body = passage.article.body
    head = path.read_bytes().decode("utf-8-sig").removesuffix(body)
    return head.count("\n") + body.count("\n", 0, place) + 1


def _question_encoder(var: Path, encoders: Encoders) -> OnnxEncoder:
    """The encoder that will serve, kept below ``var/models`` under its digest."""
    source = encoders.question_folder(var / "models")
    encoder = OnnxEncoder(source)
    kept = var / "models" / encoder.digest
    if not kept.is_dir():
        beside = kept.with_name(f".copying-{os.getpid()}")
        shutil.copytree(source, beside, dirs_exist_ok=True)
        os.replace(beside, kept)
    return encoder


def _write(
    folder: Path,
    corpus: Corpus,
    passages: Sequence[Passage],
    encoder: OnnxEncoder,
    encoders: Encoders,
    cache: BuildCache,
    progress: Progress,
) -> dict[str, Any]:
    """Write an edition's files and return its manifest, without the stamp."""
    suggestions = suggestions_of(corpus.questions, passages)
    write_texts(folder / "texts.sqlite", corpus.articles, passages, suggestions, corpus.questions.topics)
    scratch = folder / "vectors.scratch"
    embedding = PassageVectors(encoders, cache, scratch)
    rows, vectors = embedding.write(rows_of(passages, encoder), len(passages), progress)
    progress("arranging vectors", 0, 1)
    kind = write_vectors(folder / "vectors.faiss", vectors)
    progress("arranging vectors", 1, 1)
    scratch.unlink()
    np.save(folder / "rows.npy", rows)
    taught = teach(folder, corpus.questions.examples, passages, encoder, cache, progress)
    _copy_words(corpus.folder, folder / "corpus")
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {
        "format": FORMAT,
        "passage_model": {"name": encoders.name, "digest": embedding.digest},
        "encoder": {"name": encoder.name, "digest": encoder.digest},
        "dimensions": int(vectors.shape[1]),
        "articles": len(corpus.articles),
        "passages": len(passages),
        "vectors": len(rows),
        "index": kind.to_dict(),
        "examples": taught,
        "files": {name: file_digest(folder / name) for name in files},
    }


def _copy_words(source: Path, folder: Path) -> None:
    """Keep the clinic's own files as they were, so that an edition stands alone and can be compared."""
    for path in sorted(source.rglob("*.toml")):
        if path.is_file() and "defaults" not in path.relative_to(source).parts:
            place = folder / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def _fingerprint(folder: Path, encoder: str, model: str) -> str:
    """A digest of everything that decides what an edition holds."""
    digest = hashlib.sha256(f"{FORMAT} {encoder} {model}".encode())
    digest.update((DEFAULTS / "kinds.toml").read_bytes())
    for path in sorted((*folder.rglob("*.md"), *folder.rglob("*.toml"))):
        if path.is_file() and "defaults" not in path.relative_to(folder).parts:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _published_with(var: Path, fingerprint: str) -> str | None:
    """The published edition's id, when it was made of just this and is sound."""
    try:
        edition_id = current_id(var)
        if read_manifest(var / "editions" / edition_id)["fingerprint"] != fingerprint:
            return None
        load_edition(var, edition_id).texts.close()
    except EditionError:
        return None
    return edition_id


def _new_id(var: Path, fingerprint: str) -> str:
    stem = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{fingerprint[:8]}"
    taken = set(edition_ids(var))
    return next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if name not in taken)


def _forget_old(var: Path) -> None:
    """Remove all but the last editions, and the encoders that none of them names."""
    ids = edition_ids(var)
    published = current_id(var)
    for name in ids[:-KEPT]:
        if name != published:
            forget_seal(var / "editions" / name)
            shutil.rmtree(var / "editions" / name, ignore_errors=True)
    if (var / CACHE).is_file():
        cache = BuildCache.below(var)
        cache.sweep(edition_ids(var))
        cache.close()
    named = set()
    for name in edition_ids(var):
        try:
            named.add(read_manifest(var / "editions" / name)["encoder"]["digest"])
        except EditionError:
            continue
    for folder in (var / "models").iterdir():
        if folder.name not in named and not folder.name.startswith("."):
            shutil.rmtree(folder, ignore_errors=True)
