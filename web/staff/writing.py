"""Between an article's file and the form in which staff write it; and what stands beside the lines of that form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from chatbot import Drafts, Preview
from corpus import ARTICLE_FIELDS, ArticleFile, Problem, Severity, put_together, take_apart
from index import Passage
from web.articles import article_html
from web.quotes import quote_html

SHORT_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LABELS = {
    "title": "Title",
    "source": "Where it comes from",
    "reviewed": "Last reviewed",
    "url": "Web address of the original",
    "author": "Author",
    "language": "Language",
}
"""What the fields are called in the form."""
_FIELD = re.compile(rf"'({'|'.join(ARTICLE_FIELDS)})\b")


@dataclass(frozen=True, slots=True)
class Form:
    """What the form shows: the fields and the body, or the ``whole`` file where its first lines are no plain fields."""

    title: str = ""
    source: str = ""
    reviewed: str = ""
    author: str = ""
    url: str = ""
    language: str = ""
    body: str = ""
    id: str = ""
    whole: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong in one place: a line of the form's text with its words, or (line 0) a named place."""

    is_warning: bool
    line: int
    place: str
    words: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeenPassage:
    """A piece of an article as the bot reads it: under which headings, what can answer marked, limited by the next."""

    headings: str
    html: Markup
    limited: bool


def form_of(text: str) -> Form:
    """The form for an article's file."""
    parts = take_apart(text)
    if parts is None:
        return Form(whole=_plain(text))
    return Form(**parts.fields, body=_plain(parts.body).lstrip("\n"))


def form_sent(sent: Mapping[str, str]) -> Form:
    """The form as the browser sent it."""
    if "whole" in sent:
        return Form(whole=_plain(sent["whole"]))
    fields = {name: sent.get(name, "").strip() for name in (*ARTICLE_FIELDS, "id")}
    return Form(**fields, body=_plain(sent.get("body", "")))


def text_of(form: Form, was: str = "") -> str:
    """The file that a form stands for; what nobody changed stays as ``was`` holds it, its line ends included."""
    before = take_apart(was)
    if form.whole is not None:
        return was if _plain(was) == form.whole else form.whole
    same = before is not None and _plain(before.body).lstrip("\n") == form.body
    body = before.body if before is not None and same else _lead(before) + _ended(form.body)
    fields = {name: getattr(form, name) for name in ARTICLE_FIELDS}
    if before is not None and same and all(before.fields.get(name, "") == value for name, value in fields.items()):
        return was
    return put_together(fields, body, was)


def preview_of(drafts: Drafts, article_id: str, text: str) -> dict[str, Any]:
    """What the preview shows: the checks beside the lines, the article as visitors read it, the bot's passages."""
    found = looked_at(drafts, article_id or "new-article", text)
    rendered = article_html(found.article) if found.article is not None else Markup("")
    return {
        "findings": findings_of(found.problems, text),
        "rendered": rendered,
        "passages": [seen(passage) for passage in found.passages],
        "broken": found.broken,
    }


def looked_at(drafts: Drafts, article_id: str, text: str) -> Preview:
    """The preview of a text; one that lacks its title or source yet is looked at as if they stood there."""
    found, parts = drafts.preview(article_id, text), take_apart(text)
    if found.article is not None or parts is None:
        return found
    named = {name: parts.fields.get(name) or "…" for name in ("title", "source")}
    filled = put_together({**parts.fields, **named}, parts.body)
    whole, put = drafts.preview(article_id, filled), take_apart(filled)
    if whole.article is None or put is None:
        return found
    moved = parts.body_line - put.body_line
    body = [replace(each, line=each.line + moved) for each in whole.problems if each.line >= put.body_line]
    return replace(whole, problems=(*found.problems, *body))


def seen(passage: Passage) -> SeenPassage:
    """A passage for the preview."""
    places = [(span.start - passage.start, span.end - passage.start) for span in passage.sentences]
    html = quote_html(passage.text, places)
    return SeenPassage(" › ".join(passage.headings), html, passage.caveat_end is not None)


def findings_of(problems: Iterable[Problem], text: str) -> list[Finding]:
    """The problems of a file beside the lines and fields of its form, from top to bottom."""
    lines, parts = text.splitlines(), take_apart(text)
    above = parts.body_line - 1 + len(_lead(parts)) if parts else 0
    places: dict[tuple[int, str], list[Problem]] = {}
    for problem in sorted(problems, key=lambda each: each.line):
        field = _FIELD.search(problem.message)
        place = LABELS[field[1]] if field else "The whole article"
        places.setdefault((problem.line, "") if problem.line > above else (0, place), []).append(problem)
    found = []
    for (line, place), here in places.items():
        words = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        is_warning = all(each.severity is Severity.WARNING for each in here)
        found.append(
            Finding(is_warning, max(0, line - above), place, words, tuple(_sentence(each.message) for each in here))
        )
    return found


def _sentence(message: str) -> str:
    """A problem's message as a sentence, in the words of the form where it speaks of the file's fields."""
    if message.startswith("missing '"):
        return "Fill this in."
    if message.startswith("no 'reviewed"):
        return "No date: visitors cannot see how current the article is."
    return f"{message[:1].upper()}{message[1:].rstrip('.')}."


def _lead(parts: ArticleFile | None) -> str:
    """The empty lines before a file's text, which the form does not show."""
    body = _plain(parts.body) if parts else ""
    return "\n" * (len(body) - len(body.lstrip("\n")))


def _plain(text: str) -> str:
    """The text with one kind of line end: what a browser's box can hold."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _ended(body: str) -> str:
    return body.rstrip("\n") + "\n" if body.strip() else body
