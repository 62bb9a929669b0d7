"""What is asked: the questions inside a message, and what a short one refers to."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SENTENCE = re.compile(r"[^.?!\n]+(?:[.?!]+(?=\s|$|[A-Z])|[.?!\n]|$)\)?")
_ASKS = (
    r"(?:what'?s?|when|where|who'?s?|whom|whose|why|which|how'?s?|is|isn'?t|are|aren'?t|am|do|does|doesn'?t|don'?t|"
    r"did|can|can'?t|could|will|would|should|shall|may|might|has|have|was|were|wat|wut|hw|whats|hows|dose|wil)"
)
_JOINT = re.compile(
    r"\s*(?:[,;]\s*(?:and|also|plus|but|or)?|\b(?:and|n|also|plus|but|or)\b|&|\+)\s*"
    rf"(?:also\s+|then\s+|if so\s+)?(?={_ASKS}\b)",
    re.I,
)
_BEGINS = re.compile(rf"^\W*(?:(?:and|so|but|ok|okay|also|hi|hello|hey|please|well|um)\W+)*{_ASKS}\b", re.I)
_REFERS = re.compile(
    r"\b(?:it|its|it's|that|this|they|them|those|these|he|she|him|her|ones?|there|then|either|both|same|else|more)\b",
    re.I,
)
_CONTINUES = re.compile(
    r"^\W*(?:and|but|so|or|also|then|(?:what|how|wat) about|what if|why|really|even if|for how long|"
    r"how (?:long|many|much|often|soon)|when|where|who|which)\b",
    re.I,
)
_CHATTER = re.compile(
    r"^\W*(?:ok(?:ay)?|thanks?|thank you|thx|ty|hi|hello|hey|yes|no|yeah|nope|sure|got it|i see|cool|great|lol|hmm+|"
    r"alright|good)[\W\s]*(?:thanks?|thank you|then|so much|good|great)?\W*$",
    re.I,
)


def questions_in(message: str) -> list[str]:
    """The separate questions of a message, in order; one or none where there is nothing to take apart."""
    found: list[str] = []
    for sentence in _SENTENCE.findall(message):
        for part in _JOINT.split(sentence):
            part = part.strip(" ,;\n\t")
            if len(re.findall(r"\w+", part)) >= 2 and (_BEGINS.match(part) or part.endswith("?")):
                found.append(part)
    return found


def leans_on_earlier(question: str) -> bool:
    """Whether a question, by its looks, cannot be understood without the one before."""
    count = len(re.findall(r"\w+", question))
    return count <= 3 or (count <= 12 and bool(_REFERS.search(question) or _CONTINUES.match(question)))


def earlier_question(after: Sequence[str]) -> str:
    """The last earlier message that asked something; one helps, all of them hurt."""
    for message in reversed(after[-4:]):
        if message.strip() and not _CHATTER.match(message):
            return message.strip()[:400]
    return ""
