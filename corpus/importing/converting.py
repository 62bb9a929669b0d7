"""From the bytes of a file to articles."""

from __future__ import annotations

from corpus.importing.values import Imported, NotImportable


def convert(data: bytes, name: str, content_type: str = "") -> tuple[Imported, ...]:
    """The articles in a file: one, or every one of a feed or of a WordPress export; never none.

    ``name`` is the file's name, ``content_type`` what a web server said it
    is; what stands in the file decides. Raises NotImportable.
    """
    raise NotImportable("Nothing can be imported yet.")


def convert_text(text: str) -> Imported:
    """Pasted text, plain or Markdown, as an article. Raises NotImportable."""
    raise NotImportable("Nothing can be imported yet.")
