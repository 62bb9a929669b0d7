"""The bank of patterns: expressions by family, and the idioms that are taken out before reading.

Hundreds of expressions are too many to try on each message one by one. RE2 finds, in one pass over a text, of which of
them the text holds the words that they need (its FilteredRE2); only those few are tried. What is tried and what it
matches stays Python's own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import re2

FILES = ("patterns.toml", "patterns_other_languages.toml")

_QUIET = re2.Options()
_QUIET.log_errors = False

_TOKENS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?<?[=!]|.", re.S)
"""A regular expression in pieces: escapes, sets of characters, openings of looking ahead or behind, all else singly."""


class Expressions:
    """Many expressions, of which those that a text can match are known without trying each."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Take ``patterns`` in; raises ValueError when one is no regular expression.

        Each is compiled by Python when it is tried first: all of them would take a tenth of a start.
        """
        self.patterns = tuple(patterns)
        self._compiled: dict[int, re.Pattern[str]] = {}
        self._filter = re2.Filter()
        for pattern in patterns:
            try:
                self._filter.Add(without_looking_around(pattern), _QUIET)
            except re2.error as error:
                raise ValueError(f"'{pattern}' is no regular expression that RE2 knows") from error
        if patterns:
            self._filter.Compile()

    def possible(self, text: str) -> list[int]:
        """The numbers of the expressions that ``text``, in lower case, may match; of all others it holds too little."""
        return self._filter.Match(text.encode("utf-8", "replace"), True) or [] if self.patterns else []

    def found(self, texts: Iterable[str]) -> list[int]:
        """The numbers of the expressions that match somewhere in any of the texts, ascending."""
        found: set[int] = set()
        for text in texts:
            found.update(number for number in self.possible(text) if number not in found and self._in(number, text))
        return sorted(found)

    def without(self, text: str) -> str:
        """``text`` with a space in place of all that the expressions match, the first of them before the others."""
        return self._together.sub(" ", text) if self.possible(text) else text

    @cached_property
    def _together(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{pattern})" for pattern in self.patterns))

    def _in(self, number: int, text: str) -> bool:
        expression = self._compiled.get(number)
        if expression is None:
            expression = self._compiled[number] = re.compile(self.patterns[number])
        return expression.search(text) is not None


def without_looking_around(pattern: str) -> str:
    """``pattern`` without what looks ahead or behind, which RE2 does not know: matches all that it does, and more."""
    kept: list[str] = []
    depth = 0
    for piece in _TOKENS.findall(pattern):
        if depth:
            depth += piece.startswith("(") - (piece == ")")
        elif len(piece) > 2 and piece.startswith("(?"):
            depth = 1
        else:
            kept.append(piece)
    return "".join(kept)


@dataclass(frozen=True, slots=True)
class Patterns:
    """The bank. ``families`` names the family of each of the ``expressions``; ``now`` finds that somebody is suicidal,
    which nothing outweighs."""

    expressions: Expressions
    families: Sequence[str]
    kinds: Mapping[str, str]
    idioms: Expressions
    now: Expressions

    def is_now(self, text: str) -> bool:
        """Whether a message says that somebody is suicidal, whatever else it tells."""
        return bool(self.now.found([text]))

    def heard(self, texts: Sequence[str]) -> dict[str, list[str]]:
        """The families heard in any of the readings, by kind."""
        found: dict[str, list[str]] = {}
        for family in dict.fromkeys(self.families[number] for number in self.expressions.found(texts)):
            found.setdefault(self.kinds[family], []).append(family)
        return found


def load_patterns(folder: Path) -> Patterns:
    """The bank of a folder; raises OSError, ValueError or KeyError when a file of it is missing or is not one."""
    english, others = (tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in FILES)
    shared = english.pop("words")
    idioms, now = (
        Expressions([*english.pop(name)["patterns"], *others.pop(name)["patterns"]]) for name in ("idioms", "now")
    )
    if twice := sorted(english.keys() & others.keys()):
        raise ValueError(f"{folder / FILES[1]}: the family '{twice[0]}' is in {FILES[0]} too; rename one")
    table = english | others

    def whole(pattern: str) -> str:
        return re.sub(r"<(\w+)>", lambda match: f"(?:{shared[match[1]]})", pattern)

    bank = [(family, whole(pattern)) for family, entry in table.items() for pattern in entry["patterns"]]
    return Patterns(
        expressions=Expressions([pattern for _, pattern in bank]),
        families=[family for family, _ in bank],
        kinds={name: entry["kind"] for name, entry in table.items()},
        idioms=idioms,
        now=now,
    )
