"""Measures the safety screen on held-out messages, by family, with every miss."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.safety.screen import ALARMS, Concern, Screen


@dataclass(frozen=True, slots=True)
class Judged:
    """A held-out message, what it is, and what the screen heard."""

    text: str
    kind: str
    family: str
    after: tuple[str, ...]
    heard: Concern

    @property
    def alarmed(self) -> bool:
        """Whether help is shown: by an alarm now, or because of one earlier."""
        return self.heard.is_alarm or bool(self.heard.earlier)


def messages_of(path: Path) -> list[dict[str, Any]]:
    """The entries of a TOML file of [[message]]: text, class, family, and optionally after."""
    entries: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["message"]
    return entries


def measure(screen: Screen, path: Path) -> tuple[Judged, ...]:
    """Hear every message of a file."""
    judged = []
    for entry in messages_of(path):
        after = tuple(entry.get("after", ()))
        heard = screen.hear(entry["text"], after)
        judged.append(Judged(entry["text"], entry["class"], entry["family"], after, heard))
    return tuple(judged)


def recall(judged: Sequence[Judged]) -> float:
    """The share of dangerous messages that got help."""
    wanted = [each for each in judged if each.kind in ALARMS]
    return sum(each.alarmed for each in wanted) / max(1, len(wanted))


def false_alarms(judged: Sequence[Judged], kinds: Sequence[str] = ("none", "personal")) -> float:
    """The share of messages of these kinds that raised a full alarm."""
    ordinary = [each for each in judged if each.kind in kinds]
    return sum(each.heard.is_alarm for each in ordinary) / max(1, len(ordinary))


def by_family(judged: Sequence[Judged]) -> dict[str, float]:
    """Recall by family, of the families that want an alarm."""
    families = dict.fromkeys(f"{each.kind}: {each.family}" for each in judged if each.kind in ALARMS)
    return {name: recall([each for each in judged if f"{each.kind}: {each.family}" == name]) for name in families}


def misses(judged: Sequence[Judged]) -> list[str]:
    """Every message that was heard wrongly, as a line of text."""
    lines = []
    for each in judged:
        wanted = each.kind in ALARMS
        if wanted != each.alarmed and not (each.kind == "none" and each.heard.earlier and not each.heard.is_alarm):
            lines.append(f"{'missed' if wanted else 'false alarm'} [{each.kind}: {each.family}] {each.text}")
        elif each.kind == "info" and each.heard.kind != "info":
            lines.append(f"no calm line [{each.family}] {each.text}")
    return lines
