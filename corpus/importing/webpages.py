"""A web page as an article: its main text, without menus and sharing. The one home of trafilatura."""

from __future__ import annotations

from urllib.parse import urlsplit

import trafilatura
from trafilatura.metadata import extract_metadata

from corpus.importing.markup import main_part, markdown_of
from corpus.importing.pieces import MarkdownReading, Piece
from corpus.importing.tidying import article, without_furniture
from corpus.importing.values import Imported

ENOUGH = 0.5
"""The main text found must hold this share of the words that the page itself marks as its main part."""


def read_page(html: str, name: str, address: str = "") -> Imported:
    """The main text of a page. Raises NotImportable where it has none."""
    from corpus.importing.reading import title_of

    about = extract_metadata(html, default_url=address or None)
    url = _canonical(about.url, address)
    reading = MarkdownReading(url)
    pieces = _main_text(html, reading)
    return article(
        pieces,
        fallback=title_of(name),
        nothing=f"The page “{about.title or name}” holds no text that could be read; it may be made by a program in "
        "the browser. Open it, copy its text and paste it here.",
        title=_title(about.title or "", about.sitename or ""),
        source=about.sitename or "",
        url=url,
        original=html,
        original_is_html=True,
        notes=reading.notes,
    )


def _main_text(html: str, reading: MarkdownReading) -> list[Piece]:
    """What trafilatura finds; or, where it lost most of the page's main part, that part."""
    found = trafilatura.extract(
        html,
        output_format="markdown",
        include_links=True,
        include_comments=False,
        include_tables=True,
        favor_recall=True,
    )
    pieces = without_furniture(reading.pieces(found or ""))
    whole = MarkdownReading(reading.base)
    marked = without_furniture(whole.pieces(markdown_of(main_part(html))))
    if _words(pieces) >= ENOUGH * _words(marked):
        return pieces
    reading.notes[:] = whole.notes
    return marked


def _words(pieces: list[Piece]) -> int:
    return sum(len(piece.text.split()) for piece in pieces)


def _title(title: str, site: str) -> str:
    """The title without the site's name behind it."""
    for mark in (" | ", " - ", " – ", " — ", " » ", " :: "):
        before, found, after = title.rpartition(mark)
        if found and before and site and after.strip().casefold() == site.strip().casefold():
            return before.strip()
    return title


def _canonical(said: str | None, address: str) -> str:
    """The page's own word for its address, where it is on the same site as the one it was fetched from."""
    try:
        same = not address or urlsplit(said or "").hostname == urlsplit(address).hostname
    except ValueError:
        same = False
    return said if said and same else address
