"""Example files as text: an entry is added, taken out or aimed anew, and all else stays as a person wrote it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date

from chatbot.editorial.lessons import Sentence, Target, Topic

_STRING = r"(?:\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')"
_ANSWER = (
    rf"\{{\s*(?:article\s*=\s*{_STRING}\s*,\s*quote\s*=\s*{_STRING}|"
    rf"quote\s*=\s*{_STRING}\s*,\s*article\s*=\s*{_STRING})\s*\}}"
)
_ANSWERS = re.compile(rf"^[ \t]*answers\s*=\s*\[(?:\s|,|#[^\n]*|{_ANSWER})*\]", re.M)
_ENTRY = re.compile(r"^[ \t]*\[\[[ \t]*example[ \t]*\]\]", re.M)
_BY = re.compile(r"^# (?P<by>.*), (?P<at>\d{4}-\d\d-\d\d)\n\Z", re.M)


def toml_string(text: str) -> str:
    """The text as a TOML string on one line."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def target_lines(target: Target) -> list[str]:
    """What is right for an entry's questions, as lines of TOML."""
    if isinstance(target, Sentence):
        return ["answers = [", f"  {_answer(target)},", "]"]
    if isinstance(target, Topic):
        return [f"topic = {toml_string(target.name)}", f"label = {toml_string(target.label)}"]
    return [f"kind = {toml_string(target)}"]


def entry_text(question: str, after: str, target: Target, by: str, at: date) -> str:
    """A whole entry under a line that says who taught it and when."""
    asked = (
        f"{{ after = {toml_string(after)}, question = {toml_string(question)} }}" if after else toml_string(question)
    )
    name = "follow_ups" if after else "questions"
    lines = [f"# {by}, {at}", "[[example]]", *target_lines(target), f"{name} = [", f"  {asked},", "]"]
    return "\n".join(lines) + "\n"


def taught_entries(text: str) -> Iterator[tuple[str, str, date]]:
    """The entries that stand under a line of who and when: the entry with that line, who, and when."""
    starts = [match.start() for match in _ENTRY.finditer(text)]
    heads = [_BY.search(text[:start]) for start in starts]
    begins = [head.start() if head else start for head, start in zip(heads, starts, strict=True)]
    for number, head in enumerate(heads):
        if head:
            end = begins[number + 1] if number + 1 < len(begins) else len(text)
            yield text[begins[number] : end].rstrip() + "\n", head["by"], date.fromisoformat(head["at"])


def without_entry(text: str, entry: str) -> str:
    """The text without an entry and the empty lines above it."""
    before, after = text.split(entry, 1)
    after = after.lstrip("\n")
    return before.rstrip("\n") + ("\n\n" + after if after else "\n")


def line_of_answer(text: str, article: str, quote: str) -> int:
    """The line (from 1) on which an answer stands; 1 where it is written in an unusual way."""
    for match in re.finditer(_ANSWER, text):
        if _read(match[0]) == (article, quote):
            return text.count("\n", 0, match.start()) + 1
    return 1


def re_aimed(text: str, article: str, quote: str, target: Target | None) -> tuple[str, int]:
    """The text with every example of (article, quote) aimed at ``target``, and how many entries that were.

    An entry with further answers keeps those. Raises ValueError when a quote
    is the only answer of an entry and ``target`` is None.
    """
    starts = [match.start() for match in _ENTRY.finditer(text)]
    pieces = [text[: starts[0]]] if starts else [text]
    count = 0
    for begin, end in zip(starts, [*starts[1:], len(text)], strict=True):
        entry = _ANSWERS.sub(lambda match: _aim(match[0], article, quote, target), text[begin:end], count=1)
        count += entry != text[begin:end]
        pieces.append(entry)
    return "".join(pieces), count


def _aim(answers: str, article: str, quote: str, target: Target | None) -> str:
    """The ``answers = [...]`` of one entry, or what takes its place."""
    found = [(match[0], _read(match[0])) for match in re.finditer(_ANSWER, answers)]
    wanted = [written for written, pair in found if pair == (article, quote)]
    if not wanted:
        return answers
    others = [pair for _, pair in found if pair != (article, quote)]
    if isinstance(target, Sentence) and (target.article, target.quote) not in others:
        answers = answers.replace(wanted[0], _answer(target), 1)
        wanted = wanted[1:]
    elif not others:
        if target is None:
            raise ValueError(quote)
        return "\n".join(target_lines(target))
    for written in wanted:
        answers = re.sub(rf"\n?[ \t]*{re.escape(written)}[ \t]*,?", "", answers, count=1)
    return answers


def _answer(sentence: Sentence) -> str:
    return f"{{ article = {toml_string(sentence.article)}, quote = {toml_string(sentence.quote)} }}"


def _read(answer: str) -> tuple[str, str]:
    table = tomllib.loads(f"answer = {answer}")["answer"]
    return table["article"], table["quote"]
