"""Example questions that teach: ``questions/*.toml``.

An entry is a list of questions with what is right for them: quotes of
articles, a topic that the articles do not cover, or a fixed kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.article import Article, Span
from corpus.problem import Problem, Severity
from corpus.toml import line_of, read_toml
from corpus.wording import DEFAULTS

KINDS = (
    "personal",
    "offtopic",
    "smalltalk:greeting",
    "smalltalk:thanks",
    "smalltalk:bye",
    "smalltalk:identity",
    "smalltalk:human",
    "smalltalk:help",
    "smalltalk:ack",
    "smalltalk:insult",
)
_KEYS = {"answers", "topic", "label", "kind", "questions", "follow_ups", "suggest", "opening"}


@dataclass(frozen=True, slots=True)
class Example:
    """A question, what was asked before it, and what is right for it.

    ``target`` is ``"answer"``, ``"topic:<name>"``, or one of KINDS; ``answers``
    are the sentences that answer it, the best first (empty otherwise).
    """

    question: str
    after: str
    target: str
    answers: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """All examples; a label for each topic; well-put questions to suggest, and those to offer before the first."""

    examples: tuple[Example, ...] = ()
    topics: Mapping[str, str] = field(default_factory=dict)
    suggestions: tuple[tuple[str, Span], ...] = ()
    openings: tuple[str, ...] = ()


def read_questions(folder: Path, articles: Sequence[Article]) -> tuple[Questions, list[Problem]]:
    """Every ``*.toml`` of ``folder`` against ``articles``, and every problem in them.

    The built-in examples of the fixed kinds (small talk, personal questions,
    the rest of the world) come first; a clinic's own are added to them.
    """
    by_id = {article.id: article for article in articles}
    examples: list[Example] = []
    topics: dict[str, str] = {}
    suggestions: list[tuple[str, Span]] = []
    openings: list[str] = []
    problems: list[Problem] = []
    for path in (DEFAULTS / "kinds.toml", *sorted(folder.glob("*.toml"))):
        table, text, found = read_toml(path)
        problems += found
        entries = table.get("example", [])
        if table.keys() - {"example"} or not isinstance(entries, list):
            problems.append(Problem(path, 1, "expected nothing but [[example]] entries"))
            continue
        for number, entry in enumerate(entries, 1):
            line = line_of(text, "[[example]]", number)
            target, answers, found = _target(entry, path, text, line, by_id)
            problems += found
            if target is None:
                continue
            if target.startswith("topic:"):
                topics[target[6:]] = entry.get("label", target[6:].replace("_", " "))
            if answers and entry.get("suggest"):
                suggestions.append((entry["suggest"], answers[0]))
                openings += [entry["suggest"]] if entry.get("opening") else []
            for question in entry.get("questions", []):
                examples.append(Example(question, "", target, answers))
            for follow_up in entry.get("follow_ups", []):
                examples.append(Example(follow_up["question"], follow_up["after"], target, answers))
    return Questions(tuple(examples), topics, tuple(suggestions), tuple(openings)), problems


def _target(
    entry: Any, path: Path, text: str, line: int, articles: Mapping[str, Article]
) -> tuple[str | None, tuple[Span, ...], list[Problem]]:
    """What is right for an entry's questions; None when the entry cannot be used."""
    trouble = _shape(entry)
    if trouble:
        return None, (), [Problem(path, line, trouble)]
    if "topic" in entry:
        return f"topic:{entry['topic']}", (), []
    if "kind" in entry:
        return entry["kind"], (), []
    answers, problems = [], []
    for answer in entry["answers"]:
        span, trouble = find_quote(answer["article"], answer["quote"], articles)
        if span is not None:
            answers.append(span)
        else:
            place = line_of(text, answer["quote"], below=line)
            problems.append(Problem(path, place, trouble, Severity.LEFT_OUT))
    return ("answer" if answers else None), tuple(answers), problems


def find_quote(article_id: str, quote: str, articles: Mapping[str, Article]) -> tuple[Span | None, str]:
    """The one place where ``quote`` stands in the article, or what is wrong with it."""
    article = articles.get(article_id)
    if article is None:
        return None, f"there is no article '{article_id}'"
    start = article.body.find(quote)
    if start < 0:
        return None, f"the article '{article_id}' does not hold the words '{_short(quote)}'; copy them again"
    if article.body.find(quote, start + 1) >= 0:
        return None, f"'{_short(quote)}' stands more than once in '{article_id}'; quote more of the sentence"
    return Span(article, start, start + len(quote)), ""


def _shape(entry: Any) -> str:
    """What is wrong with an entry's shape, or nothing."""
    if not isinstance(entry, dict):
        return "expected an [[example]] entry"
    if unknown := entry.keys() - _KEYS:
        return f"unknown '{sorted(unknown)[0]}'; known are {', '.join(sorted(_KEYS))}"
    if len(entry.keys() & {"answers", "topic", "kind"}) != 1:
        return "an entry needs exactly one of: answers, topic, kind"
    if "kind" in entry and entry["kind"] not in KINDS:
        return f"unknown kind '{entry['kind']}'; known are {', '.join(KINDS)}"
    if any(not isinstance(entry.get(key, ""), str) for key in ("topic", "label", "suggest")):
        return "topic, label and suggest are each one line of words"
    if not isinstance(entry.get("opening", False), bool):
        return "opening is true or false"
    answers = entry.get("answers", [])
    if not isinstance(answers, list) or any(not _strings(answer, "article", "quote") for answer in answers):
        return 'answers must be a list of { article = "...", quote = "..." }'
    if "answers" in entry and not answers:
        return "answers is empty; give at least one { article, quote }"
    questions = entry.get("questions", [])
    if not isinstance(questions, list) or any(not isinstance(text, str) or not text.strip() for text in questions):
        return "questions must be a list of questions in quotation marks"
    follow_ups = entry.get("follow_ups", [])
    if not isinstance(follow_ups, list) or any(not _strings(item, "after", "question") for item in follow_ups):
        return 'follow_ups must be a list of { after = "...", question = "..." }'
    if not questions and not follow_ups:
        return 'no questions; add questions = ["..."]'
    return ""


def _strings(value: Any, *keys: str) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == set(keys)
        and all(isinstance(v, str) and v.strip() for v in value.values())
    )


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
