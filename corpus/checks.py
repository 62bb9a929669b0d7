"""The clinic's own checks: ``checks.toml``. Every edition must get them right before it is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.article import Article
from corpus.problem import Problem, Severity
from corpus.toml import line_of, read_toml

EXPECTED = ("answer", "not_covered", "personal", "help")
_KEYS = {"ask", "after", "expect", "quote", "article", "note"}


@dataclass(frozen=True, slots=True)
class Check:
    """A question, asked after earlier messages, and what is right: one of EXPECTED.

    With ``answer``, ``quote`` are words that must be quoted and ``article``
    where they stand; both may be empty. ``help`` means help before all else.
    """

    ask: str
    expect: str
    after: tuple[str, ...] = ()
    quote: str = ""
    article: str = ""
    note: str = ""


def read_checks(path: Path, articles: Sequence[Article]) -> tuple[tuple[Check, ...], list[Problem]]:
    """The checks of a file, and every problem in it; an absent file has none.

    A check whose words stand in no article is a problem and stays a check: it
    will fail, so that what it guards is not lost unnoticed.
    """
    table, text, problems = read_toml(path)
    entries = table.get("check", [])
    if table.keys() - {"check"} or not isinstance(entries, list):
        return (), [*problems, Problem(path, 1, "expected nothing but [[check]] entries")]
    bodies = {article.id: article.body for article in articles}
    checks = []
    for number, entry in enumerate(entries, 1):
        line = line_of(text, "[[check]]", number)
        trouble = _shape(entry)
        if trouble:
            problems.append(Problem(path, line, trouble))
            continue
        check = Check(**(entry | {"after": tuple(entry.get("after", ()))}))
        checks.append(check)
        trouble = _lost(check, bodies)
        if trouble:
            problems.append(Problem(path, line, trouble, Severity.LEFT_OUT))
    return tuple(checks), problems


def _shape(entry: Any) -> str:
    """What is wrong with an entry's shape, or nothing."""
    if not isinstance(entry, dict):
        return "expected a [[check]] entry"
    if unknown := entry.keys() - _KEYS:
        return f"unknown '{sorted(unknown)[0]}'; known are {', '.join(sorted(_KEYS))}"
    after = entry.get("after", [])
    if not isinstance(after, list) or not all(isinstance(each, str) for each in after):
        return 'after must be a list of earlier messages, such as ["What is it?"]'
    if any(not isinstance(entry.get(key, ""), str) for key in _KEYS - {"after"}):
        return "ask, expect, quote, article and note are each one line of words"
    if not entry.get("ask", "").strip():
        return 'no question; add ask = "..."'
    if entry.get("expect") not in EXPECTED:
        return f"expect must be one of {', '.join(EXPECTED)}"
    if entry["expect"] != "answer" and (entry.get("quote") or entry.get("article")):
        return 'quote and article stand with expect = "answer" alone'
    return ""


def _lost(check: Check, bodies: dict[str, str]) -> str:
    """What a check names that the articles do not hold, or nothing."""
    if check.article and check.article not in bodies:
        return f"there is no article '{check.article}'; mend the check or remove it"
    held = [bodies[check.article]] if check.article else list(bodies.values())
    if check.quote and not any(check.quote in body for body in held):
        where = f"the article '{check.article}' does not" if check.article else "the articles do not"
        return f"{where} hold the words '{check.quote[:60]}'; mend the check or remove it"
    return ""
