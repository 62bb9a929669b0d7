"""Reads a folder of articles: Markdown under a strict front matter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from corpus.article import Article
from corpus.blocks import headings_without_text
from corpus.house_rules import house_rule_problems
from corpus.problem import Problem, errors, warning

REQUIRED = ("title", "source")
OPTIONAL = ("reviewed", "url", "author", "language")
REVIEW_AFTER = timedelta(days=730)
"""An article not looked at for two years is due; patient-information
standards ask for a review every two to three years."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a folder held: the articles that are sound, and every problem."""

    articles: tuple[Article, ...]
    problems: tuple[Problem, ...]


def read_articles(folder: Path, today: date | None = None) -> Reading:
    """Read every ``*.md`` below ``folder``, in the order of their ids.

    Never stops at the first trouble: an article with an error is left out of
    ``articles`` and all its problems are in ``problems``.
    """
    articles: dict[str, Article] = {}
    problems: list[Problem] = []
    files = sorted(folder.rglob("*.md")) if folder.is_dir() else []
    if not files:
        problems.append(Problem(folder, 1, "no articles here; add at least one file NAME.md"))
    seen: dict[str, Path] = {}
    for path in files:
        key = path.stem.casefold()
        if key in seen:
            message = f"the article id '{path.stem}' is already used by {seen[key]}; rename one file"
            problems.append(Problem(path, 1, message))
            continue
        seen[key] = path
        article, found = read_article(path, today or date.today())
        problems += found
        if article is not None and not errors(found):
            articles[article.id] = article
    return Reading(tuple(articles[key] for key in sorted(articles)), tuple(problems))


def read_article(path: Path, today: date) -> tuple[Article | None, list[Problem]]:
    """One file as an article, with its problems; None when it has no usable shape."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return None, [Problem(path, line, "not UTF-8 text; save the file as UTF-8")]
    except OSError as error:
        return None, [Problem(path, 1, f"cannot be read: {error.strerror}")]
    return parse_article(text, path, today)


def parse_article(text: str, path: Path, today: date) -> tuple[Article | None, list[Problem]]:
    """Markdown text under front matter as an article whose id is the file's stem."""
    opening = re.match(r"---[ \t]*\r?\n", text)
    closing = re.compile(r"^---[ \t]*(\r?\n|\Z)", re.M).search(text, opening.end()) if opening else None
    if not opening or not closing:
        message = "expected front matter: a line '---', then 'title:' and 'source:', then a line '---'"
        return None, [Problem(path, 1, message)]
    matter, body = text[opening.end() : closing.start()], text[closing.end() :]
    fields, problems = _fields(matter, path, today)
    body_line = text[: closing.end()].count("\n") + 1
    if "\x00" in body:
        problems.append(Problem(path, body_line, "the text holds a NUL character; remove it"))
    if not body.strip():
        problems.append(Problem(path, body_line, "the article has no text"))
    if not all(isinstance(fields.get(name), str) for name in REQUIRED):
        return None, problems
    article = Article(id=path.stem, body=body, **fields)
    for line, heading in headings_without_text(body):
        message = f"the heading '{heading}' has no text under it; write some or remove it"
        problems.append(Problem(path, body_line + line, message))
    problems += house_rule_problems(article, path, body_line)
    return article, problems


def _fields(matter: str, path: Path, today: date) -> tuple[dict[str, Any], list[Problem]]:
    """The front matter's fields and their problems; lines count from the file's first."""
    problems: list[Problem] = []
    try:
        node = yaml.compose(matter, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 2
        return {}, [Problem(path, line, "front matter that is not 'name: value' lines; quote values that hold ':'")]
    if node is None:
        return {}, [Problem(path, 1, f"missing '{name}: ...' in the front matter") for name in REQUIRED]
    if not isinstance(node, yaml.MappingNode):
        return {}, [Problem(path, 2, "front matter must be 'name: value' lines")]
    fields: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line, name = key_node.start_mark.line + 2, str(key_node.value)
        if name not in REQUIRED + OPTIONAL:
            known = ", ".join(REQUIRED + OPTIONAL)
            problems.append(Problem(path, line, f"unknown field '{name}'; known are {known}"))
        elif name in fields:
            problems.append(Problem(path, line, f"'{name}' is written twice; keep one"))
        else:
            value = value_node.value.strip() if isinstance(value_node, yaml.ScalarNode) else None
            fields[name], trouble = _value(name, value)
            if trouble:
                problems.append(Problem(path, line, trouble))
    for name in REQUIRED:
        if name not in fields:
            problems.append(Problem(path, 1, f"missing '{name}: ...' in the front matter"))
    return fields, problems + _review(fields, path, today)


def plain_fields(matter: str) -> dict[str, str] | None:
    """The known fields of a front matter as they read, or None where it holds anything else."""
    try:
        node = yaml.compose(matter, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    fields = {str(key.value): value.value.strip() for key, value in pairs if isinstance(value, yaml.ScalarNode)}
    return fields if len(fields) == len(pairs) and fields.keys() <= {*REQUIRED, *OPTIONAL} else None


def _value(name: str, value: str | None) -> tuple[str | date | None, str | None]:
    """A field's value and, when it is malformed, what was expected."""
    if not value:
        return None, f"expected '{name}: ...', found nothing a reader could see"
    if name == "reviewed":
        try:
            return datetime.strptime(value, "%Y-%m-%d").date(), None
        except ValueError:
            return None, f"expected 'reviewed: YYYY-MM-DD', found '{value}'"
    if name == "url" and not re.fullmatch(r"https?://[^\s<>\"']+", value):
        return None, f"expected 'url: https://...', found '{value}'"
    if name == "language" and not re.fullmatch(r"[a-zA-Z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        return None, f"expected 'language: en' (a language code), found '{value}'"
    return value, None


def _review(fields: dict[str, Any], path: Path, today: date) -> list[Problem]:
    """Warnings on the review date: missing, to come, or old."""
    reviewed = fields.get("reviewed")
    if "reviewed" not in fields:
        message = "no 'reviewed: YYYY-MM-DD'; visitors cannot see how current the article is"
    elif not isinstance(reviewed, date):
        return []
    elif reviewed > today:
        message = f"the review date {reviewed} is in the future"
        return [Problem(path, 1, message)]
    elif today - reviewed > REVIEW_AFTER:
        message = f"last reviewed {reviewed}, more than two years ago; review the article again"
    else:
        return []
    return [warning(path, 1, message)]
