"""From what was imported to a file of the corpus: its name, its front matter, and what it would change."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from corpus.article_file import ArticleFile, put_together, take_apart
from corpus.importing.values import Imported, NotImportable
from corpus.reader import read_article

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that an import would write: ``before`` is the text that stands there now, None when nothing does."""

    id: str
    path: Path
    text: str
    before: str | None


def slug(title: str) -> str:
    """A file's name for a title: small Latin letters, digits and hyphens, never empty."""
    latin = unicodedata.normalize("NFKD", title.replace("’", "").replace("'", "")).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", latin.lower()).strip("-")
    if len(words) > LONGEST_NAME:
        words = words[: LONGEST_NAME + 1].rpartition("-")[0] or words[:LONGEST_NAME]
    return words or "article"


def article_text(
    imported: Imported,
    source: str = "",
    *,
    url: str | None = None,
    author: str | None = None,
    language: str | None = None,
    reviewed: date | None = None,
) -> str:
    """The article as a file: front matter, then the body. ``source`` and ``url`` stand before the imported ones.

    No review date is written unless it is given: an import is not a review.
    Raises NotImportable when nobody says what the source is.
    """
    named = _one_line(source) or _one_line(imported.source)
    if not named:
        raise NotImportable(
            f"Nobody says who wrote “{imported.title}”. Give the name of the clinic or of the author as its source."
        )
    fields = {
        "title": _one_line(imported.title) or "Untitled",
        "source": named,
        "reviewed": reviewed.isoformat() if reviewed else "",
        "url": url or imported.url or "",
        "author": _one_line(author or ""),
        "language": language or "",
    }
    return put_together(fields, f"\n{imported.body.strip()}\n")


def draft(folder: Path, imported: Imported, source: str = "", article_id: str = "") -> Draft:
    """The file that an import would write in the corpus ``folder``, and what stands there now. Writes nothing.

    The file is ``article_id``; else the article that came from the same
    address before; else one named after the title. A file that is there keeps
    its title, source, author and language; its review date stays only when
    its text stays.
    """
    if article_id and slug(article_id) != article_id.lower():
        raise NotImportable(f"“{article_id}” cannot be an article's name; use letters, digits and hyphens only.")
    paths = {path.stem.casefold(): path for path in sorted((folder / "articles").rglob("*.md"))}
    path = paths.get(article_id.casefold()) if article_id else _from_same_address(paths, imported)
    path = path or paths.get(slug(imported.title)) if not article_id else path
    if path is None:
        path = folder / "articles" / f"{article_id or slug(imported.title)}.md"
        return Draft(path.stem, path, article_text(imported, source), None)
    before = path.read_bytes().decode("utf-8-sig", "replace")
    parted = take_apart(before.replace("\r\n", "\n"))
    text = _again(parted, before, imported, source) if parted else article_text(imported, source)
    return Draft(path.stem, path, text, before)


def _again(parted: ArticleFile, before: str, imported: Imported, source: str) -> str:
    """The file with the imported text: what staff wrote in its front matter stays, line by line."""
    same = parted.body.strip() == imported.body.strip()
    fields = {**parted.fields, "url": imported.url or parted.fields.get("url", "")}
    if not same:
        fields.pop("reviewed", None)
    if _one_line(source) or not fields.get("source"):
        fields["source"] = _one_line(source) or _one_line(imported.source)
    if same and fields == dict(parted.fields):
        return before.replace("\r\n", "\n")
    return put_together(fields, f"\n{imported.body.strip()}\n", before.replace("\r\n", "\n"))


def _from_same_address(paths: dict[str, Path], imported: Imported) -> Path | None:
    if not imported.url:
        return None
    for path in paths.values():
        article, _ = read_article(path, date.today())
        if article and article.url and article.url.rstrip("/") == imported.url.rstrip("/"):
            return path
    return None


def _one_line(text: str) -> str:
    """The text on one line, without characters that nobody sees."""
    spaced = " ".join(text.split())
    return "".join(each for each in spaced if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Co", "Cn")).strip()
