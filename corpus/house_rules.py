"""House rules for authors: claims to avoid, things never to write, and plain language.

They warn, because a clinician decides; text that names a lethal dose or a
method of suicide is an error, because no reader is helped by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pyphen

from corpus.article import Article
from corpus.blocks import blocks
from corpus.problem import Problem, warning

CLAIMS = {
    r"cures?|cured": "say what it may help with, and that it is not a cure",
    r"guarantee[ds]?|guaranteed results?": "nothing is guaranteed; say what studies found",
    r"(?:no|without|free of) (?:any )?side effects?": "name the side effects instead",
    r"(?:not|non-?|isn.t) ?addictive|no risk of addiction": "ketamine can be misused; say how treatment is supervised",
    r"fda[- ]approved": "ketamine is not FDA-approved for any psychiatric disorder; its use there is off-label",
    r"miracles?|wonder drug|magic": "use plain words for what was observed",
    r"(?:completely|totally|perfectly|100%) safe|safe for everyone|risk[- ]free": "say for whom it is not suitable",
}
"""Claims that advertising and medical boards object to, each with what to write instead."""

FORBIDDEN = (
    r"(?:lethal|fatal|deadly) (?:dose|amount)[^.]{0,40}\d"
    r"|how to (?:overdose|kill (?:yourself|oneself)|hang (?:yourself|oneself))|ways to (?:die|kill yourself)"
)
HARDEST_GRADE = 6.0
"""US school grade by Flesch and Kincaid (1975), which is a reading age of 11: what patients' texts aim for at most."""

LONGEST_SENTENCE = 20
"""Words; what guides for patient information ask for at most."""

_WORD = re.compile(r"\w+(?:['’-]\w+)*")

_NEGATED = re.compile(
    r"\b(?:not|no|never|isn.t|aren.t|can.t|cannot|doesn.t|without|neither|nor|nothing)\b[^.!?]{0,40}$", re.I
)
_BENEFIT = re.compile(
    r"\b(?:relieves?|improves?|works|heals?|eliminates?|ends|restores?|stops) "
    r"(?:your |the |their )?(?:depression|mood|symptoms|pain|life)\b",
    re.I,
)
_HEDGE = re.compile(
    r"\b(?:may|might|can|could|some|many|often|suggests?|studies|research|not everyone|people report|seems?)\b", re.I
)


def house_rule_problems(article: Article, path: Path, first_line: int) -> list[Problem]:
    """What an article says that the house rules question; ``first_line`` is the file's line of the body's first."""
    problems: list[Problem] = []
    for block in blocks(article.body):
        if block.kind in ("heading", "other"):
            continue
        text = article.body[block.start : block.end]
        line = first_line + block.line
        problems += [Problem(path, line, message) for message in _forbidden(text)]
        problems += [warning(path, line, message) for message in (*_claims(text), *_hard(text))]
    grade = reading_grade(article.body)
    if grade > HARDEST_GRADE:
        message = (
            f"reads at school grade {grade:.0f} (age {grade + 5:.0f}); aim for grade {HARDEST_GRADE:.0f} (age "
            f"{HARDEST_GRADE + 5:.0f}) or below, with shorter sentences and plainer words"
        )
        problems.append(warning(path, first_line, message))
    return problems


def _forbidden(text: str) -> Iterator[str]:
    for match in re.finditer(FORBIDDEN, text, re.I):
        yield f"'{match[0]}' names a method or a deadly amount; remove it"


def _claims(text: str) -> Iterator[str]:
    for pattern, advice in CLAIMS.items():
        for match in re.finditer(rf"\b(?:{pattern})\b", text, re.I):
            asked = re.match(r"[^.!]*\?", text[match.end() :])
            if not asked and not _NEGATED.search(text[: match.start()]):
                yield f"'{match[0]}' is a claim; {advice}"
    benefit = _BENEFIT.search(text)
    if benefit and not _HEDGE.search(text):
        yield f"'{benefit[0]}' promises a benefit without a caveat beside it; say for whom, how often or how long"


def _hard(text: str) -> Iterator[str]:
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        count = len(_WORD.findall(sentence))
        if count > LONGEST_SENTENCE:
            yield f"a sentence of {count} words; split it, {LONGEST_SENTENCE} words or fewer read well"


def reading_grade(text: str) -> float:
    """The US school grade of a text: Flesch-Kincaid (Kincaid et al. 1975); 0 for a text too short to tell."""
    words = re.findall(r"[A-Za-z]+", text)
    sentences = max(1, len(re.findall(r"[.!?]+(?:\s|$)|\n[-*\d]", text)))
    if len(words) < 60:
        return 0.0
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


@lru_cache(maxsize=1)
def _hyphens() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US", left=1, right=1)


@lru_cache(maxsize=50_000)
def _syllables(word: str) -> int:
    return len(_hyphens().positions(word)) + 1
