"""The pieces every kind of file is turned into before it is written as Markdown, and Markdown's own way there.

A piece has words and links and nothing else: what cannot be a piece (raw
HTML, pictures, bold type) cannot reach an article.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

SCHEMES = ("http", "https", "mailto", "tel")
"""Where a link may lead; any other becomes its words."""

_BULLET = re.compile(r"^([ \t]*)(?:[●▪◦‣⁃∙·■][ \t]+|•[ \t]*)(?=\S)", re.M)
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|iframe|object|svg|noscript)\b.*?(?:</\1\s*>|\Z)", re.S | re.I
)
_NEVER_SHOWN = {"script", "style", "template", "iframe", "object", "svg", "noscript"}


@dataclass(frozen=True, slots=True)
class Run:
    """Words, and where they lead when they are a link. A line break is "\\n"."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """``kind`` is heading, paragraph, item or more (a further paragraph of an item).

    ``depth`` is a heading's level, or how deep an item is nested, from 1.
    ``number`` is an item's number in a numbered list, None beside a bullet.
    """

    kind: str
    runs: tuple[Run, ...]
    depth: int = 0
    number: int | None = None

    @property
    def text(self) -> str:
        return " ".join("".join(run.text for run in self.runs).split())


def plain(kind: str, text: str, depth: int = 0, number: int | None = None) -> Piece:
    """A piece of words without a link."""
    return Piece(kind, (Run(text),), depth, number)


def clean_text(text: str) -> str:
    """The text without characters that nobody sees, with one kind of line end and of space."""
    lines = re.sub(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]", "\n", text)
    spaced = re.sub(r"[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]", " ", lines)
    joined = re.sub(r"[\ufb00-\ufb06]", lambda found: unicodedata.normalize("NFKC", found[0]), spaced)
    kept = re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ufffe\uffff]", "", joined)
    return re.sub(r"[\ud800-\udfff]", "\ufffd", kept)


@dataclass(slots=True)
class MarkdownReading:
    """Reads Markdown, HTML in it included, as pieces; ``notes`` say what had to be left out."""

    base: str = ""
    notes: list[str] = field(default_factory=list)
    _lists: list[int | None] = field(default_factory=list)
    _first: bool = False

    def pieces(self, text: str) -> list[Piece]:
        """Every piece of the Markdown text, in order."""
        source = _BULLET.sub(r"\1- ", clean_text(text))
        parser = MarkdownIt("commonmark").enable("table")
        parser.validateLink = _any_link  # type: ignore[method-assign]
        tokens = parser.parse(source)
        found: list[Piece] = []
        place = 0
        while place < len(tokens):
            if tokens[place].type == "table_open":
                end = next(at for at in range(place, len(tokens)) if tokens[at].type == "table_close")
                found += self._table(tokens[place:end])
                place = end
            else:
                found += self._token(tokens, place)
            place += 1
        return found

    def _token(self, tokens: Sequence[Token], place: int) -> Iterator[Piece]:
        token = tokens[place]
        if token.type in ("bullet_list_open", "ordered_list_open"):
            self._lists.append(int(token.attrs.get("start", 1)) if token.type[0] == "o" else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif token.type == "list_item_open":
            self._first = True
        elif token.type == "list_item_close":
            if self._lists[-1] is not None:
                self._lists[-1] += 1
            self._first = False
        elif token.type == "inline":
            runs = tuple(self._runs(token.children or ()))
            level = int(tokens[place - 1].tag[1]) if tokens[place - 1].type == "heading_open" else 0
            yield from self._block(runs, level)
        elif token.type in ("fence", "code_block"):
            yield from self._block((Run(token.content.strip("\n")),))
        elif token.type == "html_block":
            self._note("HTML was left out; its words stayed.")
            for part in re.split(r"\n[ \t]*\n", shown_text(token.content)):
                yield from self._block((Run(part.strip()),))

    def _block(self, runs: tuple[Run, ...], level: int = 0) -> Iterator[Piece]:
        """A heading outside of lists, an item, or a paragraph; nothing for nothing."""
        if not "".join(run.text for run in runs).strip():
            return
        depth = len(self._lists)
        if not depth:
            yield Piece("heading" if level else "paragraph", runs, level)
        elif self._first:
            self._first = False
            yield Piece("item", runs, depth, self._lists[-1])
        else:
            yield Piece("more", runs, depth)

    def _runs(self, children: Sequence[Token]) -> Iterator[Run]:
        """Words and safe links; bold type, pictures and HTML are left out."""
        href, hidden = "", ""
        for child in children:
            if child.type == "html_inline":
                tag = re.match(r"<(/?)([a-zA-Z0-9]+)", child.content)
                name = tag[2].lower() if tag else ""
                hidden = "" if tag and tag[1] else name if name in _NEVER_SHOWN else hidden
                if name == "br":
                    yield Run("\n")
                else:
                    self._note("HTML was left out; its words stayed.")
            elif hidden:
                continue
            elif child.type == "link_open":
                href = self._safe(str(child.attrs.get("href", "")))
            elif child.type == "link_close":
                href = ""
            elif child.type == "image":
                self._note("Pictures were left out.")
            elif child.type in ("strong_open", "em_open"):
                self._note("Bold and italic type was left out: the chat shows an article's words letter by letter.")
            elif child.type == "hardbreak":
                yield Run("\n")
            elif child.type == "softbreak":
                yield Run(" ", href)
            elif child.content:
                yield Run(child.content, href)

    def _safe(self, href: str) -> str:
        """The link's address where it is whole and safe, else nothing, so that the words stay alone."""
        try:
            whole = urljoin(self.base, href) if self.base else href
            parts = urlsplit(whole)
            safe = parts.scheme.lower() in SCHEMES and bool(parts.netloc or parts.scheme in ("mailto", "tel"))
        except ValueError:
            safe = False
        if safe and not re.search(r"[\s<>\"'\\]", whole) and whole.split("#")[0] != self.base.split("#")[0]:
            return whole
        self._note("Links that lead nowhere outside their page, or that are not safe, became plain words.")
        return ""

    def _table(self, tokens: Sequence[Token]) -> Iterator[Piece]:
        """A table as a list, a row an item: a row of bars and dashes cannot be quoted."""
        self._note("A table became a list; check that it still reads well.")
        rows: list[list[str]] = []
        for at, token in enumerate(tokens):
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline" and tokens[at - 1].type in ("th_open", "td_open"):
                rows[-1].append(" ".join("".join(run.text for run in self._runs(token.children or ())).split()))
        head, *body = rows or [[]]
        if not body:
            head, body = [], [head]
        for row in body:
            named = [f"{name}: {cell}" if name else cell for name, cell in zip(head[1:], row[1:], strict=False) if cell]
            rest = "; ".join(named if len(row) > 2 else filter(None, row[1:]))
            yield from self._item(": ".join(filter(None, (row[0] if row else "", rest))))

    def _item(self, text: str) -> Iterator[Piece]:
        if text:
            yield plain("item", text, len(self._lists) + 1)

    def _note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


def _any_link(url: str) -> bool:
    """Links are all read as links; which of them stay is decided in one place, ``_safe``."""
    return True


def shown_text(source: str) -> str:
    """The words of a piece of HTML, by the simplest rules; its tags are gone."""
    return html.unescape(re.sub(r"<[^>]*>?", "", _HIDDEN.sub("", source)))
