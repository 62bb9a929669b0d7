"""Open question-answering sets as corpora of articles without examples.

The files are not part of this project: name the folder that holds them
(squad2.jsonl.gz, selqa.jsonl.gz, and so on; what each is stands in
benchmarks/README.md). Each set becomes articles and questions; a question
knows the article and the characters that answer it, or that none do.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question and the texts, any one of which answers it; none where the set says that nothing does."""

    ask: str
    article: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenSet:
    """Articles by id, each a Markdown body, and the questions about them."""

    name: str
    articles: dict[str, str]
    questions: tuple[OpenQuestion, ...]

    def write(self, folder: Path) -> None:
        """Write the set as a corpus folder that holds nothing but articles."""
        (folder / "articles").mkdir(parents=True)
        for name, body in self.articles.items():
            title = json.dumps(name.replace("-", " "))
            (folder / "articles" / f"{name}.md").write_text(f"---\ntitle: {title}\nsource: open set\n---\n{body}\n")


def read_open_set(name: str, folder: Path, half: int | None = None, most: int = 600) -> OpenSet:
    """One of squad2, selqa, clapnq, medquad, rqe.

    ``half`` (0 or 1) keeps every second article, so that one half can be
    fitted on; of what is left about ``most`` are taken, evenly spread.
    """
    readers = {"squad2": _squad, "selqa": _selqa, "clapnq": _clapnq, "medquad": _medquad, "rqe": _rqe}
    articles, questions = readers[name](_rows(folder / f"{name}.jsonl.gz"))
    names = [each for place, each in enumerate(articles) if half is None or place % 2 == half]
    kept = {each: articles[each] for each in names[:: max(1, -(-len(names) // most))]}
    return OpenSet(name, kept, tuple(question for question in questions if question.article in kept))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _squad(rows: Iterator[dict[str, Any]]) -> tuple[dict[str, str], list[OpenQuestion]]:
    paragraphs: dict[str, dict[str, None]] = {}
    questions = []
    for row in rows:
        name = _slug(row["title"])
        paragraphs.setdefault(name, {})[_plain(row["text"])] = None
        answers = (
            ()
            if row["impossible"]
            else tuple(_sentence(_plain(row["text"]), _plain(text)) for text, _ in row["answers"])
        )
        questions.append(OpenQuestion(row["question"], name, answers))
    return {name: "\n\n".join(texts) for name, texts in paragraphs.items()}, questions


def _selqa(rows: Iterator[dict[str, Any]]) -> tuple[dict[str, str], list[OpenQuestion]]:
    articles: dict[str, str] = {}
    questions = []
    for row in rows:
        name = _slug(f"{row['article']} {row['section']}")
        articles.setdefault(name, _plain(" ".join(row["candidates"])))
        right = next(value for key, value in row.items() if key not in ("question", "article", "section", "candidates"))
        questions.append(
            OpenQuestion(row["question"], name, tuple(_plain(row["candidates"][place]) for place in right))
        )
    return articles, questions


def _clapnq(rows: Iterator[dict[str, Any]]) -> tuple[dict[str, str], list[OpenQuestion]]:
    articles: dict[str, str] = {}
    questions = []
    for row in rows:
        name = _slug(f"{row['title']} {row['id']}")
        articles[name] = _plain(row["text"])
        chosen = row["selected"] if row["answerable"] else ()
        sentences = tuple(row["sentences"][each] if isinstance(each, int) else each for each in chosen)
        questions.append(OpenQuestion(row["question"], name, tuple(_plain(each) for each in sentences)))
    return articles, questions


def _medquad(rows: Iterator[dict[str, Any]]) -> tuple[dict[str, str], list[OpenQuestion]]:
    """Each answer is an article; a question is answered by any passage of its own article."""
    articles: dict[str, str] = {}
    questions = []
    for row in rows:
        name = _slug(f"{row['focus'][:40]} {row['qtype']} {row['id']}")
        articles[name] = _plain(row["text"][:4000])
        questions.append(OpenQuestion(row["question"], name, ("",)))
    return articles, questions


def _rqe(rows: Iterator[dict[str, Any]]) -> tuple[dict[str, str], list[OpenQuestion]]:
    """Each listed question is an article; a visitor's question has an answer where the two mean the same."""
    articles: dict[str, str] = {}
    questions = []
    for row in rows:
        name = _slug(row["faq"])
        articles[name] = _plain(row["faq"]).rstrip("?") + "."
        questions.append(OpenQuestion(row["chq"], name, ("",) if int(row["label"]) else ()))
    return articles, questions


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:80]


def _plain(text: str) -> str:
    """Text that Markdown reads as one paragraph."""
    return re.sub(r"\s+", " ", re.sub(r"^[\s#>*+-]+", "", text)).strip()


def _sentence(text: str, answer: str) -> str:
    """The answer with a little of what stands around it, so that one short word is not found elsewhere."""
    place = text.find(answer)
    return text[max(0, place - 20) : place + len(answer) + 20] if place >= 0 else answer
