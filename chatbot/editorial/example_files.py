"""The example files as tables, read without the articles; what has the wrong shape is passed over."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from chatbot.editorial.lessons import Sentence, Target, Topic

Entry = dict[str, Any]


def entries_of(path: Path) -> list[Entry]:
    """The [[example]] entries of a file; none where the file cannot be read."""
    with suppress(OSError, ValueError, RecursionError):
        entries = tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")).get("example", [])
        return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return []


def answers_of(entry: Entry) -> Iterator[tuple[str, str]]:
    """The (article, quote) pairs of an entry, the best first."""
    for answer in _tables(entry, "answers"):
        if isinstance(answer.get("article"), str) and isinstance(answer.get("quote"), str):
            yield answer["article"], answer["quote"]


def asked_in(entry: Entry) -> list[tuple[str, str]]:
    """The (question, message before it) pairs of an entry."""
    questions = entry.get("questions")
    found = [(each, "") for each in questions if isinstance(each, str)] if isinstance(questions, list) else []
    for each in _tables(entry, "follow_ups"):
        if isinstance(each.get("question"), str) and isinstance(each.get("after"), str):
            found.append((each["question"], each["after"]))
    return found


def target_of(entry: Entry) -> Target | None:
    """What is right for an entry's questions, its first answer where it has several; None for nothing usable."""
    if isinstance(entry.get("topic"), str):
        return Topic(entry["topic"], str(entry.get("label", entry["topic"].replace("_", " "))))
    if isinstance(entry.get("kind"), str):
        kind: str = entry["kind"]
        return kind
    first = next(answers_of(entry), None)
    return Sentence(*first) if first else None


def same_target(one: Target | None, other: Target | None) -> bool:
    """Whether two targets teach the same."""
    if isinstance(one, Sentence) and isinstance(other, Sentence):
        return (one.article, one.quote) == (other.article, other.quote)
    if isinstance(one, Topic) and isinstance(other, Topic):
        return one.name == other.name
    return one == other


def quotes_aimed_at(article_id: str, folder: Path) -> list[str]:
    """Every different quote of an article that the example questions in ``folder`` name."""
    found: dict[str, None] = {}
    for path in sorted(folder.glob("*.toml")):
        for entry in entries_of(path):
            found.update((quote, None) for article, quote in answers_of(entry) if article == article_id)
    return list(found)


def _tables(entry: Entry, key: str) -> list[Entry]:
    value = entry.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
