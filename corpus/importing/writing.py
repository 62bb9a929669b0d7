"""Writes pieces as clean Markdown: what comes out reads back as the same words, with as few marks as can be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt

from corpus.importing.pieces import Piece, Run

DEEPEST_ITEM = 4
_MARKS = re.compile(r"([\\`*_\[\]<|]|&(?=#?\w+;))")
_OPENING = re.compile(r"^([ \t]*)([-+=#>|~:]|\d{1,9}(?=[.)]))", re.M)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def write(pieces: Sequence[Piece]) -> str:
    """The pieces as Markdown; the reverse of reading them, however strange their words are."""
    lines: list[str] = []
    indents: list[int] = []
    ordered: list[bool] = []
    before: Piece | None = None
    for piece in pieces:
        words = _words(piece)
        if not words:
            continue
        if piece.kind == "item":
            depth = min(piece.depth, len(indents) + 1, DEEPEST_ITEM)
            mark = "- " if piece.number is None else f"{min(max(piece.number, 0), 999_999_999)}. "
            follows = before is not None and before.kind == "item" and _follows(ordered, depth, piece.number)
            del indents[depth - 1 :], ordered[depth - 1 :]
            indent = sum(indents)
            indents.append(len(mark))
            ordered.append(piece.number is not None)
            lines += [] if follows else [""]
            lines.append(" " * indent + mark + words.replace("\n", "\n" + " " * (indent + len(mark))))
        elif piece.kind == "more" and indents:
            indent = sum(indents[: piece.depth])
            lines += ["", " " * indent + words.replace("\n", "\n" + " " * indent)]
        else:
            indents.clear()
            ordered.clear()
            lines += ["", f"{'#' * piece.depth} {words}" if piece.kind == "heading" else words]
        before = piece
    return "\n".join(lines).strip("\n") + "\n" if lines else ""


def _follows(ordered: Sequence[bool], depth: int, number: int | None) -> bool:
    """Whether an item may stand on the line after another and still be an item, of the list it belongs to."""
    if depth > len(ordered):
        return number in (None, 1)
    return ordered[depth - 1] == (number is not None)


def _words(piece: Piece) -> str:
    """The piece's words as Markdown: bare where they read back as they are, else with every mark escaped."""
    runs = _joined(piece)
    for escape in (False, True):
        source = "".join(_run(run, escape) for run in runs)
        source = re.sub(r" *\n *", "\n", source).strip()
        if escape:
            source = _OPENING.sub(_escaped_opening, source)
        if _reads_back(source, runs):
            return source
    return ""


def _joined(piece: Piece) -> list[Run]:
    """The runs with one space between words, line breaks kept where the piece may have them."""
    several = piece.kind != "heading"
    runs: list[Run] = []
    for run in piece.runs:
        text = re.sub(r"[^\S\n]+", " ", run.text)
        text = re.sub(r"\s*\n\s*", "\n" if several and not run.href else " ", text)
        if runs and (runs[-1].text[-1:].isspace() or not runs[-1].text):
            text = text.lstrip()
        if runs and runs[-1].href == run.href:
            runs[-1] = Run(runs[-1].text + text, run.href)
        elif text:
            runs.append(Run(text, run.href))
    if piece.kind == "heading" and runs:
        runs[-1] = Run(runs[-1].text.rstrip(" "), runs[-1].href)
    return runs


def _run(run: Run, escape: bool) -> str:
    text = _MARKS.sub(r"\\\1", run.text) if escape else run.text
    if not run.href or not text.strip():
        return text
    if run.text.strip() == run.href:
        return f"<{run.href}>"
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    address = run.href.replace("(", "%28").replace(")", "%29")
    return f"{before}[{text.strip()}]({address}){after}"


def _escaped_opening(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def _reads_back(source: str, runs: Sequence[Run]) -> bool:
    """Whether the Markdown is one paragraph of exactly these words and links."""
    tokens = _parser().parse(source)
    if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        return False
    return _bare(_read(source)) == _bare((run.text, bool(run.href and run.text.strip())) for run in runs)


def _read(source: str) -> Iterator[tuple[str, bool]]:
    linked = False
    for child in _parser().parse(source)[1].children or []:
        if child.type in ("link_open", "link_close"):
            linked = child.type == "link_open"
        elif child.type == "softbreak":
            yield "\n", linked
        elif child.type == "text":
            yield child.content, linked
        else:
            yield "\x00", linked


def _bare(parts: Iterator[tuple[str, bool]] | list[tuple[str, bool]]) -> str:
    """Words with their links marked, spaces aside, to be compared."""
    text, linked = "", False
    for words, link in parts:
        for word in re.findall(r"\S", words):
            if link != linked:
                text, linked = text + ("\x01" if link else "\x02"), link
            text += word
    return text
