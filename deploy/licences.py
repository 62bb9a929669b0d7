"""Prints the licence of every installed library; says so, and exits 1, where one gives none."""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, distributions

LONG = 60
"""Characters; a longer licence field holds the licence's whole text, of which the first line is its name."""


def licence(library: Distribution) -> str:
    """The licence that a library's own description names, or no words."""
    told = library.metadata
    named = [each.rsplit(" :: ", 1)[1] for each in told.get_all("Classifier", []) if each.startswith("License :: ")]
    field = (told.get("License-Expression") or told.get("License") or "").strip().splitlines()
    plain = field[0].strip() if field and len(field[0]) <= LONG else ""
    return told.get("License-Expression") or plain or ", ".join(named)


def main() -> None:
    found = {re.sub(r"[-_.]+", "-", each.name).lower(): licence(each) for each in distributions()}
    for name, words in sorted(found.items()):
        sys.stdout.write(f"{name:40} {words or 'not named: look it up'}\n")
    sys.exit(1 if not all(found.values()) else 0)


if __name__ == "__main__":
    main()
