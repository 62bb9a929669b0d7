"""What is known of every draft file without reading it again: a cache by path, time and size.

Reading an article with all the house rules takes some hundredths of a second;
a list of a thousand must not. The cache is kept below ``var`` and may be lost.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from chatbot.editorial.files import write_whole
from corpus import DEFAULTS, Article, Problem, Severity, errors, parse_article

DUE = timedelta(days=731)
"""After so many days at the latest a review date is judged anew, whatever the file says."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A draft file as it was last read. ``content`` is a digest of everything a visitor could see of it (empty for a
    file without a usable shape), ``version`` one of its bytes; ``until`` the day on which it must be judged anew."""

    title: str
    reviewed: date | None
    problems: tuple[Problem, ...]
    content: str
    version: str
    until: date

    @property
    def is_broken(self) -> bool:
        return not self.content or bool(errors(self.problems))


def version_of(content: bytes) -> str:
    """The version of a file: a digest of its bytes."""
    return hashlib.sha256(content).hexdigest()[:16]


def content_of(article: Article) -> str:
    """A digest of everything that an edition holds of an article."""
    fields = (article.title, article.source, article.reviewed, article.url, article.author, article.language)
    return hashlib.sha256("\0".join((*map(str, fields), article.body)).encode()).hexdigest()[:16]


def parse_file(path: Path, today: date) -> Parsed:
    """Read one file with every rule. Raises OSError when it cannot be read."""
    content = path.read_bytes()
    version = version_of(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problem = Problem(path, line, "not UTF-8 text; save the file as UTF-8")
        return Parsed(path.stem, None, (problem,), "", version, date.max)
    article, problems = parse_article(text, path, today)
    if article is None:
        return Parsed(path.stem, None, tuple(problems), "", version, date.max)
    reviewed = article.reviewed
    turns = [day for day in (reviewed, reviewed + DUE) if day > today] if reviewed else []
    return Parsed(article.title, reviewed, tuple(problems), content_of(article), version, min(turns, default=date.max))


class ParsedFiles:
    """The cache. ``entries`` are keyed by path and hold (time, size, what was read)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[str, tuple[int, int, Parsed]] = {}
        self._read = 0

    def all(self, files: list[Path], root: Path, today: date) -> dict[Path, Parsed]:
        """Every file as it is now; only those that changed are read. A file that vanishes meanwhile is left out."""
        self._load(root)
        found: dict[Path, Parsed] = {}
        entries: dict[str, tuple[int, int, Parsed]] = {}
        changed = False
        for path in files:
            key = path.relative_to(root).as_posix()
            try:
                stat = path.stat()
                entry = self._entries.get(key)
                if entry is None or entry[:2] != (stat.st_mtime_ns, stat.st_size) or entry[2].until <= today:
                    entry = (stat.st_mtime_ns, stat.st_size, parse_file(path, today))
                    changed = True
            except FileNotFoundError:
                continue
            entries[key] = entry
            found[path] = entry[2]
        if changed or len(entries) != len(self._entries):
            self._entries = entries
            self._save(root)
        return found

    def _load(self, root: Path) -> None:
        with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            time = self._path.stat().st_mtime_ns
            if time == self._read:
                return
            self._read = time
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            if stored["rules"] == _rules():
                self._entries = {key: (row[0], row[1], _parsed(row[2], root)) for key, row in stored["files"].items()}

    def _save(self, root: Path) -> None:
        rows = {key: (time, size, _row(parsed, root)) for key, (time, size, parsed) in self._entries.items()}
        text = json.dumps({"rules": _rules(), "files": rows}, ensure_ascii=False)
        with suppress(OSError):  # a cache that cannot be written costs time and nothing else
            write_whole(self._path, text, lasting=False)
            self._read = self._path.stat().st_mtime_ns


def _row(parsed: Parsed, root: Path) -> list[Any]:
    problems = [
        (each.path.relative_to(root).as_posix(), each.line, each.message, each.severity.value)
        for each in parsed.problems
    ]
    reviewed = parsed.reviewed.isoformat() if parsed.reviewed else None
    return [parsed.title, reviewed, problems, parsed.content, parsed.version, parsed.until.isoformat()]


def _parsed(row: list[Any], root: Path) -> Parsed:
    title, reviewed, problems, content, version, until = row
    found = tuple(Problem(root / path, line, message, Severity(kind)) for path, line, message, kind in problems)
    when = date.fromisoformat(reviewed) if reviewed else None
    return Parsed(title, when, found, content, version, date.fromisoformat(until))


@lru_cache(maxsize=1)
def _rules() -> str:
    """A digest of the rules that judge a file, so that another release of the program judges anew."""
    digest = hashlib.sha256()
    for path in sorted(DEFAULTS.parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
