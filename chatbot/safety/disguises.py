"""Undoes what hides a word: odd letters, digits for letters, spaces between letters, stars."""

from __future__ import annotations

import re

from index import plain

_LEET = str.maketrans(
    {
        "0": "o",
        "1": "i",
        "3": "e",
        "4": "a",
        "5": "s",
        "7": "t",
        "@": "a",
        "$": "s",
        "!": "i",
        "|": "i",
        "€": "e",
        "¡": "i",
    }
)
_SPACED = re.compile(r"(?<![^\W_])[^\W\d_](?:[\s.*_\-/|]{1,2}[^\W\d_]){3,}(?![^\W_])")
_JOINTS = re.compile(r"(?<=[^\W\d_])[.*_\-/|](?=[^\W\d_])")
_STARRED = re.compile(r"\b[a-z]+[*#][a-z*#]*\b")
_SUICIDAL = re.compile(r"\bs[uo]+[aeiouy]*[csz]+[aeiouy]+d+(?:a+l+|l+e?|[eiu]l+|dle|aly|ally)\b")
_SUICIDE = re.compile(r"\bs[uo]+[aeiouy]*[csz]+[iy][aeiouy]*d+e?\b")
"""The words that are misspelt most where they matter most: sucidle, suisidal, suacide."""

_CENSORED = ("suicide", "suicidal", "kill", "killing", "die", "dead", "overdose", "rape", "raped", "selfharm")


def _fits(starred: str, word: str) -> bool:
    """Whether a word with stars, each for one letter or more, can be ``word``."""
    pattern = re.sub(r"[*#]+", ".{1,3}", starred)
    return re.fullmatch(pattern, word) is not None


def _uncensored(match: re.Match[str]) -> str:
    return next((word for word in _CENSORED if _fits(match[0], word)), match[0])


def readings(message: str) -> tuple[str, ...]:
    """The ways to read a message: as it stands, and with its disguises undone.

    All are needed: "4 pills" must keep its digit, "k1ll" must lose it.
    """
    stands = plain(message)
    undone = _SPACED.sub(lambda match: re.sub(r"[^\w]|_", "", match[0]), stands)
    undone = re.sub(r"(?<=[a-z])[0-9@$!|]+(?=[a-z])|\b[0-9@$!|](?=[a-z]{2})|(?<=[a-z]{2})[0-9@$|]\b", _letters, undone)
    undone = _SUICIDE.sub("suicide", _SUICIDAL.sub("suicidal", _STARRED.sub(_uncensored, undone)))
    joined = _JOINTS.sub("", undone)
    squeezed = re.sub(r"([a-z])\1{2,}", r"\1", joined)
    doubled = re.sub(r"([a-z])\1{2,}", r"\1\1", joined)
    return tuple(dict.fromkeys((stands, undone, joined, squeezed, doubled)))


def _letters(match: re.Match[str]) -> str:
    return match[0].translate(_LEET)
