"""A large edition finds what a small one finds, starts without reading everything, and is refused when damaged."""

from __future__ import annotations

import json
import random
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fakes import article_text, write_corpus

from chatbot import Service, service
from corpus import Article
from index import Built, EditionError, Passage, cut, integrity, load_edition, read_manifest, search
from index.postings import POSTINGS
from index.texts import Texts, write_texts
from index.vectors import VectorStore, write_vectors

Build = Callable[..., Built]
WORDS = [f"{start}{end}" for start in ("tan", "bel", "cor", "dim", "fal", "gor") for end in ("ka", "lo", "ming", "ed")]
SAMOVAR = "How is a samovar filled?"


@pytest.fixture(scope="module")
def clustered() -> np.ndarray:
    """6,000 unit vectors around 60 centres, as texts of 60 subjects would be."""
    chance = np.random.default_rng(0)
    centres = chance.standard_normal((60, 48))
    vectors = centres[chance.integers(60, size=6000)] + 0.6 * chance.standard_normal((6000, 48))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(scope="module")
def written() -> tuple[list[Article], list[Passage]]:
    """300 articles of words drawn so that some are common and some are rare."""
    chance = random.Random(0)
    articles = []
    for number in range(300):
        drawn = chance.choices(WORDS, weights=[1 / (place + 1) for place in range(len(WORDS))], k=40)
        body = " ".join((*drawn[:20], f"rare{number % 90}", "café.\n\n", *drawn[20:], "end."))
        articles.append(Article(f"a{number:03}", f"Title {drawn[0]}", "The Harbour Clinic", body))
    return articles, [passage for article in articles for passage in cut(article)]


def exact(vectors: np.ndarray, questions: np.ndarray, top: int) -> np.ndarray:
    return np.argsort(-(questions @ vectors.T), axis=1, kind="stable")[:, :top]


def test_few_vectors_are_compared_one_by_one(clustered: np.ndarray, tmp_path: Path) -> None:
    kind = write_vectors(tmp_path / "few", clustered[:500])
    found = VectorStore.load(tmp_path / "few").nearest(clustered[:20], 10)[1]
    assert kind.to_dict() == {"name": "exact", "lists": 0, "probes": 0, "recall": 1.0, "bits": 32}
    assert np.array_equal(found, exact(clustered[:500], clustered[:20], 10))


def test_many_vectors_are_found_in_lists_with_the_recall_that_was_promised(
    clustered: np.ndarray, tmp_path: Path
) -> None:
    kind = write_vectors(tmp_path / "many", clustered, exact_up_to=1000)
    store = VectorStore.load(tmp_path / "many")
    chance = np.random.default_rng(1)
    questions = clustered[:200] + 0.05 * chance.standard_normal((200, 48)).astype(np.float32)
    questions /= np.linalg.norm(questions, axis=1, keepdims=True)
    right, found = exact(clustered, questions, 10), store.nearest(questions, 10)[1]
    shared = [len(set(one) & set(two)) / 10 for one, two in zip(right.tolist(), found.tolist(), strict=True)]
    assert (kind.name, store.size, store.dimensions) == ("lists", 6000, 48)
    assert 0 < kind.probes < kind.lists
    assert kind.recall >= 0.98
    assert np.mean(shared) >= 0.97
    assert np.abs(store.rows(100, 140) - clustered[100:140]).max() < 0.01


def test_the_same_vectors_make_the_same_file(clustered: np.ndarray, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_vectors(tmp_path / name, clustered, exact_up_to=1000)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_words_of_a_large_edition_score_as_those_of_a_small_one(
    written: tuple[list[Article], list[Passage]], tmp_path: Path
) -> None:
    stores = []
    for name, most in (("small", 10_000), ("large", 10)):
        (tmp_path / name).mkdir()
        write_texts(tmp_path / name / "texts.sqlite", *written, fts5_up_to=most)
        stores.append(Texts(tmp_path / name / "texts.sqlite"))
    assert (tmp_path / "large" / POSTINGS[0]).is_file()
    assert not (tmp_path / "small" / POSTINGS[0]).exists()
    small, large = stores
    for question in ("rare7 tanka", "bello RARE12 corming", "Café goring", "tanka tanlo taned", "nothing of this"):
        one, two = dict(small.lexical(question, 2000)), dict(large.lexical(question, 2000))
        assert one.keys() == two.keys()
        assert all(score == pytest.approx(two[number], rel=0.01, abs=0.001) for number, score in one.items())
        shares = small.shares(question)
        assert shares == pytest.approx(large.shares(question))
        held = large.coverages(range(large.size), shares)
        assert small.coverages(range(small.size), shares).tolist() == pytest.approx(held.tolist())
        assert held.max() > 0 or question.startswith("nothing")
    for store in stores:
        store.close()


def test_rare_words_name_the_candidates_and_common_ones_order_them(
    written: tuple[list[Article], list[Passage]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(tmp_path / "texts.sqlite", *written, fts5_up_to=10)
    texts = Texts(tmp_path / "texts.sqlite")
    every = dict(texts.lexical("rare7 tanka", 1000))
    monkeypatch.setattr("index.postings._NAMED_BY_RARE", 5)
    few = texts.lexical("rare7 tanka", 1000)
    assert {number for number, _ in few} == {number for number, _ in texts.lexical("rare7", 1000)}
    assert [every[number] for number, _ in few] == [score for _, score in few]
    assert few[0][0] == max(every, key=lambda number: every[number])
    texts.close()


def test_a_large_edition_answers_as_a_small_one(tmp_path: Path, build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    subjects = ("samovar", "lantern", "parrot", "violin", "dinghy")
    for number in range(60):
        subject = subjects[number % 5]
        text = article_text(
            f"A {subject} of sort{number} is kept in room {number}. It is looked after.\n", f"S {number}"
        )
        (corpus / "articles" / f"sort{number}.md").write_text(text)
    build(corpus, tmp_path / "small")
    monkeypatch.setattr("index.vectors.write_vectors.__defaults__", (50,))
    monkeypatch.setattr("index.texts.write_texts.__defaults__", ((), None, 20))
    build(corpus, tmp_path / "large")
    small, large = load_edition(tmp_path / "small"), load_edition(tmp_path / "large")
    assert small.manifest["index"]["name"] == "exact"
    assert large.manifest["index"]["name"] == "lists"
    for question in (SAMOVAR, "Which room has the parrot of sort17?", "violin sort23", "Does a dinghy float?"):
        one, two = search(small, question), search(large, question)
        assert one.matches[0].passage == two.matches[0].passage
        assert one.answerable == pytest.approx(two.answerable, abs=0.02)
        for edition in (small, large):
            whole = search(edition, question, top=1000).matches
            assert len(whole) > 20
            assert search(edition, question).matches == whole[:10]


# A large file is not read whole at each start, and still never trusted for long.


@pytest.fixture
def large_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every file counts as large; the names of those that are read whole."""
    read: list[str] = []
    digest = integrity.file_digest

    def counted(path: Path) -> str:
        read.append(path.name)
        return digest(path)

    monkeypatch.setattr(integrity, "file_digest", counted)
    monkeypatch.setattr("index.integrity.first_damaged.__defaults__", (1,))
    return read


def test_a_sealed_large_file_is_read_in_the_background_only(
    tmp_path: Path, build: Build, large_files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build(write_corpus(tmp_path / "corpus"), tmp_path / "var")
    files = read_manifest(next((tmp_path / "var" / "editions").glob("2*")))["files"]
    large_files.clear()
    held = threading.Event()
    digest = integrity.file_digest
    monkeypatch.setattr(integrity, "file_digest", lambda path: held.wait(20) and digest(path))
    edition = load_edition(tmp_path / "var")
    assert large_files == []
    assert search(edition, SAMOVAR).matches
    held.set()
    edition.watch.wait()
    assert sorted(large_files) == sorted(Path(name).name for name in files)
    assert edition.damage == ""


def test_a_large_file_that_changed_is_refused_at_the_next_start(
    tmp_path: Path, build: Build, large_files: list[str]
) -> None:
    built = build(write_corpus(tmp_path / "corpus"), tmp_path / "var")
    path = tmp_path / "var" / "editions" / built.edition_id / "vectors.faiss"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(EditionError, match=r"vectors\.faiss: damaged or missing"):
        load_edition(tmp_path / "var")


def test_a_copied_edition_is_read_whole(tmp_path: Path, build: Build, large_files: list[str]) -> None:
    build(write_corpus(tmp_path / "corpus"), tmp_path / "var")
    shutil.copytree(tmp_path / "var", tmp_path / "copy")
    large_files.clear()
    load_edition(tmp_path / "copy")
    assert "vectors.faiss" in large_files


def test_what_decays_unseen_is_refused_once_it_is_read(
    tmp_path: Path, build: Build, large_files: list[str], monkeypatch: pytest.MonkeyPatch, one_screen: None
) -> None:
    """The file's bytes change and nothing else about it does, as on a failing disk."""
    monkeypatch.setattr(service, "LOOK_EVERY", 0.0)
    built = build(write_corpus(tmp_path / "corpus"), tmp_path / "var")
    path = tmp_path / "var" / "editions" / built.edition_id / "rows.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    monkeypatch.setattr(integrity, "_mark", lambda path, digest: (digest, 1, 1, 1, 1))
    seal = {name: (digest, 1, 1, 1, 1) for name, digest in read_manifest(path.parent)["files"].items()}
    integrity._seal_of(path.parent).write_text(json.dumps(seal))
    chat = Service(tmp_path / "corpus", tmp_path / "var")
    edition = chat._chatbot.edition if chat._chatbot else None
    assert edition is not None
    edition.watch.wait()
    assert chat.reply(SAMOVAR).kind == "trouble"
    assert "rows.npy: damaged or missing" in chat.trouble
    assert not chat.ready


def test_a_page_asks_for_the_languages_of_the_few_articles_that_have_another(
    tmp_path: Path, build: Build, one_screen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    text = article_text("Una tetera se llena por arriba.\n", "Teteras").replace("---\nUna", "language: es\n---\nUna")
    (corpus / "articles" / "teteras.md").write_text(text)
    build(corpus, tmp_path / "var")
    chat = Service(corpus, tmp_path / "var")
    monkeypatch.setattr(Texts, "_article", lambda *_: pytest.fail("an article was read"))
    assert chat.article_languages == {"teteras": "es"}
