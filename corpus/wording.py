"""Every sentence a visitor can read that is not an article: ``wording.toml``.

The built-in default, ``defaults/wording.toml``, says which keys there are. A
clinic's file may replace any of them; what it leaves out falls back to the
default, so that a visitor never meets a hole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from corpus.problem import Problem, warning
from corpus.toml import line_of_key, read_toml

DEFAULTS = Path(__file__).with_name("defaults")
_PLACEHOLDER = re.compile(r"\{([a-z_]*)\}")


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences by dotted key, such as ``lead.answer``."""

    sentences: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.sentences[key]

    def say(self, key: str, **values: str) -> str:
        """The sentence with its ``{placeholders}`` filled in."""
        return _PLACEHOLDER.sub(lambda match: values.get(match[1], ""), self.sentences[key])


@lru_cache(maxsize=4)
def default_wording(language: str = "en") -> Wording:
    """The built-in sentences; the file ships with the program."""
    name = "wording.toml" if language == "en" else f"wording.{language}.toml"
    table, _, _ = read_toml(DEFAULTS / name)
    return Wording(dict(_flatten(table)))


def read_wording(path: Path) -> tuple[Wording, list[Problem]]:
    """The clinic's sentences over the defaults, and every problem in its file."""
    defaults = default_wording().sentences
    table, text, problems = read_toml(path)
    given = dict(_flatten(table))
    sentences = dict(defaults)
    for key, value in given.items():
        line = line_of_key(text, key)
        if key not in defaults:
            problems.append(Problem(path, line, f"unknown key '{key}'; remove it or mend its spelling"))
        elif not isinstance(value, str) or not value.strip():
            problems.append(Problem(path, line, f'expected {key} = "a sentence", found {value!r}'))
        elif extra := set(_PLACEHOLDER.findall(value)) - set(_PLACEHOLDER.findall(defaults[key])):
            known = ", ".join(sorted(f"{{{name}}}" for name in _PLACEHOLDER.findall(defaults[key]))) or "none"
            problems.append(Problem(path, line, f"{key} holds {{{extra.pop()}}}; placeholders it may hold: {known}"))
        else:
            sentences[key] = value.strip()
    if path.exists():
        for key in sorted(defaults.keys() - given.keys()):
            problems.append(warning(path, 1, f"no '{key}'; the built-in sentence is used"))
    return Wording(sentences), problems


def _flatten(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            pairs += _flatten(value, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", value))
    return pairs
