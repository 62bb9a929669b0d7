"""A PDF as an article: its words and where they stand on the page. The one home of pypdf."""

from __future__ import annotations

import io
import logging
from typing import Any

import pypdf
from pypdf.errors import DependencyError, FileNotDecryptedError, PdfReadError

from corpus.importing.lines import Line, page_pieces, without_margins
from corpus.importing.pieces import clean_text
from corpus.importing.reading import title_of
from corpus.importing.tidying import article
from corpus.importing.values import Imported, NotImportable

MOST_PAGES = 200
FEWEST_CHARACTERS = 20
"""A document with fewer on each page is a scan: what little it has is a stamp or a number."""


def read_pdf(data: bytes, name: str) -> Imported:
    """The text of a PDF: paragraphs joined from lines, without what stands on every page's margin."""
    logging.disable()  # pypdf logs every oddity of a file
    pages = [_lines(page) for page in _opened(data, name).pages]
    empty = [number for number, lines in enumerate(pages, 1) if not lines]
    characters = sum(len(line.text) for lines in pages for line in lines)
    if characters < FEWEST_CHARACTERS * len(pages):
        raise NotImportable(
            f"“{name}” is a scan: pictures of pages, with no text in them. Import the document it was made from, "
            "or have the text recognised (OCR) first."
        )
    notes = ["A PDF knows no paragraphs: check headings, lists and the order of columns against the original."]
    if empty:
        numbers = ", ".join(map(str, empty[:10]))
        notes.append(f"No text was found on page {numbers}; it may be a picture.")
    return article(
        page_pieces(without_margins(pages)),
        fallback=title_of(name),
        nothing=f"“{name}” holds no text. Import the document it was made from, or paste its text.",
        original="\n\n".join("\n".join(line.text for line in lines) for lines in pages),
        notes=notes,
    )


def _opened(data: bytes, name: str) -> pypdf.PdfReader:
    """The document, unlocked where it needs no password. Raises NotImportable."""
    locked = NotImportable(
        f"“{name}” is locked with a password. Open it, save a copy without the password, and import that."
    )
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise locked
        count = len(reader.pages)
    except (DependencyError, FileNotDecryptedError):
        raise locked from None
    except PdfReadError:
        raise NotImportable(
            f"“{name}” is damaged: it cannot be read as a PDF. Open it and save it again, or paste its text."
        ) from None
    if count > MOST_PAGES:
        raise NotImportable(
            f"“{name}” has {count:,} pages, more than {MOST_PAGES}. Save the pages you need as a PDF of their own."
        )
    return reader


def _lines(page: pypdf.PageObject) -> list[Line]:
    """The lines of a page in the order in which they were written, each with its place and type."""
    lines: list[Line] = []
    words: list[str] = []
    places: list[tuple[float, float, float, bool]] = []

    def end() -> None:
        text = clean_text("".join(words).replace("\u00ad", "\u2010") if words else "").strip()
        if text and places:
            x, y, size, _ = places[0]
            lines.append(Line(" ".join(text.split()), x, y, size, all(bold for *_, bold in places)))
        words.clear()
        places.clear()

    def visit(text: str, cm: list[float], tm: list[float], font: dict[str, Any] | None, size: float) -> None:
        for number, part in enumerate(text.split("\n")):
            if number:
                end()
            if part.strip():
                x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
                y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
                height = abs(size * (tm[3] or tm[1] or 1) * (cm[3] or cm[1] or 1))
                bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
                places.append((x, y, height, bold))
            words.append(part)

    page.extract_text(visitor_text=visit)
    end()
    return lines
