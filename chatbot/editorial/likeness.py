"""Finds, for words that an article no longer holds, the sentence that says it now."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from chatbot.editorial.lessons import Sentence
from corpus import Article, parse_article, take_apart
from index import cut

ALIKE = 0.4
"""The least share of words in common for a sentence to be taken for the one that was there."""


class DraftBodies:
    """The articles of a draft, read when they are asked for, without judging them by the house rules."""

    def __init__(self, folder: Path) -> None:
        self.paths: dict[str, Path] = {}
        for path in sorted(folder.rglob("*.md")):
            self.paths.setdefault(path.stem, path)
        self._articles: dict[str, Article] = {}

    def article(self, article_id: str) -> Article | None:
        """The article of that id, its body as it is; None where there is none that can be read."""
        if article_id not in self._articles and article_id in self.paths:
            with suppress(OSError, UnicodeDecodeError):
                path = self.paths[article_id]
                text = path.read_bytes().decode("utf-8-sig")
                file = take_apart(text)
                if file is not None:
                    title, source = file.fields.get("title", ""), file.fields.get("source", "")
                    self._articles[article_id] = Article(article_id, title, source, file.body)
                elif (article := parse_article(text, path, date.today())[0]) is not None:
                    self._articles[article_id] = article
        return self._articles.get(article_id)

    def holding(self, quote: str) -> Sentence | None:
        """The one other place where the very words stand, when an article was renamed or split."""
        found = []
        for name in self.paths:
            article = self.article(name)
            if article is not None and article.body.count(quote) == 1:
                found.append(Sentence(name, quote))
        return found[0] if len(found) == 1 else None


def sentences_of(article: Article) -> list[Sentence]:
    """The sentences that may answer and stand only once, in order."""
    found = []
    for passage in cut(article):
        heading = passage.headings[-1] if passage.headings else ""
        spans = (span.text for span in passage.sentences)
        found += [Sentence(article.id, text, heading) for text in spans if article.body.count(text) == 1]
    return found


def nearest(quote: str, article: Article) -> Sentence | None:
    """The sentence of the article most like the quote; None when none is."""
    wanted = Counter(_words(quote))
    scored = []
    for sentence in sentences_of(article):
        words = Counter(_words(sentence.quote))
        common = 2 * (wanted & words).total() / max(1, wanted.total() + words.total())
        if common >= ALIKE:
            order = SequenceMatcher(None, _words(quote), _words(sentence.quote), autojunk=False).ratio()
            scored.append((common + order, sentence))
    return max(scored, key=lambda pair: pair[0])[1] if scored else None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
