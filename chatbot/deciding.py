"""Decides what a message is and what answers it: the right quote, or none.

The probabilities come from the search; what is decided here is how much of
one is enough, what a message of two questions gets, and when an earlier
message is needed to understand this one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatbot.message import earlier_question, leans_on_earlier, questions_in
from index import Edition, Findings, Match, as_encoded, search

ENOUGH = 0.5
"""From this calibrated probability on, the corpus is taken to answer the question."""

PERSONAL = 0.45
"""From this probability on, a message is taken to ask for individual medical advice."""

_SYMPTOM = re.compile(
    r"pain|hurt|ache|dizz|naus|vomit|threw up|rash|itch|bleed|blood|numb|tingl|racing|swell|swollen|pressure|pulse|"
    r"fever|worse|normal|since|yesterday|last night|after my|worr|safe|dangerous|\bok(?:ay)?\b",
    re.I,
)
"""Words of somebody who would read a general sentence as reassurance about their own body."""

FURTHER = (0.05, 0.08)
"""A further quote needs at least this score, and this share of the best one's."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a message is. ``kind`` is answer, not_covered, personal or smalltalk.

    ``matches`` are the ranked passages, whether quoted or not; ``topic`` names
    what the articles do not cover, ``smalltalk`` the sort of small talk;
    ``partly`` says that one of two questions is not covered; ``several``
    that two were answered; ``in_general`` that a personal question may be
    shown what the articles say in general.
    """

    kind: str
    matches: tuple[Match, ...] = ()
    topic: str = ""
    smalltalk: str = ""
    partly: bool = False
    several: bool = False
    in_general: bool = False

    @property
    def quotable(self) -> tuple[Match, ...]:
        """The best match and those good enough to be quoted beside it; none where nothing is to be quoted."""
        if self.kind != "answer" and not self.in_general:
            return ()
        least = max(FURTHER[0], FURTHER[1] * self.matches[0].score) if self.matches else 0.0
        return tuple(match for place, match in enumerate(self.matches) if place == 0 or match.score >= least)


def decide(edition: Edition, question: str, after: Sequence[str] = (), asks_advice: bool = False) -> Decision:
    """What ``question`` is, given the visitor's earlier messages, and what answers it.

    Where a part ``asks_advice`` the whole does: an answer to the rest could be read as one about the visitor's body.
    """
    parts = questions_in(question)
    together = _several(edition, parts, after) if len(parts) > 1 and not asks_advice else None
    if together is not None:
        return together
    whole = understand(edition, question, after)
    if len(parts) == 1 and len(parts[0]) < 0.7 * len(question.strip()):
        whole = _mean(whole, understand(edition, parts[0], after))
    return _single(whole, question, asks_advice)


def understand(edition: Edition, question: str, after: Sequence[str] = (), top: int = 10) -> Findings:
    """Search for a question in the light of the one before it, when it needs that light."""
    findings = [search(edition, question, earlier, top) for earlier in _lights(question, after)]
    return findings[0] if len(findings) == 1 else _mean(*findings)


def _lights(question: str, after: Sequence[str]) -> tuple[str, ...]:
    """In the light of which earlier questions a question is searched; an empty one stands for none."""
    earlier = earlier_question(after)
    if not earlier:
        return ("",)
    return (earlier,) if leans_on_earlier(question) else ("", earlier)


def _single(found: Findings, question: str, asks_advice: bool = False) -> Decision:
    kinds = found.kinds
    personal = kinds.get("personal", 0.0)
    smalltalk, talk = _strongest(kinds, "smalltalk:")
    topic, off = _strongest(kinds, "topic:")
    if smalltalk and talk >= max(found.answerable, personal, ENOUGH * 0.8):
        return Decision("smalltalk", found.matches, smalltalk=smalltalk)
    if asks_advice or personal >= PERSONAL:
        helps = found.answerable >= 0.3 and not _SYMPTOM.search(question)
        return Decision("personal", found.matches, in_general=helps)
    if found.answerable >= ENOUGH:
        return Decision("answer", found.matches)
    return Decision("not_covered", found.matches, topic=topic if off >= ENOUGH else "")


def _several(edition: Edition, parts: Sequence[str], after: Sequence[str]) -> Decision | None:
    """Two or three questions in one message, each understood after the one before; None when they are not."""
    asked = []
    for place, part in enumerate(parts[:3]):
        before = (*after, parts[place - 1]) if place else after
        asked.append((part, earlier_question(before) if leans_on_earlier(part) else ""))
    vectors = edition.encoder.encode([as_encoded(part, earlier) for part, earlier in asked])
    decisions = [
        _single(search(edition, part, earlier, vector=vectors[place : place + 1]), part)
        for place, (part, earlier) in enumerate(asked)
    ]
    answered = [decision for decision in decisions if decision.kind == "answer"]
    if not answered or any(decision.kind in ("personal", "smalltalk") for decision in decisions):
        return None
    matches = _interleave([decision.matches for decision in answered])
    missing = next((decision for decision in decisions if decision.kind == "not_covered"), None)
    if missing is not None:
        return Decision("answer", matches, topic=missing.topic, partly=True)
    first = {(match.passage.article.id, match.passage.start) for match in (each.matches[0] for each in answered)}
    return Decision("answer", matches, several=len(first) > 1)


def _interleave(rankings: Sequence[tuple[Match, ...]]) -> tuple[Match, ...]:
    """The best of each ranking first, then the second of each, without repeats."""
    found: dict[tuple[str, int], Match] = {}
    for place in range(max(len(ranking) for ranking in rankings)):
        for ranking in rankings:
            if place < len(ranking):
                match = ranking[place]
                found.setdefault((match.passage.article.id, match.passage.start), match)
    return tuple(found.values())


def _strongest(kinds: Mapping[str, float], prefix: str) -> tuple[str, float]:
    """The most probable kind of a family, without the prefix, and the family's whole probability."""
    family = [(share, name) for name, share in kinds.items() if name.startswith(prefix)]
    if not family:
        return "", 0.0
    (share, name), whole = max(family), sum(share for share, _ in family)
    return (name.removeprefix(prefix) if share >= 0.3 * whole else ""), whole


def _mean(one: Findings, other: Findings) -> Findings:
    """Two searches as one: the mean of their probabilities, passage by passage."""
    matches: dict[tuple[str, int], Match] = {}
    for match in (*one.matches, *other.matches):
        key = (match.passage.article.id, match.passage.start)
        if key in matches:
            seen = matches[key]
            best = seen if seen.score >= match.score else match
            matches[key] = Match(match.passage, best.highlights, seen.score + match.score / 2)
        else:
            matches[key] = Match(match.passage, match.highlights, match.score / 2)
    kinds = {name: (one.kinds.get(name, 0.0) + other.kinds.get(name, 0.0)) / 2 for name in {*one.kinds, *other.kinds}}
    ranked = tuple(sorted(matches.values(), key=lambda match: -match.score))
    return Findings(ranked, (one.answerable + other.answerable) / 2, kinds)
