"""Makes an article of pieces: its title, its headings in order, no furniture, nothing empty."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.importing.pieces import Piece
from corpus.importing.values import Imported, NotImportable
from corpus.importing.writing import write

LONGEST_BODY = 300_000
"""Characters of one article: about 100 printed pages."""

LONGEST_ORIGINAL = 1_000_000
LONGEST_TITLE = 200

_FURNITURE = re.compile(
    r"(?:click |tap )?(?:share|tweet|pin it|like us|follow us|print|e?mail this|subscribe|sign up|log ?in|skip to"
    r"|back to top|read more|continue reading|learn more|related|you (?:may|might) also like|recent posts|previous|next"
    r"|older|newer"
    r"|leave a (?:reply|comment)|\d* ?comments?|loading|advertisement|tags?:"
    r"|categor(?:y|ies):|filed under|posted (?:on|in|by)"
    r"|copyright|©|all rights reserved|accept (?:all )?cookies|cookie|privacy policy|toggle|menu|search)\b.{0,60}",
    re.I,
)
_SECTION_OF_FURNITURE = re.compile(
    r"(?:share|related|you (?:may|might) also like|recent posts|more (?:posts|articles)|leave a (?:reply|comment)"
    r"|comments?|follow us|subscribe|newsletter|about the author|categories|tags|archives?|navigation|menu)\b.{0,30}",
    re.I,
)
_MOST_WORDS = 8


def article(
    pieces: Sequence[Piece],
    *,
    fallback: str,
    nothing: str,
    title: str = "",
    source: str = "",
    url: str | None = None,
    original: str = "",
    original_is_html: bool = False,
    notes: Sequence[str] = (),
) -> Imported:
    """The pieces as one article. Raises NotImportable with the sentence ``nothing`` when they hold no words."""
    said = list(notes)
    named, rest = _title(pieces, " ".join(title.split()))
    kept, empty = _with_text(_levelled(rest))
    if empty:
        names = ", ".join(f"“{each}”" for each in empty[:5])
        said.append(f"Headings with no text under them were left out: {names}.")
    body = write(kept)
    if not re.search(r"\w", body):
        raise NotImportable(nothing)
    if len(body) > LONGEST_BODY:
        raise NotImportable(
            f"“{named or fallback}” is as long as a book ({len(body.split()):,} words). Import its chapters one by one."
        )
    return Imported(
        title=_short(named or fallback),
        body=body,
        source=" ".join(source.split())[:LONGEST_TITLE],
        url=url if url and len(url) <= 2000 and re.fullmatch(r"https?://[^\s<>\"']+", url) else None,
        original=original[:LONGEST_ORIGINAL],
        original_is_html=original_is_html,
        notes=tuple(dict.fromkeys(said)),
    )


def without_furniture(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without what stands around an article on a website: sharing, menus, related posts."""
    kept: list[Piece] = []
    inside = 0
    for piece in pieces:
        words = piece.text.split()
        if piece.kind == "heading":
            furniture = bool(_SECTION_OF_FURNITURE.fullmatch(piece.text)) and len(words) <= _MOST_WORDS
            inside = piece.depth if furniture else 0
        elif inside:
            ended = piece.kind == "paragraph" and len(words) > 2 * _MOST_WORDS
            inside = 0 if ended else inside
            furniture = not ended
        else:
            short = len(words) <= _MOST_WORDS and not piece.text.endswith((".", "?", "!", ":"))
            furniture = short and bool(_FURNITURE.fullmatch(piece.text))
        if not furniture:
            kept.append(piece)
    return kept


def _title(pieces: Sequence[Piece], given: str) -> tuple[str, list[Piece]]:
    """The article's title, and the pieces without it: a heading at the top says it once more."""
    rest = list(pieces)
    headings = [piece for piece in rest if piece.kind == "heading"]
    top = min((piece.depth for piece in headings), default=0)
    highest = [piece for piece in headings if piece.depth == top]
    same = next((piece for piece in headings[:2] if _bare(piece.text) == _bare(given)), None)
    alone = highest[0] if len(highest) == 1 and (not given or (top == 1 and highest[0] is rest[0])) else None
    said = same or alone
    if said is None:
        return given, rest
    return given if given and not same else said.text, [piece for piece in rest if piece is not said]


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def _levelled(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with headings from level 2: level 1 is the title."""
    levels = [piece.depth for piece in pieces if piece.kind == "heading"]
    shift = 2 - min(levels, default=2)
    return [replace(piece, depth=min(6, piece.depth + shift)) if piece.kind == "heading" else piece for piece in pieces]


def _with_text(pieces: Sequence[Piece]) -> tuple[list[Piece], list[str]]:
    """The pieces without headings that head nothing, and the words of those."""
    kept: list[Piece] = []
    empty: list[str] = []
    for piece in reversed(pieces):
        if piece.kind != "heading":
            if re.search(r"\S", write([piece])):
                kept.append(piece)
        elif not re.search(r"\w", piece.text):
            continue
        elif not kept or (kept[-1].kind == "heading" and kept[-1].depth <= piece.depth):
            empty.append(piece.text)
        else:
            kept.append(piece)
    return kept[::-1], empty[::-1]


def _short(title: str) -> str:
    if len(title) <= LONGEST_TITLE:
        return title
    return title[:LONGEST_TITLE].rpartition(" ")[0] or title[:LONGEST_TITLE]
