"""What a visitor gets: Reply and its parts. ``to_dict`` is the whole contract with the web."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote as url_quote

from corpus import Channel, Line, Span

KINDS = ("answer", "not_covered", "personal", "crisis", "emergency", "abuse", "smalltalk", "empty", "trouble")


@dataclass(frozen=True, slots=True)
class Quote(Span):
    """What the reader sees of an article, and the spans inside it that answer."""

    heading: str
    highlights: tuple[Span, ...]

    @property
    def url(self) -> str:
        """Where to read it in context, on our own site."""
        return f"/articles/{url_quote(self.article.id, safe='')}?start={self.start}&end={self.end}#quote"

    def to_dict(self) -> dict[str, Any]:
        article = self.article
        return {
            "text": self.text,
            "heading": self.heading,
            "start": self.start,
            "end": self.end,
            "highlights": [[span.start - self.start, span.end - self.start] for span in self.highlights],
            "article": {
                "id": article.id,
                "title": article.title,
                "source": article.source,
                "reviewed": article.reviewed.isoformat() if article.reviewed else None,
                "url": article.url,
            },
            "url": self.url,
        }


@dataclass(frozen=True, slots=True)
class Help:
    """Words and lines that help, shown before all else in an alarm and gently beside information."""

    words: str
    lines: tuple[Line, ...]

    def to_dict(self) -> dict[str, Any]:
        lines = [{"label": line.label, "detail": line.detail, "href": line.href} for line in self.lines]
        return {"words": self.words, "lines": lines}


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the clinic."""

    words: str
    channels: tuple[Channel, ...]

    def to_dict(self) -> dict[str, Any]:
        channels = [{"label": channel.label, "href": channel.href} for channel in self.channels]
        return {"words": self.words, "channels": channels}


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply. ``kind`` is one of KINDS; ``edition`` is empty when none could be loaded."""

    kind: str
    words: str
    disclaimer: str
    edition: str
    quotes: tuple[Quote, ...] = ()
    help: Help | None = None
    contact: Contact | None = None
    suggestions: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The reply as JSON-ready values, exactly as the contract names them."""
        return {
            "kind": self.kind,
            "words": self.words,
            "quotes": [quote.to_dict() for quote in self.quotes],
            "help": self.help.to_dict() if self.help else None,
            "disclaimer": self.disclaimer,
            "contact": self.contact.to_dict() if self.contact else None,
            "suggestions": list(self.suggestions),
            "edition": self.edition,
        }
