"""Text as the network reads it: lower case, plain quotes, no accents, nothing invisible, no look-alike letters."""

from __future__ import annotations

import re
import unicodedata

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})
_LOOKALIKES = str.maketrans("авекмнорстухіѕԁɡαοεικνρτυ", "abekmhopctyxisdgaoeiknptu")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_SYLLABLE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_INVISIBLE = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")


def plain(text: str) -> str:
    """``text`` in lower case with plain quotes and without accents or invisible marks; spaces are one each."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_QUOTES).lower()
        bare = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
        text = re.sub(r"\w+", _one_script, unicodedata.normalize("NFC", bare))
    return " ".join(text.translate(_QUOTES).lower().split())


def spelled(text: str) -> str:
    """``plain`` text with every word in Latin letters, which an English vocabulary can spell: 不想活 is "bu xiang huo".

    The vocabulary of BERT lacks most Chinese characters and much of other scripts. Signs that are no words stay.
    """
    text = plain(text)
    return text if text.isascii() else " ".join(_FOREIGN.sub(_in_latin, text).split())


def _in_latin(match: re.Match[str]) -> str:
    from anyascii import anyascii  # most messages never need it, and a start is quicker without

    letters = (anyascii(letter) if unicodedata.category(letter)[0] in "LMNP" else letter for letter in match[0])
    return _SYLLABLE.sub(" ", "".join(letters)).lower()


def _one_script(match: re.Match[str]) -> str:
    """A word that mixes Latin letters with look-alikes of other scripts, in Latin letters."""
    word = match[0]
    return word.translate(_LOOKALIKES) if re.search("[a-z]", word) and not word.isascii() else word
