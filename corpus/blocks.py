"""The blocks of a Markdown body, each at its exact place.

markdown-it-py finds the blocks; this file turns its line map into character
offsets. Nothing is rewritten: a block is a pair of offsets into the body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from markdown_it import MarkdownIt
from markdown_it.token import Token

_LIST_MARK = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])[ \t]+")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a body: ``kind`` is heading, paragraph, item or other.

    ``start``/``end`` are characters of the body, without the list mark in
    front. ``depth`` is a heading's level, or how deep a list item is nested
    (1 is the outermost). ``group`` numbers the outermost list that an item
    belongs to. ``line`` counts from 0 at the body's first line.
    """

    kind: str
    start: int
    end: int
    line: int
    depth: int = 0
    group: int = -1


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def blocks(body: str) -> tuple[Block, ...]:
    """The headings, paragraphs and list items of ``body``, in reading order."""
    starts = _line_starts(body)
    found: list[Block] = []
    lists = 0
    depth = 0
    tokens = _parser().parse(_plain_newlines(body))
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists += depth == 0
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        kind = _kind(token, depth)
        if kind is None or token.map is None:
            continue
        level = int(token.tag[1]) if kind == "heading" else depth
        first, last = token.map
        start, end = _trim(body, starts[first], starts[last], kind)
        if start < end:
            group = lists if kind == "item" else -1
            found.append(Block(kind, start, end, first, level, group))
    return tuple(found)


def headings_without_text(body: str) -> list[tuple[int, str]]:
    """Headings that nothing follows: (line in the body from 0, the heading)."""
    found = blocks(body)
    empty = []
    for block, following in zip_longest(found, found[1:]):
        if block.kind != "heading":
            continue
        if following is None or (following.kind == "heading" and following.depth <= block.depth):
            empty.append((block.line, heading_text(body, block)))
    return empty


def heading_text(body: str, block: Block) -> str:
    """A heading's words, without the Markdown marks around them."""
    return body[block.start : block.end].strip("#= \t\r\n-").split("\n")[0].strip()


def _kind(token: Token, depth: int) -> str | None:
    if token.type == "heading_open":
        return "heading"
    if token.type == "paragraph_open":
        return "item" if depth else "paragraph"
    if token.type in ("table_open", "fence", "code_block", "html_block"):
        return "other"
    return None


def _plain_newlines(body: str) -> str:
    """The body with one kind of line end, so that line numbers agree with ours."""
    return body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


def _line_starts(body: str) -> list[int]:
    """The offset of every line, and of the end, counting \\r\\n and \\r as line ends."""
    return [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", body)), len(body), len(body)]


def _trim(body: str, start: int, end: int, kind: str) -> tuple[int, int]:
    """Leave white space, list marks and quotation marks of Markdown outside."""
    while end > start and body[end - 1].isspace():
        end -= 1
    if kind == "item":
        while mark := _LIST_MARK.match(body, start, end):
            start = mark.end()
    while start < end and (body[start].isspace() or (kind == "paragraph" and body[start] == ">")):
        start += 1
    return start, end
