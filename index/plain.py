"""Text as the network reads it: lower case, plain quotes, no accents, nothing invisible, no look-alike letters."""

from __future__ import annotations

import re
import unicodedata

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})
_LOOKALIKES = str.maketrans("авекмнорстухіѕԁɡαοεικνρτυ", "abekmhopctyxisdgaoeiknptu")
_INVISIBLE = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")


def plain(text: str) -> str:
    """``text`` in lower case with plain quotes and without accents or invisible marks; spaces are one each."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_QUOTES).lower()
        bare = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
        text = re.sub(r"\w+", _one_script, unicodedata.normalize("NFC", bare))
    return " ".join(text.translate(_QUOTES).lower().split())


def _one_script(match: re.Match[str]) -> str:
    """A word that mixes Latin letters with look-alikes of other scripts, in Latin letters."""
    word = match[0]
    return word.translate(_LOOKALIKES) if re.search("[a-z]", word) and not word.isascii() else word
