"""Prints the licence of every installed library; says so, and exits 1, where one gives none."""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, distributions

LONG = 60
"""Characters; what is longer in a licence field is the licence's text and not its name."""


def licence(library: Distribution) -> str:
    """The licence that a library's own description names, or the first words of its licence file, or no words."""
    told = library.metadata
    named = [each.rsplit(" :: ", 1)[1] for each in told.get_all("Classifier", []) if each.startswith("License :: ")]
    field = (told.get("License") or "").strip()
    short = field if len(field) <= LONG and "\n" not in field else ""
    return told.get("License-Expression") or short or ", ".join(named) or _first_words(library)


def _first_words(library: Distribution) -> str:
    """The first line with words in it of the licence that came with a library."""
    files = (each for each in library.files or () if re.match(r"(?i)licen[cs]e|copying", each.name))
    lines = (line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return next((line[:LONG] for line in lines if re.search(r"\w", line)), "")


def main() -> None:
    found = {re.sub(r"[-_.]+", "-", each.name).lower(): licence(each) for each in distributions()}
    for name, words in sorted(found.items()):
        sys.stdout.write(f"{name:40} {words or 'not named: look it up'}\n")
    sys.exit(1 if not all(found.values()) else 0)


if __name__ == "__main__":
    main()
