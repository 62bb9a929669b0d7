"""Cuts articles into passages: what is searched, and what may be quoted.

A passage is a paragraph, a list with its lead-in, or an item of a nested list
with what stands under it. Its sentences (a bullet counts as one) are what can
answer a question; lead-ins, references and headings cannot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from corpus import Article, Block, Span, blocks, heading_text

_LISTED = "(?:sources?|references?|bibliography|citations?|further reading)"
_REFERENCES = re.compile(rf"{_LISTED}(?:(?:\s*[&,/]\s*|\s+)(?:and\s+)?{_LISTED})*(?:\s+cited)?", re.I)
"""A heading of these words alone: "Sources of support" is a section like any other."""

_NO_ANSWER = re.compile(r"[:?][*_”\"’'\s]*$")
"""A lead-in or a question answers nothing."""

_LINK_ONLY = re.compile(r"[<(\[]?(https?://|www\.)\S+[>)\]]?$")
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|prof|st|vs|etc|e\.g|i\.e|approx|no|fig|jr|sr|inc|dept|est|al|u\.s|a\.m|p\.m)|\b[A-Za-z])\.$",
    re.I,
)
_SENTENCE_END = re.compile(r"[.!?…]+[\"”’')\]]*(?=\s)|\n[ \t]*\n")
_CAVEAT = re.compile(
    r"(that said|however|but|still|not everyone|even so|at the same time|although|though|"
    r"it(’|')?s not|it is not|it(’|')s important to|there is no guarantee)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Passage(Span):
    """One piece that is searched, with the headings it stands under.

    ``sentences`` are the parts that may answer, in order. ``caveat_end`` is
    the end of the paragraph that limits this one ("That said, ..."), where
    one follows, so that a benefit is never quoted without it.
    """

    headings: tuple[str, ...]
    sentences: tuple[Span, ...]
    caveat_end: int | None = None


def cut(article: Article) -> tuple[Passage, ...]:
    """The passages of an article in reading order, without its references."""
    passages: list[Passage] = []
    for headings, section in _sections(article.body):
        if any(_REFERENCES.fullmatch(heading.strip(" :")) for heading in headings):
            continue
        passages += _with_caveats(_section_passages(article, headings, section))
    return tuple(passages)


def windows(passage: Passage, fits: Callable[[str], bool]) -> list[tuple[int, int]]:
    """The passage in as few pieces as ``fits`` allows, cut between sentences, or words where a sentence is too long."""
    body = passage.article.body
    if fits(passage.text):
        return [(passage.start, passage.end)]
    pieces: list[tuple[int, int]] = []
    for start, end in sentence_spans(body, passage.start, passage.end):
        pieces += _halves(body, start, end, fits)
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        if joined and fits(body[joined[-1][0] : end]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _halves(body: str, start: int, end: int, fits: Callable[[str], bool]) -> list[tuple[int, int]]:
    """The place as it is where it fits, else cut in two, between words where there are any, until each part fits."""
    start, end = _trim(body, start, end)
    if end - start < 2 or fits(body[start:end]):
        return [(start, end)] if start < end else []
    space = body.rfind(" ", start + (end - start) // 4, (start + end) // 2)
    middle = space if space > 0 else (start + end) // 2
    return [*_halves(body, start, middle, fits), *_halves(body, middle, end, fits)]


def sentence_spans(body: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the sentences of ``body[start:end]`` begin and end, white space left outside."""
    found, begin = [], start
    for match in _SENTENCE_END.finditer(body, start, end):
        stop = match.end()
        if _ABBREVIATION.search(body, max(begin, match.start() - 8), match.start() + 1):
            continue
        following = body[stop:end].lstrip()
        if following and following[0].islower() and "\n" not in match.group():
            continue
        found.append((begin, stop))
        begin = stop
    found.append((begin, end))
    trimmed = (_trim(body, *place) for place in found)
    return [place for place in trimmed if place[0] < place[1]]


def _trim(body: str, start: int, end: int) -> tuple[int, int]:
    while start < end and body[start].isspace():
        start += 1
    while end > start and body[end - 1].isspace():
        end -= 1
    return start, end


def _sections(body: str) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """The blocks under each heading, with the path of headings above them."""
    path: list[tuple[int, str]] = []
    section: list[Block] = []
    for block in blocks(body):
        if block.kind != "heading":
            section.append(block)
            continue
        if section:
            yield tuple(text for _, text in path), section
        section = []
        path = [(depth, text) for depth, text in path if depth < block.depth]
        path.append((block.depth, heading_text(body, block)))
    if section:
        yield tuple(text for _, text in path), section


def _section_passages(article: Article, headings: tuple[str, ...], section: Sequence[Block]) -> list[Passage]:
    groups: list[list[Block]] = []
    for block in section:
        if not (groups and _belongs(article.body, groups[-1], block, section)):
            groups.append([])
        groups[-1].append(block)
    made = (_passage(article, headings, group) for group in groups)
    return [passage for passage in made if passage.sentences]


def _belongs(body: str, group: list[Block], block: Block, section: Sequence[Block]) -> bool:
    """Whether a block is part of the passage before it."""
    if block.kind != "item":
        return False
    nested = any(other.group == block.group and other.depth > 1 for other in section)
    if nested:
        return block.depth > 1 and group[-1].group == block.group
    return group[-1].group == block.group or _is_lead_in(body, group[-1])


def _is_lead_in(body: str, block: Block) -> bool:
    return body[block.start : block.end].rstrip("*_ ").endswith(":")


def _passage(article: Article, headings: tuple[str, ...], group: Sequence[Block]) -> Passage:
    body = article.body
    sentences = []
    for block in group:
        is_item = block.kind == "item"
        places = [(block.start, block.end)] if is_item else sentence_spans(body, block.start, block.end)
        for start, end in places:
            text = body[start:end]
            if not _NO_ANSWER.search(text) and not _LINK_ONLY.match(text) and re.search(r"\w", text):
                sentences.append(Span(article, start, end))
    start = group[0].start
    if group[0].kind == "item" and len(group) > 1:
        start = max(body.rfind("\n", 0, start), body.rfind("\r", 0, start)) + 1
    return Passage(article, start, group[-1].end, headings, tuple(sentences))


def is_caveat(text: str) -> bool:
    """Whether a text takes something back of what stands before it ("However, ...")."""
    return _CAVEAT.match(text) is not None


def _with_caveats(passages: Sequence[Passage]) -> Iterator[Passage]:
    for passage, following in zip_longest(passages, passages[1:]):
        if following is not None and is_caveat(following.text):
            yield Passage(
                passage.article, passage.start, passage.end, passage.headings, passage.sentences, following.end
            )
        else:
            yield passage
