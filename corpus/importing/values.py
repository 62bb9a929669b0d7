"""What an import gives, and the one sentence it gives instead when it cannot."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.problem import CorpusError

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes of a file that staff hand in; an article's PDF with its pictures is far smaller."""


class NotImportable(CorpusError):
    """Something cannot become an article: one sentence, for a nurse, that says what it is and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(())
        self.args = (sentence,)
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class Imported:
    """One article as it was read from elsewhere: a draft for a person to look at, never published by itself.

    ``body`` is clean Markdown that ``parse_article`` accepts under a front
    matter: headings from level 2 that have text, paragraphs, lists; no raw
    HTML and no unsafe link. ``source`` is who published it as far as the file
    says, else empty; ``url`` is its address or None. ``original`` is what
    was read, to be shown beside it: plain text, or HTML that is NOT yet safe
    (``original_is_html``). ``notes`` say in whole sentences what was left out.
    """

    title: str
    body: str
    source: str = ""
    url: str | None = None
    original: str = ""
    original_is_html: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stood at a web address; ``address`` is where the last redirect led."""

    data: bytes
    name: str
    content_type: str
    address: str
