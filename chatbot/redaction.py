"""Masks what could point at a person, so that a question can be kept without its author.

Masks rather once too often than once too rarely, and leaves the question
readable: "[name] here, call [phone], how long is a session?". It cannot know
every name; what it lets through is why such text is kept for a short time,
only where a clinic asked for it, and never of messages that show danger.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from chatbot.masks import AMOUNT, MASKS
from chatbot.names import mask_names

_DIGIT_WORD = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_NUMBER_WORDS = (
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|"
    r"nine)teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred)"
)
_RECORD = (
    r"(?:mrn|medical record|record|chart|patient|members?(?:ship)?|policy(?:holder)?|group|insurance|insurer|"
    r"subscriber|account|acct|claim|case|file|reference|ref|confirmation|invoice|id|identification|licen[cs]e|"
    r"passport|medicare|"
    r"medicaid|tricare|aetna|cigna|humana|kaiser|anthem|bcbs|blue ?cross|prescription|rx|npi|dea|vin|plates?|tag|"
    r"ssn|ss|social security|social|routing|iban|card|visa|mastercard|amex|pin|booking|ticket|serial|device|"
    r"health ?plan|beneficiary|authorization|auth|tax|ein|itin|medical|student|employee|veteran|va|bank|checking|"
    r"savings|cvv|cvc|security|inmate|order|hospital|alien|debit|credit|bin|discover|dl|worker|uhc|permit|"
    r"registration|code|extension)"
)
_CALLED = r"(?:'s)?(?:[ .]+(?:number|numbers|num|no|nr|id|code|card|digits))*[ .]*"
_JOINS = r"(?:\s*(?:is|was|are|it's|its|:|=|#|ends?(?: in| with)?|ending(?: in| with)?|of mine is)\s*)+"
_MARK = (
    r"(?=[\w-]*\d)(?!\d+(?:mg|mcg|ml|kg|lbs?|st|nd|rd|th|am|pm|hrs?|min|x|k)\b)"
    rf"(?:\d(?:[ -]?\d){{3,}}|[a-z0-9](?:[\w/-]|\.(?=\d)){{2,}}){AMOUNT}"
)
_NUMBER_WORD = r"(?:[ .]+(?:number|numbers|num|no|nr|id|code|card|digits))"

_NUMBERS: tuple[tuple[str, str], ...] = (
    # Numbers that were given to somebody: after a word that says so, or known by their looks.
    (r"\1[number]", rf"(\b{_RECORD}\b{_CALLED}{_JOINS}(?:[a-z]{{1,4}}[ -])?){_MARK}(?:[ -]\d[\w-]*)*"),
    (r"\1[number]", rf"(\b{_RECORD}\b(?:'s)?{_NUMBER_WORD}+[ .]*){_MARK}(?:[ -]\d[\w-]*)*"),
    (
        r"\1[number]",
        r"(\b(?:last|final|first|end) (?:4|four|5|five|six|6)?(?: ?(?:digits?|numbers?))?(?: of)?(?: (?:my|the|"
        r"his|her))?"
        r"(?: (?:ssn|ss|social(?: security)?|card|account))?(?: number)?(?:\s*(?:is|are|was|:|=|-)\s*|"
        r"\s+))(?!(?:19|20)\d\d\b)\d{4,6}\b",
    ),
    ("[number]", r"\b(?:[x*]{3}-?){1,2}[x*]{0,2}-?\d{4}\b"),
    (
        r"\1[number]",
        r"(\b(?:plates?|tag|licen[cs]e plate|registration)(?: number| no)?(?: is|"
        r":)? (?:[a-z]{2} )?)(?-i:[A-Z]{2,3})[ -]\d{3,4}\b",
    ),
    (r"\1[number]", rf"(\b{_RECORD}\b{_CALLED}(?:{_JOINS})?\s*#?)(?-i:[A-Z]{{1,4}}[ -]){{1,2}}(?:\d[ -]?){{3,}}\w*\b"),
    (r"\1[number]", rf"(\b{_RECORD}\b{_CALLED}{_JOINS})(?:{_NUMBER_WORDS}[ -]+){{1,}}{_NUMBER_WORDS}\b"),
    (r"\1[number]", r"(\bpcn:? (?:is )?)(?-i:[A-Z\d]{3,})"),
    ("[number]", r"(?<![\w-])\d{2}-\d{7}(?![\w-])"),
    (r"\1[phone]", r"(\barea code:? (?:is )?)\d{3}\b"),
    ("[phone]", r"(?<![\w$€£])\(?\d{3}\)?[ .*_~–—/-]{1,3}\d{3}[ .*_~–—/-]{1,3}\d{4}\b"),
    (
        r"\1[number]",
        rf"(\b{_RECORD}\b{_CALLED}(?:{_JOINS})?\s*#?\s*)(?=[\w/-]*\d{{2}})(?-i:[A-Z]{{0,4}})[-/]?\d+(?:[-/]\w+)+",
    ),
    ("[number]", r"(?<![\w$/-])\d{2}-\d{4}-\d{1,2}\b|\b(?-i:[A-Z]{2,4})-\d{4,}\b"),
    ("[phone]", r"(?<![\w$])(?:\d[ .-]){9}\d(?!\w)"),
    ("[phone]", r"(?<![\w$])\d{3} \d\d \d\d\b(?= |[.,!?]|$)"),
    (r"\1[number]", r"(\b(?:cvv|cvc|pin|security code):?\s+)\d{3,6}\b"),
    (r"\1[number]", rf"(\b{_RECORD}\s+)(?=[\w-]*\d)(?:[a-z]+-?\d[\w-]{{2,}}|\d{{5,}}[\w-]*|\d+(?:-\d+){{2,}})"),
    ("[number]", r"\b(?-i:[A-Z]{2}\d\d)(?: ?[a-z0-9]{4}){3,7}(?: ?[a-z0-9]{1,3})?\b"),
    ("[number]", r"(?<![\w$€£+])(?:\d[ -]?){12,18}\d(?!\w)"),
    ("[number]", r"(?<![\w-])\d{3}[-. ]\d{2}[-. ]\d{4}(?![\w-])"),
    ("[phone]", r"\b1?[-. ]?8(?:00|88|77|66|55|44|33)[-. ](?=[a-z0-9-]*[a-z])[a-z0-9]{3,}(?:-[a-z0-9]+)*\b"),
    ("[phone]", r"(?<!\w)\+\s?\d(?:[ ().-]*\d){6,14}\b"),
    (
        "[phone]",
        r"(?<![\w$€£])(?:\d{1,3}[ ./-]*)?\(?\d{3}\)?[ ./-]*\d{3}[ ./-]*\d{4}(?!\d)(?:\s*(?:x|ext\.?|extension)\s*\d+)?",
    ),
    ("[phone]", r"(?<![\w.])\(?0\d{1,4}\)?(?:[ -]\d{2,4}){2,4}\b"),
    ("[phone]", rf"(?<![\w$€£.-])\d{{3}}\s?[-. ]\s?\d{{4}}\b{AMOUNT}(?![-–]\d)"),
    (r"\1[phone]", r"(\b(?:ext|extension)\.?\s*(?:is\s*)?)\d{2,6}\b"),
    ("[number]", rf"\b{_DIGIT_WORD}(?:[ ,-]+{_DIGIT_WORD}){{4,}}\b"),
    ("[zip]", r"(?<![\w$€£-])\d{5}-\d{4}\b"),
    ("[zip]", r"\b(?-i:[A-Z]{1,2}\d{1,2}[A-Z]? ?\d[A-Z]{2})\b|\b[a-z]\d[a-z][ -]?\d[a-z]\d\b"),
    ("[zip]", rf"(?<![\w$€£.,-])(?<!cpt )\d{{5}}(?![\w-]|[.,]\d){AMOUNT}"),
    ("[number]", r"(?<![\w$€£.,])\d{2,}(?:[ -]\d{2,}){2,}\b(?<=\d[ -]\d{2}|[ -]\d{3}|\d{4})" + AMOUNT),
    ("[number]", rf"(?<![\w$€£.,])(?!(?:19|20)\d\d[ -](?:19|20)\d\d\b)\d{{4}}[ -]\d{{4}}\b{AMOUNT}"),
    ("[number]", rf"(?<![\w$€£.,])(?!741741\b)\d{{6,}}\b{AMOUNT}"),
    (
        "[number]",
        r"\b(?-i:(?![GJ]\d{4}\b)[A-Z]{1,5}-?\d{4,}[A-Z0-9-]*|[A-Z]{2,5}-\d{3,}(?:-\w+)*)\b|\b[a-z]{1,4}\d{6,}\b",
    ),
    (
        "[number]",
        r"(?<![\w-])(?=(?:[a-z-]{0,9}\d){4})(?=[\w-]{0,20}\d-?[a-z])(?=[\w-]{0,20}[a-z]-?\d)[a-z0-9][a-z0-9-]{5,}",
    ),
)


def redact(text: str) -> str:
    """``text`` with whatever could point at a person replaced by a word in brackets."""
    text = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))
    text = (
        "".join(letter for letter in text if unicodedata.category(letter) != "Cf").replace("’", "'").replace("‘", "'")
    )
    for words, expression in _compiled():
        text = expression.sub(words, text)
    return mask_names(text)


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((words, re.compile(expression, re.I)) for words, expression in (*MASKS, *_NUMBERS))
