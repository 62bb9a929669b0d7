"""Who the clinic is and how a visitor reaches it: ``clinic.toml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.problem import Problem, warning
from corpus.toml import line_of, line_of_key, read_toml

HREF = re.compile(r"(https://|http://|mailto:|tel:|sms:)[^\s<>\"']+")
SITE = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:\d+)?")


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach the clinic: what is shown and where it leads."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Clinic:
    """The clinic's name, its channels, the sites that may embed the chat, and whether text is kept."""

    name: str = ""
    website: str | None = None
    channels: tuple[Channel, ...] = ()
    sites: tuple[str, ...] = ()
    keep_unanswered_questions: bool = False


def read_clinic(path: Path) -> tuple[Clinic, list[Problem]]:
    """``clinic.toml`` as a Clinic, and every problem in it."""
    table, text, problems = read_toml(path)
    known = {"name", "website", "contact", "embed", "privacy"}
    for key in sorted(table.keys() - known):
        problems.append(
            Problem(path, line_of_key(text, key), f"unknown key '{key}'; known are {', '.join(sorted(known))}")
        )
    name = table.get("name", "")
    if not isinstance(name, str) or not name.strip():
        report = Problem if "name" in table else warning
        problems.append(report(path, line_of_key(text, "name"), 'no name = "..." of the clinic'))
        name = ""
    website = table.get("website")
    if website is not None and not (isinstance(website, str) and re.fullmatch(r"https?://[^\s<>\"']+", website)):
        problems.append(
            Problem(path, line_of_key(text, "website"), f'expected website = "https://...", found {website!r}')
        )
        website = None
    channels = _channels(table.get("contact", []), path, text, problems)
    if not channels and not website:
        message = "no way to reach the clinic; visitors are told to use its website. Add [[contact]] label and href"
        problems.append(warning(path, 1, message))
    sites = _sites(table.get("embed", {}), path, text, problems)
    keeps = _keeps(table.get("privacy", {}), path, text, problems)
    return Clinic(name.strip(), website, channels, sites, keeps), problems


def _channels(entries: Any, path: Path, text: str, problems: list[Problem]) -> tuple[Channel, ...]:
    if not isinstance(entries, list):
        problems.append(Problem(path, line_of(text, "contact"), "expected [[contact]] entries with label and href"))
        return ()
    channels = []
    for number, entry in enumerate(entries, 1):
        line = line_of(text, "[[contact]]", number)
        if not isinstance(entry, dict) or set(entry) != {"label", "href"}:
            problems.append(Problem(path, line, "a [[contact]] needs exactly a label and an href"))
        elif not isinstance(entry["label"], str) or not entry["label"].strip():
            problems.append(Problem(path, line, 'expected label = "what visitors read"'))
        elif not isinstance(entry["href"], str) or not HREF.fullmatch(entry["href"]):
            message = f'expected href = "https://...", "mailto:...", "tel:..." or "sms:...", found {entry["href"]!r}'
            problems.append(Problem(path, line, message))
        else:
            channels.append(Channel(entry["label"].strip(), entry["href"]))
    return tuple(channels)


def _sites(embed: Any, path: Path, text: str, problems: list[Problem]) -> tuple[str, ...]:
    sites = embed.get("sites", []) if isinstance(embed, dict) else None
    if not isinstance(sites, list) or (isinstance(embed, dict) and embed.keys() - {"sites"}):
        problems.append(Problem(path, line_of(text, "[embed]"), 'expected [embed] with sites = ["https://..."]'))
        return ()
    good = []
    for site in sites:
        if isinstance(site, str) and SITE.fullmatch(site.rstrip("/").lower()):
            good.append(site.rstrip("/").lower())
        else:
            message = f'expected a site such as "https://www.example.org" (no path), found {site!r}'
            problems.append(Problem(path, line_of(text, str(site)), message))
    return tuple(good)


def _keeps(privacy: Any, path: Path, text: str, problems: list[Problem]) -> bool:
    """Whether the redacted text of unanswered questions is kept: only where it says so, and without a mistake."""
    name = "keep_unanswered_questions"
    keeps = privacy.get(name, False) if isinstance(privacy, dict) else None
    if not isinstance(keeps, bool) or privacy.keys() - {name}:
        problems.append(Problem(path, line_of(text, "[privacy]"), f"expected [privacy] with {name} = true or false"))
        return False
    return keeps
