"""Undoes what hides a word: odd letters, digits for letters, spaces between letters, stars."""

from __future__ import annotations

import re
import unicodedata

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})
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
_LOOKALIKES = str.maketrans("авекмнорстухіѕԁɡαοεικνρτυ", "abekmhopctyxisdgaoeiknptu")
_SPACED = re.compile(r"(?<![^\W_])[^\W\d_](?:[\s.*_\-/|]{1,2}[^\W\d_]){3,}(?![^\W_])")
_JOINTS = re.compile(r"(?<=[^\W\d_])[.*_\-/|](?=[^\W\d_])")
_INVISIBLE = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")


_STARRED = re.compile(r"\b[a-z]+[*#][a-z*#]*\b")
_CENSORED = ("suicide", "suicidal", "kill", "killing", "die", "dead", "overdose", "rape", "raped", "selfharm")


def _fits(starred: str, word: str) -> bool:
    """Whether a word with stars, each for one letter or more, can be ``word``."""
    pattern = re.sub(r"[*#]+", ".{1,3}", starred)
    return re.fullmatch(pattern, word) is not None


def _uncensored(match: re.Match[str]) -> str:
    return next((word for word in _CENSORED if _fits(match[0], word)), match[0])


def normalise(message: str) -> str:
    """The message in lower case with plain quotes and without accents or invisible marks."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", message)).translate(_QUOTES).lower()
    bare = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    text = unicodedata.normalize("NFC", bare)
    return re.sub(r"\s+", " ", re.sub(r"\w+", _one_script, text)).strip()


def _one_script(match: re.Match[str]) -> str:
    """A word that mixes Latin letters with look-alikes of other scripts, in Latin letters."""
    word = match[0]
    return word.translate(_LOOKALIKES) if re.search("[a-z]", word) and not word.isascii() else word


def readings(message: str) -> tuple[str, ...]:
    """The ways to read a message: as it stands, and with its disguises undone.

    All are needed: "4 pills" must keep its digit, "k1ll" must lose it.
    """
    plain = normalise(message)
    undone = _SPACED.sub(lambda match: re.sub(r"[^\w]|_", "", match[0]), plain)
    undone = re.sub(r"(?<=[a-z])[0-9@$!|]+(?=[a-z])|\b[0-9@$!|](?=[a-z]{2})|(?<=[a-z]{2})[0-9@$|]\b", _letters, undone)
    undone = _STARRED.sub(_uncensored, undone)
    joined = _JOINTS.sub("", undone)
    squeezed = re.sub(r"([a-z])\1{2,}", r"\1", joined)
    doubled = re.sub(r"([a-z])\1{2,}", r"\1\1", joined)
    return tuple(dict.fromkeys((plain, undone, joined, squeezed, doubled)))


def _letters(match: re.Match[str]) -> str:
    return match[0].translate(_LEET)
