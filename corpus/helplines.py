"""The numbers that help: ``helplines.toml``, one file, with the date of its last check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from corpus.problem import Problem, errors, warning
from corpus.toml import line_of_key, read_toml
from corpus.wording import DEFAULTS

CARDS = ("crisis", "emergency", "overdose", "abuse", "child", "sexual", "gentle", "foot")
"""Which moments have lines of their own: the alarms, the calm line beside an
answer about suicide, and the permanent line in the foot of every page."""

CHECK_AFTER = timedelta(days=90)
_HREF = re.compile(r"tel:\+?[0-9]{2,15}|sms:\+?[0-9]{3,15}(\?[^\s<>\"']+)?|https://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Line:
    """One way to help: what is tapped, what it is, where it leads."""

    label: str
    detail: str
    href: str


@dataclass(frozen=True, slots=True)
class Helplines:
    """The lines of every card, in the order they are shown, and the date of the check."""

    checked: date
    cards: Mapping[str, tuple[Line, ...]]


def read_helplines(path: Path, today: date | None = None) -> tuple[Helplines, list[Problem]]:
    """``helplines.toml`` as Helplines; a file that is absent or wrong falls back to the built-in one."""
    table, text, problems = read_toml(path if path.exists() else DEFAULTS / "helplines.toml")
    cards: dict[str, tuple[Line, ...]] = {}
    for card in CARDS:
        cards[card] = _lines(card, table.get(card, []), path, text, problems)
    for key in sorted(table.keys() - set(CARDS) - {"checked"}):
        message = f"unknown '{key}'; known are checked and the cards {', '.join(CARDS)}"
        problems.append(Problem(path, line_of_key(text, key), message))
    checked = table.get("checked")
    if type(checked) is not date:
        problems.append(
            Problem(
                path,
                line_of_key(text, "checked"),
                "expected checked = YYYY-MM-DD, the day somebody last checked the numbers",
            )
        )
        checked = date.min
    elif (today or date.today()) - checked > CHECK_AFTER:
        message = f"the numbers were last checked on {checked}, more than 90 days ago; check each and change the date"
        problems.append(warning(path, line_of_key(text, "checked"), message))
    if errors(problems):
        return default_helplines(), problems
    return Helplines(checked, cards), problems


def default_helplines() -> Helplines:
    """The built-in lines (United States)."""
    table, _, _ = read_toml(DEFAULTS / "helplines.toml")
    cards = {card: tuple(Line(**entry) for entry in table[card]) for card in CARDS}
    return Helplines(table["checked"], cards)


def _lines(card: str, entries: Any, path: Path, text: str, problems: list[Problem]) -> tuple[Line, ...]:
    place = max(1, text.count("\n", 0, max(0, text.find(f"[[{card}]]"))) + 1)
    if not isinstance(entries, list) or not entries:
        problems.append(Problem(path, place, f"no [[{card}]] line; every card needs at least one"))
        return ()
    lines = []
    for entry in entries:
        fields = entry if isinstance(entry, dict) else {}
        if set(fields) != {"label", "detail", "href"} or not all(
            isinstance(v, str) and v.strip() for v in fields.values()
        ):
            problems.append(
                Problem(path, place, f"a [[{card}]] line needs exactly label, detail and href, each with words")
            )
        elif not _HREF.fullmatch(fields["href"]):
            problems.append(
                Problem(path, place, f'expected href = "tel:...", "sms:..." or "https://...", found {fields["href"]!r}')
            )
        else:
            lines.append(Line(**fields))
    return tuple(lines)
