r"""Reads the inline marks of Markdown in a quote: the words that a visitor sees, and where each of them stands.

``static/inline.js`` follows the same rules step by step, and a test holds both
against each other and against markdown-it-py. Places are kept because the
highlights of a reply are places in the author's text, marks and all. What is
written as HTML stays words; a link that could do harm keeps its words alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5

_PLAIN = re.compile(r"[^\\`<&*_!\[\] \t\n]+(?:[ \t]+[^\\`<&*_!\[\] \t\n]+)*")
_SPACE = re.compile(r"[ \t]*\n")
_TICKS = re.compile(r"`+")
_STARS = re.compile(r"\*+|_+")
_ENTITY = re.compile(r"&(?:#[xX]([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z][A-Za-z0-9]{1,31}));")
_ADDRESS = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\x00-\x20]*)>")
_MAIL = re.compile(r"<([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)>")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_CODED = re.compile(f"{_ENTITY.pattern}|{_ESCAPE.pattern}")
_BLANK = re.compile(r"[ \t\n]*")
_ANGLED = re.compile(r"<((?:\\[^\n]|[^<>\\\n])*)>")
_NESTED = 32
"""How deep the parentheses of an address may be."""

_TITLE = re.compile(r"""[ \t\n]+(?:"(?:\\[^\n]|[^"\\])*"|'(?:\\[^\n]|[^'\\])*'|\((?:\\[^\n]|[^()\\])*\))""")
_SAFE = re.compile(r"(?:https?:|mailto:|tel:|sms:)", re.I)
_TAGS = {1: "em", 2: "strong"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One step of what is shown: ``text``, a ``break``, or an element (``em``, ``strong``, ``code``, ``a``) or its end.

    ``words`` stand for the places from ``start`` to ``end``; ``whole`` says that they cannot be taken apart.
    """

    kind: str
    words: str = ""
    start: int = 0
    end: int = 0
    whole: bool = False


@dataclass(slots=True)
class _Run:
    """A run of asterisks or underscores; ``count`` of them are not used yet."""

    sign: str
    start: int
    length: int
    opens: bool
    closes: bool
    count: int
    ended: list[int] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)

    def pieces(self) -> Iterator[Piece]:
        yield from (Piece("/" + _TAGS[size]) for size in self.ended)
        start = self.start + sum(self.ended)
        if self.count:
            yield Piece("text", self.sign * self.count, start, start + self.count)
        yield from (Piece(_TAGS[size]) for size in reversed(self.begun))


@dataclass(slots=True)
class _Bracket:
    """An opening bracket; ``address`` is None while it is no link, and empty where its words stand alone."""

    start: int
    words: str
    runs: int
    active: bool = True
    address: str | None = None

    def pieces(self) -> Iterator[Piece]:
        if self.address is None:
            yield Piece("text", self.words, self.start, self.start + len(self.words))
        elif self.address:
            yield Piece("a", self.address)


def pieces_of(text: str) -> list[Piece]:
    """What a visitor sees of a paragraph, elements well nested; its lines are parted by newlines alone."""
    return _Reader(text).read()


class _Reader:
    """Reads one paragraph from left to right; a step returns whether it found its mark."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.nodes: list[Piece | _Run | _Bracket] = []
        self.runs: list[_Run] = []
        self.brackets: list[_Bracket] = []

    def read(self) -> list[Piece]:
        steps = {
            "\\": self.escape, "`": self.code, "<": self.address, "&": self.entity, "*": self.run, "_": self.run,
            "!": self.open, "[": self.open, "]": self.close, " ": self.space, "\t": self.space, "\n": self.space,
        }  # fmt: skip
        while self.at < len(self.text):
            plain = _PLAIN.match(self.text, self.at)
            if plain:
                self.add(plain[0], plain.end())
            elif not steps[self.text[self.at]]():
                self.add(self.text[self.at], self.at + 1)
        _pair(self.runs, 0)
        made: list[Piece] = []
        for node in self.nodes:
            for piece in [node] if isinstance(node, Piece) else node.pieces():
                if piece.kind == "/a" and made[-1].kind == "a":  # a link without a word cannot be seen
                    made.pop()
                else:
                    made.append(piece)
        return made

    def add(self, words: str, end: int, whole: bool = False) -> bool:
        self.nodes.append(Piece("text", words, self.at, end, whole))
        self.at = end
        return True

    def space(self) -> bool:
        found = _SPACE.match(self.text, self.at)
        if found and found[0].endswith("  \n"):
            self.nodes.append(Piece("break"))
            self.at = found.end()
            return True
        return found is not None and self.add(" ", found.end(), whole=True)

    def escape(self) -> bool:
        if self.text.startswith("\\\n", self.at):
            self.nodes.append(Piece("break"))
            self.at += 2
            return True
        found = _ESCAPE.match(self.text, self.at)
        return found is not None and self.add(found[1], found.end(), whole=True)

    def entity(self) -> bool:
        found = _ENTITY.match(self.text, self.at)
        words = _character(found) if found else None
        return found is not None and words is not None and self.add(words, found.end(), whole=True)

    def code(self) -> bool:
        fence = _TICKS.match(self.text, self.at)
        assert fence
        end = next((each for each in _TICKS.finditer(self.text, fence.end()) if each[0] == fence[0]), None)
        if end is None:
            return self.add(fence[0], fence.end())
        first, last = fence.end(), end.start()
        inside = self.text[first:last].replace("\n", " ")
        if inside.strip(" ") and inside[0] == inside[-1] == " ":
            first, last, inside = first + 1, last - 1, inside[1:-1]
        self.nodes += [Piece("code"), Piece("text", inside, first, last), Piece("/code")]
        self.at = end.end()
        return True

    def address(self) -> bool:
        mail = _MAIL.match(self.text, self.at)
        found = mail or _ADDRESS.match(self.text, self.at)
        if found is None:
            return False
        address = "mailto:" + found[1] if mail else found[1]
        words = Piece("text", found[1], found.start(1), found.end(1))
        self.nodes += [Piece("a", address), words, Piece("/a")] if _SAFE.match(address) else [words]
        self.at = found.end()
        return True

    def run(self) -> bool:
        found = _STARS.match(self.text, self.at)
        assert found
        before = _kind(self.text[self.at - 1 : self.at])
        after = _kind(self.text[found.end() : found.end() + 1])
        left = after != "space" and (after != "sign" or before != "word")
        right = before != "space" and (before != "sign" or after != "word")
        sign, length = found[0][0], len(found[0])
        opens = left and (sign == "*" or not right or before == "sign")
        closes = right and (sign == "*" or not left or after == "sign")
        run = _Run(sign, self.at, length, opens, closes, length)
        self.nodes.append(run)
        self.runs.append(run)
        self.at = found.end()
        return True

    def open(self) -> bool:
        words = "![" if self.text[self.at] == "!" else "["
        if not self.text.startswith(words, self.at):
            return False
        bracket = _Bracket(self.at, words, len(self.runs))
        self.nodes.append(bracket)
        self.brackets.append(bracket)
        self.at += len(words)
        return True

    def close(self) -> bool:
        bracket = self.brackets.pop() if self.brackets else None
        target = _target(self.text, self.at + 1) if bracket and bracket.active else None
        if bracket is None or target is None:
            return False
        address, end = target
        image = bracket.words == "!["
        bracket.address = "" if image or not _SAFE.match(address) else address
        if bracket.address:
            self.nodes.append(Piece("/a"))
        _pair(self.runs, bracket.runs)
        del self.runs[bracket.runs :]
        for other in self.brackets:
            other.active = other.active and (image or other.words == "![")
        self.at = end
        return True


def _pair(runs: list[_Run], bottom: int) -> None:
    """Make emphasis of the runs from ``bottom`` on, each closing one with the nearest that opens."""
    for number in range(bottom, len(runs)):
        closer = runs[number]
        while closer.closes and closer.count:
            at = next((at for at in range(number - 1, bottom - 1, -1) if _fits(runs[at], closer)), None)
            if at is None:
                break
            size = min(2, runs[at].count, closer.count)
            runs[at].begun.append(size)
            closer.ended.append(size)
            runs[at].count -= size
            closer.count -= size
            for between in runs[at + 1 : number]:
                between.opens = False


def _fits(opener: _Run, closer: _Run) -> bool:
    if not (opener.opens and opener.count and opener.sign == closer.sign):
        return False
    both = opener.closes or closer.opens
    return not both or (opener.length + closer.length) % 3 != 0 or opener.length % 3 == closer.length % 3 == 0


def _kind(character: str) -> str:
    if not character or character in " \t\n\f\r" or unicodedata.category(character) == "Zs":
        return "space"
    return "sign" if unicodedata.category(character)[0] in "PS" else "word"


def _character(found: re.Match[str]) -> str | None:
    """The character that an entity names; None for a name that nothing has."""
    if found[3]:
        return html5.get(found[3] + ";")
    code = int(found[1], 16) if found[1] else int(found[2])
    if code in (9, 10, 13):
        return " "
    wrong = code < 32 or 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF
    return "\ufffd" if wrong or code > 0x10FFFF or code & 0xFFFE == 0xFFFE else chr(code)


def _target(text: str, at: int) -> tuple[str, int] | None:
    """The address in parentheses at this place, and where they end; None if they are none."""
    if not text.startswith("(", at):
        return None
    at = _past(_BLANK, text, at + 1)
    angled = _ANGLED.match(text, at)
    end = angled.end() if angled else _bare_end(text, at)
    if end is None or (angled is None and text.startswith("<", at)):
        return None
    address = angled[1] if angled else text[at:end]
    at = _past(_BLANK, text, _past(_TITLE, text, end))
    return (_unmarked(address), at + 1) if text.startswith(")", at) else None


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _bare_end(text: str, at: int) -> int | None:
    """Where an address without angle brackets ends: at a space, or at a parenthesis that is not its own.

    As in CommonMark's reference, parentheses within parentheses end somewhere, so that no text takes for ever.
    """
    depth = 0
    while at < len(text) and text[at] > " " and text[at] != "\x7f":
        if (text[at] == ")" and depth == 0) or depth > _NESTED:
            break
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 2 if _ESCAPE.match(text, at) else 1
    return None if depth else at


def _unmarked(address: str) -> str:
    """The address without escapes and entities."""
    return _CODED.sub(lambda found: found[4] or _character(found) or found[0], address)
