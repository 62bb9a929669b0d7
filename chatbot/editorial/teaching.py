"""Teaching: staff say what is right for a question, and the next edition knows it.

What is taught stands in corpus/questions/taught.toml, which a person can read
and edit. An edit of an article may break an example; it is listed until it is
aimed at another sentence.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path

from chatbot.editorial.example_files import answers_of, asked_in, entries_of, same_target, target_of
from chatbot.editorial.example_text import (
    entry_text,
    line_of_answer,
    re_aimed,
    taught_entries,
    without_entry,
)
from chatbot.editorial.files import EditorialError, locked, write_whole
from chatbot.editorial.lessons import BrokenExample, Sentence, Target, Taught, Topic
from chatbot.editorial.likeness import DraftBodies, nearest, sentences_of
from corpus import KINDS, find_quote, read_questions

HEADER = """\
# What staff taught. Each entry is an example like those of the other files, and may be edited or moved there;
# the line above it says who taught it and when.
"""


class Teaching:
    """What the example questions of the corpus folder teach."""

    def __init__(self, corpus: Path, var: Path) -> None:
        self._corpus, self._var = corpus, var
        self._path = corpus / "questions" / "taught.toml"

    def teach(self, question: str, after: str, target: Target, by: str) -> Taught:
        """Add a question with what is right for it; ``after`` is the earlier message it leans on, or empty.

        What the file taught for the same question before is replaced. Raises
        EditorialError when the sentence does not stand in the draft.
        """
        question, after, by = _line(question), _line(after), _line(by)
        if not question:
            raise EditorialError("there is no question to teach; write one")
        self._check(target)
        with self._writing():
            text = self._text()
            for entry, _, _ in list(taught_entries(text)):
                known = _taught(entry, "", None)
                if known and (known.question, known.after) == (question, after):
                    text = without_entry(text, entry)
            entry = entry_text(question, after, target, by, date.today())
            self._write(self._path, f"{text.rstrip()}\n\n{entry}")
        taught = Taught(question, after, target, by, date.today(), entry)
        return _with_elsewhere(taught, self._others())

    def taught(self) -> list[Taught]:
        """What staff taught, the latest first."""
        others = self._others()
        found = [_taught(entry, by, at) for entry, by, at in taught_entries(self._text())]
        return [_with_elsewhere(each, others) for each in reversed(found) if each]

    def undo(self, taught: Taught) -> None:
        """Take back what was taught. Raises EditorialError when the file no longer holds it as it was."""
        with self._writing():
            text = self._text()
            if text.count(taught.text) != 1:
                raise EditorialError(f"{self._path}: somebody changed this meanwhile; look again")
            self._write(self._path, without_entry(text, taught.text))

    def broken(self) -> list[BrokenExample]:
        """Quotes that example questions name and the articles no longer hold, by file and line."""
        bodies = DraftBodies(self._corpus / "articles")
        found: dict[tuple[str, str], BrokenExample] = {}
        for path in sorted((self._corpus / "questions").glob("*.toml")):
            for entry in entries_of(path):
                asked = tuple(question for question, _ in asked_in(entry))
                for pair in answers_of(entry):
                    known = found.get(pair) or _broken(path, *pair, bodies)
                    if known is not None:
                        found[pair] = replace(known, questions=(*known.questions, *asked))
        return sorted(found.values(), key=lambda each: (str(each.path), each.line))

    def re_aim(self, broken: BrokenExample, target: Target | None) -> int:
        """Aim every example that names the broken quote at ``target``, or leave the quote out (None); how many.

        An entry with further answers keeps those. Raises EditorialError, with
        nothing written, when it cannot be done.
        """
        if target is not None:
            self._check(target)
        with self._writing():
            written: dict[Path, str] = {}
            count = 0
            for path in sorted((self._corpus / "questions").glob("*.toml")):
                if any((broken.article, broken.quote) in answers_of(entry) for entry in entries_of(path)):
                    written[path], aimed = self._aimed(path, broken, target)
                    count += aimed
            if not count:
                raise EditorialError(f"{broken.path}: no example names these words any more; look again")
            for path, text in written.items():
                self._write(path, text)
        return count

    def sentences(self, article_id: str) -> list[Sentence]:
        """The sentences of a draft article that may answer, in order."""
        article = DraftBodies(self._corpus / "articles").article(article_id)
        if article is None:
            raise EditorialError(f"{article_id}: there is no such article in the draft, or its file is broken")
        return sentences_of(article)

    def topics(self) -> list[Topic]:
        """The topics that are not covered, by label."""
        topics = read_questions(self._corpus / "questions", ())[0].topics
        return sorted((Topic(name, label) for name, label in topics.items()), key=lambda each: each.label.casefold())

    def _writing(self) -> AbstractContextManager[None]:
        return locked(self._var / "teaching.lock", "somebody is teaching just now; try again in a moment")

    def _text(self) -> str:
        try:
            return self._path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except FileNotFoundError:
            return HEADER
        except UnicodeDecodeError as error:
            raise EditorialError(f"{self._path}:1: not UTF-8 text; save the file as UTF-8") from error

    def _write(self, path: Path, text: str) -> None:
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise EditorialError(f"{path}: not valid TOML ({error}); mend the file by hand first") from error
        write_whole(path, text)

    def _check(self, target: Target) -> None:
        """Raises EditorialError for what cannot be taught."""
        if isinstance(target, Sentence):
            article = DraftBodies(self._corpus / "articles").article(target.article)
            trouble = find_quote(target.article, target.quote, {target.article: article} if article else {})[1]
            if trouble:
                raise EditorialError(trouble)
        elif isinstance(target, Topic):
            if not target.name.strip() or not target.label.strip():
                raise EditorialError("a topic needs a name and a label, such as: cost, what a treatment costs")
        elif target not in KINDS:
            raise EditorialError(f"unknown kind '{target}'; known are {', '.join(KINDS)}")

    def _aimed(self, path: Path, broken: BrokenExample, target: Target | None) -> tuple[str, int]:
        """A file's text with its examples aimed anew, and how many entries that changed."""
        text = path.read_bytes().decode("utf-8-sig")
        try:
            aimed, count = re_aimed(text, broken.article, broken.quote, target)
        except ValueError:
            message = "these words are the only answer of some questions; choose another sentence, a topic or a kind"
            raise EditorialError(f"{path}: {message}") from None
        if not count:
            raise EditorialError(f"{path}:{broken.line}: written in an unusual way; aim this example by hand")
        return aimed, count

    def _others(self) -> dict[tuple[str, str], list[tuple[Path, Target | None]]]:
        """What the other files teach: for each question, after its message, where and what."""
        found: dict[tuple[str, str], list[tuple[Path, Target | None]]] = {}
        for path in sorted((self._corpus / "questions").glob("*.toml")):
            for entry in entries_of(path) if path != self._path else ():
                for asked in asked_in(entry):
                    found.setdefault(asked, []).append((path, target_of(entry)))
        return found


def _with_elsewhere(taught: Taught, others: Mapping[tuple[str, str], list[tuple[Path, Target | None]]]) -> Taught:
    """What was taught, with the place where another file teaches something else for the same question."""
    for path, target in others.get((taught.question, taught.after), ()):
        if not same_target(target, taught.target):
            text = path.read_text("utf-8-sig")
            line = text.count("\n", 0, max(0, text.find(taught.question))) + 1
            return replace(taught, elsewhere=f"{path}:{line}")
    return taught


def _broken(path: Path, article_id: str, quote: str, bodies: DraftBodies) -> BrokenExample | None:
    """A quote that its article does not hold just once; None for a sound one."""
    article = bodies.article(article_id)
    span, trouble = find_quote(article_id, quote, {article_id: article} if article else {})
    if span is not None:
        return None
    line = line_of_answer(path.read_text("utf-8-sig"), article_id, quote)
    now = nearest(quote, article) if article else bodies.holding(quote)
    return BrokenExample(path, line, article_id, quote, (), now, trouble)


def _line(text: str) -> str:
    """The text on one line."""
    try:
        return " ".join(text.encode("utf-8").decode().split())
    except UnicodeEncodeError as error:
        raise EditorialError(f"half a character at place {error.start}; type it again") from error


def _taught(entry: str, by: str, at: date | None) -> Taught | None:
    """An entry as what was taught; None where a person made more of it."""
    try:
        table = tomllib.loads(entry)["example"][0]
    except (ValueError, KeyError, IndexError):
        return None
    asked = asked_in(table)
    target = target_of(table)
    if len(asked) != 1 or target is None:
        return None
    return Taught(*asked[0], target, by, at, entry)
