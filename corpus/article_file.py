"""An article's file taken apart for a form, and put together again.

What nobody touched stays as it was written: a field that keeps its value keeps
its line, whatever quotation marks stand in it, and the body is never rewritten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.reader import OPTIONAL, REQUIRED, plain_fields

ARTICLE_FIELDS = (*REQUIRED, *OPTIONAL)
"""What stands above an article's text, in the order in which it is written."""

_FILE = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_LINE = re.compile(r"([a-z]+)[ \t]*:.*(?:\r?\n|\Z)")
_PLAIN = re.compile(r"[^\W_](?:[^:#\"'\\\x00-\x1f\x7f\x85\u2028\u2029]|:(?=[^\s]))*")


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """The fields of a file by name, the text below them, and the line of the file on which that text begins."""

    fields: Mapping[str, str]
    body: str
    body_line: int = 1


def take_apart(text: str) -> ArticleFile | None:
    """The fields and the body of an article's file; None where its front matter is more than ``name: value`` lines."""
    found = _FILE.match(text)
    fields = plain_fields(found[1]) if found else None
    if found is None or fields is None or len(_LINE.findall(found[1])) != len(found[1].splitlines()):
        return None
    return ArticleFile(fields, text[found.end() :], found[0].count("\n") + 1)


def put_together(fields: Mapping[str, str], body: str, was: str = "") -> str:
    """The file of these fields and this body; a field without a value is left out.

    ``was`` is the file before: of it every line stays whose value is the same.
    """
    before = take_apart(was)
    kept: dict[str, str] = {}
    if before is not None:
        kept = {_LINE.match(line)[1]: line for line in _matter(was)}  # type: ignore[index]
    lines = []
    for name in sorted(
        ARTICLE_FIELDS, key=lambda each: list(kept).index(each) if each in kept else len(ARTICLE_FIELDS)
    ):
        value = _visible(fields.get(name, ""))
        if before is not None and value and before.fields.get(name) == value:
            lines.append(kept[name].rstrip("\r\n"))
        elif value:
            lines.append(f"{name}: {value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)}")
    return "\n".join(("---", *lines, "---", body))


def _visible(value: str) -> str:
    """The value on one line, without characters that nobody sees and YAML refuses."""
    return " ".join("".join(each for each in value if each.isprintable() or each.isspace()).split())


def _matter(text: str) -> list[str]:
    found = _FILE.match(text)
    return found[1].splitlines() if found else []
