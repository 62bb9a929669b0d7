"""A feed (RSS, Atom) or a WordPress export as articles. The one home of feedparser."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import feedparser

from corpus.importing.markup import markdown_of
from corpus.importing.pieces import MarkdownReading, shown_text
from corpus.importing.tidying import article, without_furniture
from corpus.importing.values import Imported, NotImportable

MOST_ARTICLES = 1000
_SHORTCODE = re.compile(
    r"\[/?(?:caption|gallery|embed|audio|video|playlist|vc_\w+|et_pb_\w+|fusion_\w+|contact-form-7|button)\b[^\]]*\]"
    r"|\[/?[a-z][\w-]*(?:\s+[\w-]+=(?:\"[^\"]*\"|'[^']*'|[^\s\]]+))+\s*/?\]"
)
_BLOCK = re.compile(r"<(?:p|ul|ol|li|h[1-6]|div|table|blockquote|figure|pre|section|article)\b", re.I)


def read_feed(data: bytes, text: str, name: str) -> tuple[Imported, ...]:
    """Every article of a feed, or every post and page of a WordPress export, in its order."""
    if re.search(r"<!ENTITY", text, re.I):
        raise NotImportable(
            f"“{name}” holds parts that no feed needs; it may be made to do harm. Paste the text instead."
        )
    feed = feedparser.parse(io.BytesIO(data))  # bytes alone could be taken for a file's name
    source = _plain(feed.feed.get("title", ""))
    found: list[Imported] = []
    skipped: list[str] = []
    entries = [entry for entry in feed.entries if entry.get("wp_post_type", "post") in ("post", "page")]
    if len(entries) > MOST_ARTICLES:
        raise NotImportable(
            f"“{name}” holds {len(entries):,} articles, more than {MOST_ARTICLES:,}. Export fewer at a time."
        )
    for number, entry in enumerate(entries, 1):
        if entry.get("wp_status") in ("trash", "auto-draft"):
            continue
        try:
            found.append(_entry(entry, source, f"Article {number}"))
        except NotImportable:
            skipped.append(_plain(entry.get("title", "")) or f"number {number}")
    if not found:
        raise NotImportable(f"“{name}” holds no article with text. In WordPress choose Tools, Export, Posts.")
    if skipped:
        names = ", ".join(f"“{each}”" for each in skipped[:10])
        found[0] = _with_note(found[0], f"{len(skipped)} of the feed have no text and were left out: {names}.")
    return tuple(found)


def _entry(entry: Any, source: str, fallback: str) -> Imported:
    contents = [each.get("value", "") for each in entry.get("content", ())]
    html = max(contents, key=len, default="") or entry.get("summary", "")
    link = str(entry.get("link") or "")
    reading = MarkdownReading(link)
    pieces = without_furniture(reading.pieces(markdown_of("".join(_paragraphs(_SHORTCODE.sub("", html))))))
    notes = list(reading.notes)
    if _SHORTCODE.search(html):
        notes.append("WordPress's own commands in [brackets] were left out.")
    if not any(contents) or re.search(r"(?:\[(?:…|&#8230;|\.\.\.)\]|…|&hellip;)\s*(?:</p>)?\s*$", html):
        notes.append("The feed may hold only the beginning of this article; import its page to have all of it.")
    return article(
        pieces,
        fallback=fallback,
        nothing="no text",
        title=_plain(entry.get("title", "")),
        source=source,
        url=link,
        original=html,
        original_is_html=True,
        notes=notes,
    )


def _paragraphs(html: str) -> Iterator[str]:
    """WordPress keeps blank lines between paragraphs instead of ``<p>``; every such piece gets its tag."""
    if re.search(r"<p\b|<!-- wp:", html):
        yield html
        return
    for piece in re.split(r"\n[ \t]*\n", html.replace("\r\n", "\n")):
        whole = bool(_BLOCK.search(piece)) or "</" in piece[:2]
        yield f"{piece}\n" if whole else f"<p>{piece.strip().replace(chr(10), '<br>')}</p>\n"


def _plain(html: str) -> str:
    return " ".join(shown_text(str(html)).split())


def _with_note(imported: Imported, note: str) -> Imported:
    return replace(imported, notes=(*imported.notes, note))
