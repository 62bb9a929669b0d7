"""What is different between two editions, in a form that a person can read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.editorial.example_files import answers_of, asked_in, entries_of
from chatbot.editorial.parsed import content_of
from corpus import ARTICLE_FIELDS, Article, Change, changes, put_together
from index import Edition


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """An article that differs. ``change`` is added, removed or changed; ``before`` and ``now`` are whole files,
    empty where there is none."""

    id: str
    title: str
    change: str
    before: str
    now: str

    @property
    def paragraphs(self) -> list[Change]:
        """Every paragraph of both in reading order, with what became of it."""
        return changes(self.before, self.now)


@dataclass(frozen=True, slots=True)
class ExampleChange:
    """An example question that differs: what was right for it ``before`` and is ``now``, in words; empty for none."""

    question: str
    after: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class WordingChange:
    """A value of clinic.toml, wording.toml, helplines.toml or checks.toml that differs."""

    file: str
    key: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs between two editions."""

    articles: tuple[ArticleChange, ...] = ()
    examples: tuple[ExampleChange, ...] = ()
    wording: tuple[WordingChange, ...] = ()

    @property
    def summary(self) -> str:
        """One line: "2 articles changed, 1 added, 12 example questions"; "nothing" where nothing differs."""
        counts = {kind: sum(each.change == kind for each in self.articles) for kind in ("changed", "added", "removed")}
        parts = [f"{count} {kind}" for kind, count in counts.items() if count]
        if parts:
            count, kind = parts[0].split()
            parts[0] = f"{many(int(count), 'article')} {kind}"
        parts += [many(len(self.examples), "example question")] if self.examples else []
        parts += [many(len(self.wording), "sentence or setting", "sentences and settings")] if self.wording else []
        return ", ".join(parts) or "nothing"


def changes_between(old: Edition | None, new: Edition) -> Changes:
    """What ``new`` has that ``old`` had not, or had otherwise."""
    before = {article.id: article for article in old.texts.articles()} if old else {}
    now = {article.id: article for article in new.texts.articles()}
    articles = [_article(before.get(name), now.get(name)) for name in sorted(before | now)]
    examples_before = _examples(old.folder / "corpus" / "questions") if old else {}
    examples_now = _examples(new.folder / "corpus" / "questions")
    examples = [
        ExampleChange(*asked, examples_before.get(asked, ""), examples_now.get(asked, ""))
        for asked in examples_before | examples_now
        if examples_before.get(asked) != examples_now.get(asked)
    ]
    words_before = _words(old.folder / "corpus") if old else {}
    words_now = _words(new.folder / "corpus")
    wording = [
        WordingChange(*key, words_before.get(key, ""), words_now.get(key, ""))
        for key in words_before | words_now
        if words_before.get(key) != words_now.get(key)
    ]
    return Changes(tuple(filter(None, articles)), tuple(examples), tuple(wording))


def file_of(article: Article) -> str:
    """An article as the file that staff would write."""
    return put_together({name: str(getattr(article, name) or "") for name in ARTICLE_FIELDS}, article.body)


def _article(before: Article | None, now: Article | None) -> ArticleChange | None:
    either = now or before
    if either is None or (before and now and content_of(before) == content_of(now)):
        return None
    change = "changed" if before and now else "added" if now else "removed"
    return ArticleChange(
        either.id, either.title, change, file_of(before) if before else "", file_of(now) if now else ""
    )


def _examples(folder: Path) -> dict[tuple[str, str], str]:
    """What is right for every example question, in words."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*.toml")):
        for entry in entries_of(path):
            right = [f"“{quote}” ({article})" for article, quote in answers_of(entry)]
            if "topic" in entry:
                right = [f"not covered: {entry.get('label', entry['topic'])}"]
            elif "kind" in entry:
                right = [str(entry["kind"])]
            for asked in asked_in(entry):
                found[asked] = "\n".join(right)
    return found


def _words(folder: Path) -> dict[tuple[str, str], str]:
    """Every value of the clinic's own files, by file and dotted key."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*.toml")):
        with suppress(OSError, ValueError):
            table = tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
            found.update(((path.name, key), value) for key, value in _flat(table, ""))
    return found


def _flat(value: Any, key: str) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [pair for name, each in value.items() for pair in _flat(each, f"{key}.{name}" if key else name)]
    if isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        return [pair for number, each in enumerate(value, 1) for pair in _flat(each, f"{key}[{number}]")]
    return [(key, ", ".join(map(str, value)) if isinstance(value, list) else str(value))]


def many(count: int, one: str, several: str = "") -> str:
    """A number of things, in words."""
    return f"{count} {one if count == 1 else several or one + 's'}"
