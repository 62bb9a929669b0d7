"""Which languages the interface speaks, and how a reply is put into one of them.

Articles stay in the language in which they were written. A sentence that the
clinic changed in its own wording file stays as the clinic wrote it, unless
the clinic's folder holds a ``wording.<language>.toml`` that says it in that
language: what a clinician has approved is never replaced by a default.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from werkzeug.datastructures import LanguageAccept

from corpus import Wording, default_wording, read_wording

MAIN = "en"
RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
REPLY_SECTIONS = ("lead.", "smalltalk.", "help.", "disclaimer.", "contact.")

_FILE = re.compile(r"wording\.([a-z]{2,3})\.toml")
_PLACEHOLDER = re.compile(r"\\\{([a-z_]+)\\\}")


def direction(code: str) -> str:
    """How the language is written: "rtl" or "ltr"."""
    return "rtl" if code in RIGHT_TO_LEFT else "ltr"


class Languages:
    """The languages that have a wording file, built in or in the clinic's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        built_in = _codes(Path(str(files("corpus") / "defaults")))
        own = _codes(folder)
        self.codes: tuple[str, ...] = (MAIN, *sorted((built_in | own) - {MAIN}))
        self._built_in = built_in
        self._changed = {code: _changes(folder / f"wording.{code}.toml") for code in own}
        self._made: dict[str, tuple[Wording, Wording]] = {}

    def choose(self, asked: str | None, accepted: LanguageAccept) -> str:
        """The language asked for if it is known, else the browser's best match, else English."""
        if asked in self.codes:
            return asked
        return accepted.best_match(self.codes) or MAIN

    def wording(self, main: Wording, code: str) -> Wording:
        """The sentences in a language, by the rule that this module's first lines give."""
        if code == MAIN:
            return main
        made = self._made.get(code)
        if made is None or made[0] is not main:
            made = self._made[code] = (main, self._translate(main, code))
        return made[1]

    def _translate(self, main: Wording, code: str) -> Wording:
        english = default_wording().sentences
        translated = default_wording(code).sentences if code in self._built_in else {}
        kept = {key: text for key, text in main.sentences.items() if text != english.get(key)}
        return Wording({**main.sentences, **translated, **kept, **self._changed.get(code, {})})


def put_into(reply: dict[str, Any], main: Wording, wanted: Wording) -> dict[str, Any]:
    """The reply with every sentence of the program's own in the wanted language; quotes untouched."""
    if main is wanted:
        return reply
    put = dict(reply)
    for field in ("words", "disclaimer"):
        put[field] = _say_in(reply[field], main, wanted)
    for field in ("help", "contact"):
        if reply[field]:
            put[field] = {**reply[field], "words": _say_in(reply[field]["words"], main, wanted)}
    if put["contact"]:
        channels = put["contact"]["channels"]
        labels = [{**channel, "label": _say_in(channel["label"], main, wanted)} for channel in channels]
        put["contact"]["channels"] = labels
    return put


def _say_in(text: str, main: Wording, wanted: Wording) -> str:
    for key in _reply_keys(main.sentences):
        pattern = _PLACEHOLDER.sub(r"(?P<\1>.+)", re.escape(main[key]))
        if found := re.fullmatch(pattern, text, re.S):
            return wanted.say(key, **found.groupdict())
    return text


def _reply_keys(sentences: Mapping[str, str]) -> Iterable[str]:
    """The keys that a reply may hold; sentences with gaps last, so that a gap never swallows a plain one."""
    keys = (key for key in sentences if key.startswith(REPLY_SECTIONS))
    return sorted(keys, key=lambda key: "{" in sentences[key])


def _codes(folder: Path) -> set[str]:
    return {found[1] for path in folder.glob("wording.*.toml") if (found := _FILE.fullmatch(path.name))}


def _changes(path: Path) -> dict[str, str]:
    """The sentences that a clinic's file says differently from the built-in English ones."""
    english = default_wording().sentences
    wording, _ = read_wording(path)
    return {key: text for key, text in wording.sentences.items() if text != english[key]}
