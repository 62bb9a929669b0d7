"""What a build worked out is not worked out again; an edition does not depend on what was remembered."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fakes import PARROTS, SAMOVARS, WordEncoders, article_text, write_corpus

import index
from index import Built, load_edition, prepare, publish, publish_prepared, read_manifest, search
from index.cache import CACHE, BuildCache, key_of
from index.encoder import OnnxEncoder
from index.learn import learn

TEACHING = """[[example]]
answers = [{ article = "samovars", quote = "A samovar is filled from the top." }]
questions = ["How is a samovar filled?", "Where does an urn open?"]
"""
STAMP = {"id", "made"}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = write_corpus(tmp_path / "corpus")
    (folder / "questions").mkdir()
    (folder / "questions" / "samovars.toml").write_text(TEACHING)
    return folder


@pytest.fixture
def encoders(words_encoder: Path) -> WordEncoders:
    return WordEncoders(words_encoder)


def make(corpus: Path, var: Path, encoders: WordEncoders) -> Built:
    return index.build(corpus, var, encoders=encoders)


def contents(var: Path, edition_id: str) -> dict[str, object]:
    """Every byte of an edition, and its manifest without the stamp."""
    folder = var / "editions" / edition_id
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    del files["manifest.json"]
    manifest = {key: value for key, value in read_manifest(folder).items() if key not in STAMP}
    return {**files, "manifest": manifest}


def test_an_unchanged_passage_is_never_embedded_twice(corpus: Path, tmp_path: Path, encoders: WordEncoders) -> None:
    make(corpus, tmp_path / "var", encoders)
    assert len(encoders.embedded) == len(set(encoders.embedded))
    encoders.embedded.clear()
    changed = SAMOVARS.replace("A lantern needs oil", "A lantern wants oil")
    (corpus / "articles" / "samovars.md").write_text(changed)
    make(corpus, tmp_path / "var", encoders)
    assert encoders.embedded
    assert all("lantern wants oil" in text for text in encoders.embedded)


def test_an_unchanged_example_question_is_never_read_twice(
    corpus: Path, tmp_path: Path, encoders: WordEncoders, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    encode = OnnxEncoder.encode

    def heard(self: OnnxEncoder, texts: list[str], batch: int = 64) -> index.Vectors:
        read.extend(texts)
        return encode(self, texts, batch)

    make(corpus, tmp_path / "var", encoders)
    monkeypatch.setattr(OnnxEncoder, "encode", heard)
    (corpus / "questions" / "samovars.toml").write_text(TEACHING.replace('?"]', '?", "What does a lid do?"]'))
    make(corpus, tmp_path / "var", encoders)
    assert "What does a lid do?" in read
    assert "How is a samovar filled?" not in read
    assert "Where does an urn open?" not in read


def test_what_the_same_examples_teach_is_learned_once(
    corpus: Path, tmp_path: Path, encoders: WordEncoders, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[int] = []

    def counted(*values: object) -> object:
        learned.append(1)
        return learn(*values)  # type: ignore[arg-type]

    monkeypatch.setattr("index.contents.learn", counted)
    make(corpus, tmp_path / "var", encoders)
    (corpus / "articles" / "apes.md").write_text(article_text("An ape climbs. It needs no ladder.\n", "Apes"))
    make(corpus, tmp_path / "var", encoders)
    assert len(learned) == 1
    found = search(load_edition(tmp_path / "var"), "How is a samovar filled?")
    assert found.matches[0].passage.text.startswith("A samovar is filled from the top.")
    (corpus / "questions" / "samovars.toml").write_text(TEACHING.replace("Where does", "How does"))
    make(corpus, tmp_path / "var", encoders)
    assert len(learned) == 2


@pytest.mark.parametrize("warm", ["by the same corpus", "by another state of it"])
def test_an_edition_has_the_same_bytes_whether_or_not_the_cache_was_warm(
    corpus: Path, tmp_path: Path, encoders: WordEncoders, warm: str
) -> None:
    cold = make(corpus, tmp_path / "cold", encoders)
    if warm == "by another state of it":
        (corpus / "articles" / "parrots.md").write_text(PARROTS.replace("repeats", "says again"))
    first = make(corpus, tmp_path / "warm", encoders)
    (corpus / "articles" / "parrots.md").write_text(PARROTS)
    (corpus / "clinic.toml").write_text('name = "Elsewhere"\n')
    make(corpus, tmp_path / "warm", encoders)
    (corpus / "clinic.toml").unlink()
    again = make(corpus, tmp_path / "warm", encoders)
    assert again.is_new
    assert again.edition_id != first.edition_id
    assert contents(tmp_path / "warm", again.edition_id) == contents(tmp_path / "cold", cold.edition_id)


@pytest.mark.parametrize("damage", ["rubbish", "empty", "cut", "a value changed", "another kind of file"])
def test_a_damaged_cache_is_made_anew_and_never_trusted(
    corpus: Path, tmp_path: Path, encoders: WordEncoders, damage: str
) -> None:
    first = make(corpus, tmp_path / "var", encoders)
    path = tmp_path / "var" / CACHE
    content = path.read_bytes()
    if damage == "a value changed":
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE value SET content = zeroblob(length(content))")
        connection.close()
    elif damage == "another kind of file":
        path.unlink()
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE entry (something)")
        connection.close()
    else:
        path.write_bytes({"rubbish": b"x" * 5000, "empty": b"", "cut": content[: len(content) // 2]}[damage])
    encoders.embedded.clear()
    (corpus / "clinic.toml").write_text('name = "Elsewhere"\n')
    second = make(corpus, tmp_path / "var", encoders)
    assert encoders.embedded or damage == "another kind of file"
    for name in ("vectors.faiss", "classifier.npz"):
        assert contents(tmp_path / "var", second.edition_id)[name] == contents(tmp_path / "var", first.edition_id)[name]


def test_what_was_embedded_before_a_build_broke_off_is_not_lost(tmp_path: Path) -> None:
    cache = BuildCache(tmp_path / "cache.sqlite")
    cache.keep({key_of("a"): b"one"})
    del cache
    again = BuildCache(tmp_path / "cache.sqlite")
    assert again.recall([key_of("a"), key_of("b")]) == {key_of("a"): b"one"}
    again.close()


def test_a_value_is_found_only_under_all_that_decides_it() -> None:
    keys = {key_of("passage", "model", "text"), key_of("question", "model", "text"), key_of("passage", "other", "text")}
    assert len(keys | {key_of("passage", "modeltext"), key_of("passage", "mode", "ltext")}) == 5


def test_what_no_kept_edition_used_is_swept(tmp_path: Path) -> None:
    def build(edition: str, *names: str) -> None:
        cache = BuildCache(tmp_path / "cache.sqlite")
        found = cache.recall([key_of(name) for name in names])
        cache.keep({key_of(name): name.encode() for name in names if key_of(name) not in found})
        cache.done(edition)
        cache.close()

    build("first", "old", "lasting")
    build("second", "lasting", "middle")
    build("third", "lasting", "new")
    cache = BuildCache(tmp_path / "cache.sqlite")
    cache.sweep(["second", "third"])
    assert set(cache.recall([key_of(name) for name in ("old", "lasting", "middle", "new")]).values()) == {
        b"lasting", b"middle", b"new",
    }  # fmt: skip
    cache.sweep(["third"])
    held = cache.recall([key_of(name) for name in ("old", "lasting", "middle", "new")])
    assert set(held.values()) >= {b"lasting", b"new"}
    cache.close()


def test_a_cache_holds_no_words(corpus: Path, tmp_path: Path, encoders: WordEncoders) -> None:
    make(corpus, tmp_path / "var", encoders)
    content = (tmp_path / "var" / CACHE).read_bytes().lower()
    for word in (b"samovar", b"lantern", b"parrot", b"urn open"):
        assert word not in content


def test_a_cache_that_cannot_be_written_stops_no_build(corpus: Path, tmp_path: Path, encoders: WordEncoders) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "cache").write_text("a file where the folder would be")
    assert make(corpus, tmp_path / "var", encoders).is_new
    assert search(load_edition(tmp_path / "var"), "urn").matches


def test_progress_counts_passages_up_to_all_of_them(
    corpus: Path, tmp_path: Path, encoders: WordEncoders, build: Callable[..., Built]
) -> None:
    seen: list[tuple[str, int, int]] = []
    built = prepare(corpus, tmp_path / "var", progress=lambda *step: seen.append(step), encoders=encoders)
    passages = read_manifest(tmp_path / "var" / "editions" / built.edition_id)["passages"]
    counted = [(done, total) for step, done, total in seen if step == "embedding passages"]
    assert counted == sorted(counted)
    assert counted[-1] == (passages, passages)
    publish_prepared(tmp_path / "var", built.edition_id)
    publish(tmp_path / "var", built.edition_id)


@pytest.mark.model
def test_a_real_vector_depends_on_what_else_is_embedded_in_its_last_bits_only(tmp_path: Path) -> None:
    from index.embedding import PassageVectors
    from index.encoders import SentenceTransformers

    def vectors(texts: list[str], name: str) -> np.ndarray:
        rows = [(number, 0, 0, text) for number, text in enumerate(texts)]
        maker = PassageVectors(SentenceTransformers(), BuildCache(tmp_path / f"{name}.sqlite"), tmp_path / name)
        return np.array(maker.write(rows, len(rows), lambda *_: None)[1])

    texts = [f"Sleep matters{', and rest' * (number % 30)} on day {number}." for number in range(90)]
    together = vectors(texts, "together")
    assert np.abs(together[[3, 40, 77]] - vectors([texts[3], texts[40], texts[77]], "apart")).max() < 1e-6
