"""Drafts: the articles of the corpus folder as staff edit them.

Nobody overwrites what another wrote: a save names the version it began with,
and the second of two is shown the first one's text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chatbot.editorial.comparing import file_of
from chatbot.editorial.example_files import quotes_aimed_at
from chatbot.editorial.files import EditorialError, locked, settle, write_whole
from chatbot.editorial.parsed import Parsed, ParsedFiles, content_of, parse_file, version_of
from corpus import Article, Problem, find_quote, parse_article, read_corpus
from index import EditionError, Passage, current_id, cut, length_problems, load_edition

REMOVED = ".removed"
"""The folder, below the corpus folder, of articles that were taken out."""

_ID = re.compile(r"[^\W_][\w-]{0,99}")
_BUSY = "somebody is saving just now; try again in a moment"

STATES = ("published", "changed", "new", "removed", "broken")


@dataclass(frozen=True, slots=True)
class DraftArticle:
    """One article of the draft. ``state`` is one of STATES, against the published edition; ``version`` goes
    back with a save; empty for one that is removed."""

    id: str
    title: str
    state: str
    reviewed: date | None
    problems: tuple[Problem, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a text would be: the article (None when its shape is wrong), its passages, what is wrong with it, and
    the quotes of example questions that the text no longer holds."""

    article: Article | None
    passages: tuple[Passage, ...]
    problems: tuple[Problem, ...]
    broken: tuple[str, ...] = ()


class EditConflict(EditorialError):
    """Somebody else saved meanwhile. ``theirs`` is their text and ``version`` its version; both are empty
    where they removed the article. Nothing was written."""

    def __init__(self, article_id: str, theirs: str, version: str) -> None:
        self.theirs, self.version = theirs, version
        super().__init__(f"{article_id}: somebody else changed it meanwhile; compare, then save again")


class Drafts:
    """The articles of the corpus folder; the published edition below ``var`` tells what has changed."""

    def __init__(self, corpus: Path, var: Path) -> None:
        self._corpus, self._var = corpus, var
        self._parsed = ParsedFiles(var / "drafts.json")
        self._published: tuple[str, dict[str, tuple[str, str]]] = ("", {})

    def articles(self) -> list[DraftArticle]:
        """Every article of the draft and those removed, in the order of their ids."""
        files = self._files()
        parsed = self._parsed.all([*files.values(), *self._removed().values()], self._corpus, date.today())
        published = self._published_articles()
        found = {name: self._draft(name, parsed[path]) for name, path in files.items() if path in parsed}
        for name, path in self._removed().items():
            if name not in found and path in parsed:
                found[name] = DraftArticle(name, parsed[path].title, "removed", parsed[path].reviewed, (), "")
        for name, (title, _) in published.items():
            if name not in found:
                found[name] = DraftArticle(name, title, "removed", None, (), "")
        return [found[name] for name in sorted(found)]

    def text(self, article_id: str) -> tuple[str, str]:
        """An article's whole file and its version. Raises EditorialError where there is none."""
        path = self._files().get(article_id)
        if path is None:
            raise EditorialError(f"{article_id}: there is no such article in the draft")
        content = path.read_bytes()
        try:
            return content.decode("utf-8-sig"), version_of(content)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise EditorialError(f"{path}:{line}: not UTF-8 text; save the file as UTF-8") from error

    def save(self, article_id: str, text: str, version: str | None) -> DraftArticle:
        """Write an article, also one with problems; ``version`` is what ``text`` gave, None for a new article.

        Raises EditConflict, with nothing written, when the file is no longer of that version.
        """
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise EditorialError(f"{article_id}: half a character at place {error.start}; type it again") from error
        with self._editing():
            path = self._unchanged(article_id, version)
            if path is None:
                path = self._place_for(article_id)
            write_whole(path, _with_line_ends_of(path, text))
            return self._draft(article_id, parse_file(path, date.today()))

    def remove(self, article_id: str, version: str) -> None:
        """Take an article out of the draft; it is kept in corpus/.removed. Raises EditConflict as ``save`` does."""
        with self._editing():
            path = self._unchanged(article_id, version)
            if path is None:
                raise EditorialError(f"{article_id}: there is no such article in the draft")
            place = self._corpus / REMOVED / path.relative_to(self._corpus / "articles")
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.exists():
                others = (place.with_name(f"{place.stem}~{number}.md") for number in range(1, 10_000))
                os.replace(place, next(each for each in others if not each.exists()))
            os.replace(path, place)
            settle(place.parent)

    def restore(self, article_id: str) -> DraftArticle:
        """Bring back the article that was removed last under this id, or else the published one."""
        with self._editing():
            if article_id in self._files():
                raise EditorialError(
                    f"{article_id}: the draft holds an article of this name; rename or remove it first"
                )
            path = self._removed().get(article_id)
            if path is None:
                place = self._place_for(article_id)
                write_whole(place, self._published_text(article_id))
            else:
                place = self._corpus / "articles" / path.relative_to(self._corpus / REMOVED)
                place.parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, place)
                settle(place.parent)
            return self._draft(article_id, parse_file(place, date.today()))

    def preview(self, article_id: str, text: str) -> Preview:
        """What the text would be as an article, without writing it."""
        path = self._files().get(article_id) or self._corpus / "articles" / f"{article_id}.md"
        article, problems = parse_article(text, path, date.today())
        if article is None:
            return Preview(None, (), tuple(problems))
        quotes = quotes_aimed_at(article_id, self._corpus / "questions")
        broken = tuple(quote for quote in quotes if find_quote(article_id, quote, {article_id: article})[0] is None)
        return Preview(article, cut(article), tuple(problems), broken)

    def problems(self) -> Sequence[Problem]:
        """Everything that ``chatbot check`` lists, by file and line."""
        corpus = read_corpus(self._corpus)
        passages = [passage for article in corpus.articles for passage in cut(article)]
        found = (*corpus.problems, *length_problems(corpus, passages))
        return sorted(found, key=lambda each: (str(each.path), each.line))

    def _editing(self) -> AbstractContextManager[None]:
        return locked(self._var / "drafts.lock", _BUSY)

    def _files(self) -> dict[str, Path]:
        """The draft's files by article id; of two with one id the first."""
        files: dict[str, Path] = {}
        for path in sorted((self._corpus / "articles").rglob("*.md")):
            files.setdefault(path.stem, path)
        return files

    def _removed(self) -> dict[str, Path]:
        """The files of removed articles by id, without those removed earlier under the same one."""
        found = sorted((self._corpus / REMOVED).rglob("*.md"))
        return {path.stem: path for path in found if "~" not in path.stem}

    def _unchanged(self, article_id: str, version: str | None) -> Path | None:
        """The file of an article, when it still is of the version that was edited; None for a new one."""
        path = self._files().get(article_id)
        content = path.read_bytes() if path else None
        if content is None and version is None:
            return None
        if content is None or version_of(content) != version:
            now = content or b""
            raise EditConflict(article_id, now.decode("utf-8-sig", "replace"), version_of(now) if content else "")
        return path

    def _place_for(self, article_id: str) -> Path:
        """Where a new article is written. Raises EditorialError for a name that cannot be one."""
        if not _ID.fullmatch(article_id):
            message = "a name is made of letters, digits and hyphens, at most 100, such as after-your-visit"
            raise EditorialError(f"{article_id[:40]!r}: {message}")
        taken = {name.casefold(): name for name in self._files()}
        if article_id.casefold() in taken:
            raise EditorialError(f"{article_id}: the draft holds '{taken[article_id.casefold()]}'; choose another name")
        return self._corpus / "articles" / f"{article_id}.md"

    def _draft(self, article_id: str, parsed: Parsed) -> DraftArticle:
        published = self._published_articles().get(article_id)
        if parsed.is_broken:
            state = "broken"
        elif published is None:
            state = "new"
        else:
            state = "published" if published[1] == parsed.content else "changed"
        return DraftArticle(article_id, parsed.title, state, parsed.reviewed, parsed.problems, parsed.version)

    def _published_text(self, article_id: str) -> str:
        """The published article as a file."""
        article = None
        with suppress(EditionError):
            texts = load_edition(self._var).texts
            article = texts.article(article_id)
            texts.close()
        if article is None:
            raise EditorialError(f"{article_id}: nothing was removed under this name that could be brought back")
        return file_of(article)

    def _published_articles(self) -> dict[str, tuple[str, str]]:
        """The title and a digest of every article of the published edition, by id; empty where there is none."""
        try:
            edition_id = current_id(self._var)
            if edition_id != self._published[0]:
                texts = load_edition(self._var, edition_id).texts
                held = {each.id: (each.title, content_of(each)) for each in texts.articles()}
                texts.close()
                self._published = (edition_id, held)
        except EditionError:
            return {}
        return self._published[1]


def _with_line_ends_of(path: Path, text: str) -> str:
    """The text with the line ends of the file that it replaces; a form sends others than it was given."""
    plain = text.replace("\r\n", "\n")
    return plain.replace("\n", "\r\n") if path.exists() and b"\r\n" in path.read_bytes() else plain
