"""The words of an edition in one read-only SQLite file: articles, passages, and their lexical index.

Texts stay on disk, so that memory does not grow with the corpus. Lexical
scores are BM25 as SQLite's FTS5 computes it, over title, headings and text;
a large edition has them from ``index.postings`` instead.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import Article, Span
from index.cut import Passage
from index.postings import (
    COLUMN_WEIGHTS,
    FTS5_UP_TO,
    POSTINGS,
    Postings,
    PostingsWriter,
    plain_stems,
    plain_words,
    rarity,
    stemmer,
)

_SCHEMA = """
CREATE TABLE article (number INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, source TEXT, body TEXT,
                      reviewed TEXT, url TEXT, author TEXT, language TEXT);
CREATE INDEX other_language ON article(language, id) WHERE language <> 'en';
CREATE TABLE passage (number INTEGER PRIMARY KEY, article INTEGER, start INTEGER, "end" INTEGER,
                      caveat_end INTEGER, headings TEXT, sentences TEXT);
CREATE TABLE suggestion (question TEXT, passage INTEGER, opening INTEGER);
CREATE TABLE topic (name TEXT PRIMARY KEY, label TEXT);
"""
_FTS5 = """
CREATE VIRTUAL TABLE words USING fts5(title, headings, text, content='',
    tokenize="porter unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, row);
"""
_COLUMN_WEIGHTS = ", ".join(map(str, COLUMN_WEIGHTS))
_WORD = re.compile(r"[^\W_]+")
STOP_WORDS = frozenset(
    """
    a about after all also am an and any are as at be because been before being but by can could did do
    does doing done for from get gets got had has have he her here hers him his how i if im in into is
    it its just kind know like me my no not of off on or our out over own please really say should so
    some something such than that the their them then there these they thing things this those to too u
    up us very was we were what when where which while who whom whose why will with would you your s t m
    re ll ve d don doesn isn aren won
    """.split()  # noqa: SIM905 - a list of words reads best as words
)

STOP_STEMS = frozenset(plain_stems(" ".join(STOP_WORDS)))


def words(text: str) -> list[str]:
    """The words of a text that carry meaning, lower case, in order, without repeats."""
    found = _WORD.findall(text.lower().replace("’", "'"))
    content = [word for word in found if word not in STOP_WORDS]
    return list(dict.fromkeys(content or found))


def stems(text: str) -> frozenset[str]:
    """The stems of a text's words, as the lexical index stems them (Porter 1980)."""
    found = set(plain_words(text))
    return frozenset(map(_stem_of, found - STOP_WORDS or found))


@lru_cache(maxsize=16_384)
def _stem_of(word: str) -> str:
    return str(stemmer().stemWord(word))


def write_texts(
    path: Path,
    articles: Sequence[Article],
    passages: Sequence[Passage],
    suggestions: Sequence[tuple[str, int, bool]] = (),
    topics: Mapping[str, str] | None = None,
    fts5_up_to: int = FTS5_UP_TO,
) -> None:
    """Write the file, and beside it the postings of more passages than ``fts5_up_to``.

    Passages keep their order as their numbers, from 0; a suggestion is a
    question, the passage that answers it, and whether it is offered first;
    ``topics`` are the labels of what is not covered.
    """
    large = len(passages) > fts5_up_to
    numbers = {article.id: number for number, article in enumerate(articles)}
    connection = sqlite3.connect(path)
    try:
        with connection:
            connection.executescript(_SCHEMA if large else _SCHEMA + _FTS5)
            rows = (_article_row(number, article) for number, article in enumerate(articles))
            connection.executemany("INSERT INTO article VALUES (?,?,?,?,?,?,?,?,?)", rows)
            places = (_passage_row(number, numbers, passage) for number, passage in enumerate(passages))
            connection.executemany("INSERT INTO passage VALUES (?,?,?,?,?,?,?)", places)
            columns = ((each.article.title, " ".join(each.headings), each.text) for each in passages)
            if large:
                postings = PostingsWriter(STOP_STEMS)
                for texts in columns:
                    postings.add(texts)
                postings.write(path.parent, connection)
            else:
                insert = "INSERT INTO words(rowid, title, headings, text) VALUES (?,?,?,?)"
                connection.executemany(insert, ((number, *texts) for number, texts in enumerate(columns)))
            connection.executemany("INSERT INTO suggestion VALUES (?,?,?)", suggestions)
            connection.executemany("INSERT INTO topic VALUES (?,?)", (topics or {}).items())
        if not large:
            connection.execute("INSERT INTO words(words) VALUES ('optimize')")
        connection.commit()
        connection.execute("VACUUM")
    finally:
        connection.close()


def _article_row(number: int, article: Article) -> tuple[Any, ...]:
    reviewed = article.reviewed.isoformat() if article.reviewed else None
    front = (number, article.id, article.title, article.source, article.body)
    return (*front, reviewed, article.url, article.author, article.language)


def _passage_row(number: int, articles: Mapping[str, int], passage: Passage) -> tuple[Any, ...]:
    places = json.dumps([(sentence.start, sentence.end) for sentence in passage.sentences])
    headings = json.dumps(passage.headings, ensure_ascii=False)
    article = articles[passage.article.id]
    return number, article, passage.start, passage.end, passage.caveat_end, headings, places


class Texts:
    """Reads what ``write_texts`` wrote. Safe for several threads."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._lock = threading.Lock()
        self._articles: dict[int, Article] = {}
        self._passages: dict[int, Passage] = {}
        self._stems: dict[int, frozenset[str]] = {}
        self._rarity: dict[str, float] = {}
        self._places: dict[str, tuple[int, int]] = {}
        self.size: int = self._one("SELECT coalesce(max(number), -1) + 1 FROM passage")[0]
        self._postings = Postings(path.parent) if (path.parent / POSTINGS[0]).is_file() else None

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def article(self, article_id: str) -> Article | None:
        """The article of that id, or None; whatever a visitor may send."""
        row = self._one("SELECT number FROM article WHERE id = ?", article_id.encode("utf-8", "replace").decode())
        return self._article(row[0]) if row else None

    def articles(self) -> list[Article]:
        """All articles, in the order of their ids."""
        return [self._article(number) for (number,) in self._all("SELECT number FROM article ORDER BY id")]

    def languages(self) -> dict[str, str]:
        """The language of each article that is not in English, by the article's id."""
        return dict(self._all("SELECT id, language FROM article WHERE language <> 'en'"))

    def passage(self, number: int) -> Passage:
        """The passage of that number."""
        return self._passages.get(number) or self.passages([number])[0]

    def passages(self, numbers: Sequence[int]) -> list[Passage]:
        """The passages of those numbers, in that order; what is not known yet is read at once."""
        known = {number: self._passages[number] for number in numbers if number in self._passages}
        missing = [number for number in numbers if number not in known]
        if missing:
            rows = self._among(
                'SELECT number, article, start, "end", caveat_end, headings, sentences FROM passage', missing
            )
            articles = self._articles_of([row[1] for row in rows])
            for number, article_number, start, end, caveat_end, headings, places in rows:
                article = articles[article_number]
                sentences = tuple(Span(article, *place) for place in json.loads(places))
                known[number] = Passage(article, start, end, tuple(json.loads(headings)), sentences, caveat_end)
            if len(self._passages) > 5000:
                self._passages.clear()
            self._passages |= known
        return [known[number] for number in numbers]

    def suggestions(self) -> list[tuple[str, int, bool]]:
        """Well-put questions, each with the number of the passage that answers it, and whether it is offered first."""
        return [(row[0], row[1], bool(row[2])) for row in self._all("SELECT * FROM suggestion ORDER BY rowid")]

    def topics(self) -> dict[str, str]:
        """The labels of the topics that the articles do not cover."""
        return dict(self._all("SELECT name, label FROM topic"))

    def lexical(self, question: str, top: int) -> list[tuple[int, float]]:
        """The passages that share words with the question: (number, BM25), best first."""
        terms = words(question)[:32]
        if not terms:
            return []
        if self._postings is not None:
            places = (self._stem(stem) for stem in dict.fromkeys(plain_stems(" ".join(terms))))
            return self._postings.best([place for place in places if place[1]], top)
        query = " OR ".join(f'"{term}"' for term in terms)
        return [
            (number, -score)
            for number, score in self._all(
                f"SELECT rowid, bm25(words, {_COLUMN_WEIGHTS}) AS score FROM words "
                "WHERE words MATCH ? ORDER BY score LIMIT ?",
                query,
                top,
            )
        ]

    def shares(self, question: str) -> dict[str, float]:
        """How much each stem of the question weighs by its rarity here; the weights sum to 1."""
        rarities = {stem: self._rarity_of(stem) for stem in stems(question)}
        total = sum(rarities.values()) or 1.0
        return {stem: rarity / total for stem, rarity in rarities.items()}

    def held(self, number: int) -> tuple[str, frozenset[str]]:
        """A passage's words under its title and headings, and their stems."""
        passage = self.passage(number)
        text = " ".join((passage.article.title, *passage.headings, passage.text))
        if number not in self._stems:
            if len(self._stems) > 5000:
                self._stems.clear()
            self._stems[number] = stems(text)
        return text, self._stems[number]

    def coverages(self, numbers: Sequence[int], shares: Mapping[str, float]) -> NDArray[np.float64]:
        """For each of the passages the share (0 to 1) of the question that stands in it, its headings or title."""
        if self._postings is None:
            self.passages(numbers)  # all that are not known yet are read at once
            held = [self._stems.get(number) or self.held(number)[1] for number in numbers]
            return np.array([sum(share for stem, share in shares.items() if stem in each) for each in held])
        wanted, total = np.array(numbers, dtype=np.int32), np.zeros(len(numbers))
        for stem, share in shares.items():
            if (place := self._stem(stem))[1]:
                total += share * self._postings.hold(place, wanted)
        return total

    def _rarity_of(self, stem: str) -> float:
        if stem not in self._rarity:
            if len(self._rarity) > 20000:
                self._rarity.clear()
            if self._postings is not None:
                held = self._stem(stem)[1]
            else:
                held = (self._one("SELECT doc FROM vocabulary WHERE term = ?", stem) or (0,))[0]
            self._rarity[stem] = rarity(self.size, held)
        return self._rarity[stem]

    def _stem(self, stem: str) -> tuple[int, int]:
        """Where a stem's postings begin in a large edition, and how many there are."""
        if stem not in self._places:
            if len(self._places) > 20000:
                self._places.clear()
            self._places[stem] = self._one("SELECT first, held FROM stem WHERE stem = ?", stem) or (0, 0)
        return self._places[stem]

    def _article(self, number: int) -> Article:
        return self._articles_of([number])[number]

    def _articles_of(self, numbers: Sequence[int]) -> dict[int, Article]:
        """The articles of those numbers; what is not known yet is read at once."""
        known = {number: self._articles[number] for number in numbers if number in self._articles}
        missing = list({number for number in numbers if number not in known})
        if missing:
            for number, *row in self._among(
                "SELECT number, id, title, source, body, reviewed, url, author, language FROM article", missing
            ):
                reviewed = date.fromisoformat(row[4]) if row[4] else None
                known[number] = Article(row[0], row[1], row[2], row[3], reviewed, row[5], row[6], row[7])
            if len(self._articles) > 1000:
                self._articles.clear()
            self._articles |= known
        return known

    def _among(self, query: str, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        """The rows of those numbers."""
        return self._all(f"{query} WHERE number IN ({', '.join('?' * len(numbers))})", *numbers)

    def _one(self, query: str, *values: Any) -> tuple[Any, ...]:
        with self._lock:
            row: tuple[Any, ...] = self._connection.execute(query, values).fetchone()
            return row

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()
