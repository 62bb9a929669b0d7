"""Reads the hand-written TOML files with the line of every trouble."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from corpus.problem import Problem


def read_toml(path: Path) -> tuple[dict[str, Any], str, list[Problem]]:
    """The table in ``path``, its text and its problems; an absent file is empty."""
    if not path.exists():
        return {}, "", []
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return {}, "", [Problem(path, line, "not UTF-8 text; save the file as UTF-8")]
    except OSError as error:
        return {}, "", [Problem(path, 1, f"cannot be read: {error.strerror}")]
    try:
        return tomllib.loads(text.replace("\r\n", "\n")), text, []
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place.group(1)) if place else text.count("\n") + 1
        what = re.sub(r" ?\(at .*\)", "", str(error)).rstrip(".")
        return {}, text, [Problem(path, line, f"not valid TOML here: {what}")]


def line_of(text: str, words: str, nth: int = 1, below: int = 1) -> int:
    """The line (from 1) of the nth ``words`` in ``text`` at or below a line; that line if absent."""
    place = 0
    for _ in range(below - 1):
        place = text.find("\n", place) + 1
    place -= 1
    for _ in range(nth):
        place = text.find(words, place + 1)
        if place < 0:
            return below
    return text.count("\n", 0, place) + 1


def line_of_key(text: str, key: str) -> int:
    """The line (from 1) of a dotted key such as ``lead.answer``; 1 if absent."""
    *tables, name = key.split(".")
    header = re.compile(r"^\s*\[\s*" + r"\s*\.\s*".join(map(re.escape, tables)) + r"\s*\]", re.M)
    table = header.search(text) if tables else None
    begin = table.end() if table else 0
    match = re.compile(rf'^\s*"?{re.escape(name)}"?\s*=', re.M).search(text, begin)
    place = match or table
    return text.count("\n", 0, place.end()) + 1 if place else 1
