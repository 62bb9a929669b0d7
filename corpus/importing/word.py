"""A Word document as an article. The one home of mammoth."""

from __future__ import annotations

import io
import re
import zipfile

import mammoth

from corpus.importing.markup import markdown_of
from corpus.importing.pieces import MarkdownReading
from corpus.importing.reading import no_text, title_of
from corpus.importing.tidying import article
from corpus.importing.values import Imported, NotImportable

LARGEST_UNPACKED = 150 * 1024 * 1024
LARGEST_TEXT = 40 * 1024 * 1024
MOST_PARTS = 5000
_STYLES = "\n".join(
    [
        "p[style-name='Title'] => h1:fresh",
        "p[style-name='Subtitle'] => p:fresh",
        *(f"p.Heading{level} => h{level + 1}:fresh" for level in range(1, 6)),
        *(
            f"p[style-name='{name} {level}'] => h{level + 1}:fresh"
            for name in ("Heading", "heading")
            for level in range(1, 6)
        ),
    ]
)
"""The title stands above the headings of the first level."""

_OTHERS = (
    (r"ppt/", "slides, not a Word document. Copy its text into a Word document, or paste it"),
    (r"xl/", "a spreadsheet, not a Word document. Copy its text into a Word document, or paste it"),
    (
        r"Index/|Index\.zip|QuickLook/|index\.apxl",
        "a Pages document. In Pages choose File, Export To, Word, and import that",
    ),
    (r"mimetype$", "not a Word document. Open it, save it as Word (.docx), and import that"),
    (r"META-INF/MANIFEST\.MF|AndroidManifest\.xml", "a program. Tell whoever looks after your computers"),
)


def read_word(data: bytes, name: str) -> Imported:
    """The text of a .docx. Raises NotImportable for any other packed file and for one that unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _check(packed, name)
            made_title = _said_title(packed)
        shown = mammoth.convert_to_html(
            io.BytesIO(data), style_map=_STYLES, convert_image=mammoth.images.img_element(lambda _: {"src": ""})
        )
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, KeyError) as error:
        if isinstance(error, RecursionError):
            raise
        raise NotImportable(
            f"“{name}” is damaged or locked. Open it in Word, save it again without a password, and import that."
        ) from None
    reading = MarkdownReading()
    html = re.sub(r'<a href="#(?:foot|end)note-ref-[^"]*">.*?</a>', "", shown.value)
    pieces = reading.pieces(markdown_of(html))
    return article(
        pieces,
        fallback=made_title or title_of(name),
        nothing=no_text(name),
        original=shown.value if len(shown.value) < 1_000_000 else "",
        original_is_html=True,
        notes=reading.notes,
    )


def _check(packed: zipfile.ZipFile, name: str) -> None:
    """Refuse what is no Word document, and what is far larger than it looks, before anything is unpacked."""
    parts = packed.infolist()
    names = [part.filename for part in parts]
    texts = sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED or texts > LARGEST_TEXT:
        raise NotImportable(
            f"“{name}” unpacks to far more than a document holds; it may be made to do harm. Do not open it; "
            "ask whoever sent it, or paste the text."
        )
    if "word/document.xml" not in names:
        for pattern, what in _OTHERS:
            if any(re.match(pattern, each) for each in names) or (
                what.startswith("a Pages") and name.endswith(".pages")
            ):
                raise NotImportable(f"“{name}” is {what}.")
        raise NotImportable(
            f"“{name}” is a packed file, not a Word document. Unpack it and choose the document inside."
        )
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")) and _declares_entities(packed, part):
            raise NotImportable(
                f"“{name}” holds parts that no Word document has; it may be made to do harm. Paste its text."
            )


def _declares_entities(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether an XML part has a document type: Word writes none, bombs need one."""
    with packed.open(part) as opened:
        beginning = opened.read(4096).replace(b"\x00", b"")
    return b"<!DOCTYPE" in beginning.upper() or b"<!ENTITY" in beginning.upper()


def _said_title(packed: zipfile.ZipFile) -> str:
    """The title among the document's properties, if it has one that somebody typed."""
    try:
        core = packed.read("docProps/core.xml").decode("utf-8", "replace")
    except KeyError:
        return ""
    found = re.search(r"<dc:title>([^<]{3,200})</dc:title>", core)
    title = MarkdownReading().pieces(found[1]) if found else []
    words = title[0].text if len(title) == 1 else ""
    return "" if re.match(r"(?:microsoft word|document\d*$|untitled|word document)", words, re.I) else words
