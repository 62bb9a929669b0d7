"""Plants the slips that phones and haste make, so that learning expects them."""

from __future__ import annotations

import random
import re

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {
    letter: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    for row in _ROWS
    for place, letter in enumerate(row)
}


def misspell(text: str, chance: random.Random) -> str:
    """The text as hurried thumbs would type it: letters lost, doubled, swapped, missed by a key."""
    slipped = text.lower() if chance.random() < 0.6 else text
    if chance.random() < 0.5:
        slipped = re.sub(r"[?.!,'’]", "", slipped)
    for _ in range(max(1, int(len(slipped) / 9 * chance.random()))):
        if len(slipped) > 3:
            slipped = _slip(slipped, chance.randrange(1, len(slipped) - 1), chance)
    return slipped


def _slip(text: str, place: int, chance: random.Random) -> str:
    before, letter, after = text[:place], text[place], text[place + 1 :]
    kind = chance.random()
    if kind < 0.25:
        return before + after
    if kind < 0.45:
        return before + letter + letter + after
    if kind < 0.65:
        return before + after[0] + letter + after[1:]
    if kind < 0.85:
        return before + chance.choice(_BESIDE.get(letter, letter)) + after
    if kind < 0.92:
        return text.replace(" ", "", 1) if chance.random() < 0.5 else before + " " + letter + after
    return re.sub("[aeiou]", lambda match: chance.choice("aeiou") if chance.random() < 0.15 else match[0], text)
