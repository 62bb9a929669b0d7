"""From the bytes of a file to articles."""

from __future__ import annotations

from corpus.importing.apart import read_apart
from corpus.importing.kinds import kind_of
from corpus.importing.values import LARGEST_FILE, Imported, NotImportable

PASTED = "The pasted text"


def convert(data: bytes, name: str, content_type: str = "", address: str = "") -> tuple[Imported, ...]:
    """The articles in a file: one, or every one of a feed or of a WordPress export; never none.

    ``name`` is the file's name, ``content_type`` what a web server said it
    is; what stands in the file decides. ``address`` is where it was fetched:
    the article's url, and what its links start from. Raises NotImportable.
    """
    name = " ".join(name.encode("utf-8", "replace").decode().split())[:200] or "The file"
    if len(data) > LARGEST_FILE:
        raise NotImportable(
            f"“{name}” is {len(data) / 1024 / 1024:,.0f} MB, more than {LARGEST_FILE // 1024 // 1024} MB. "
            "Remove its pictures, save a smaller part of it, or paste its text."
        )
    return read_apart(data, kind_of(data, name, content_type), name, address)


def convert_text(text: str) -> Imported:
    """Pasted text, plain, Markdown or HTML, as an article. Raises NotImportable."""
    data = text.encode("utf-8", "replace")
    if not text.strip():
        raise NotImportable("Nothing was pasted. Copy the article's text first, then paste it here.")
    return convert(data, PASTED)[0]
