"""Finds the names in a question: those that are introduced ("my name is"), and the known ones of ``names.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_KIN = (
    r"(?:wife|husband|spouse|partner|fianc[eé]e?|boyfriend|girlfriend|bf|gf|son|daughter|child|kid|baby|mom|mum|mother|"
    r"dad|father|brother|sister|bro|sis|aunt|uncle|cousin|niece|nephew|grand\w+|friend|roommate|neighbou?r|boss|"
    r"coworker|colleague|ex|therapist|psychiatrist|psychologist|counsell?or|doctor|doc|nurse|np|pcp|physician|caregiver|coach|lawyer|"
    r"attorney)(?:[ -]in[ -]law)?"
)
_TITLE = (
    r"(?:ms\.?|miss|nurse|doctor|professor|pastor|rabbi|imam|father|sister|rev\.?|reverend|sir|officer|sgt\.?|sergeant|"
    r"lt\.?|capt\.?|captain|col\.?|judge|coach|principal|attorney|señora?|sra?\.?|don|doña)"
)
_SURE = re.compile(
    rf"\b(?:(?:my|his|her|their|our|full|first|last|maiden|sur|real|legal|patient|{_KIN})(?:'s)? ?"
    r"(?:first |last |full )?names?(?:'s| is|s is| was|:| =)+(?: is)?|name[:=]|"
    r"name on (?:my|the) \w+ is|call(?:s|ed)? me|goes by|i go by|"
    r"me llamo|mi nombre es|je m'appelle|"
    rf"my {_KIN},? (?:is )?(?:named|called)|(?:mr|mrs|mx|dr|prof)\b\.?)\s+",
    re.I,
)
"""What comes next is a name, in small letters too."""

_MAYBE = re.compile(
    rf"\b(?:i am|i'?m|im|we are|we're|this is|it is|it's me|it's|its|{_TITLE}|soy|somos|the patient|"
    r"(?:first|last|full|maiden|middle|my) name|ask for|speak to|talk to|see|saw|with|and|for|call|text|tell|ask|"
    r"signed|regards|sincerely|yours|thanks|thank you|thx|cheers|love|hi|hello|hey|dear|"
    rf"(?:my|our|his|her) {_KIN}(?:'s| is| was)?),?(?:\s+-+)?\s+|(?:^|[\n.!?])\s*[-–—~]+\s*|\s[-–—~]+\s*",
    re.I,
)
"""What comes next is a name if it is a known one, or one by its capital letter where few other words have one."""

_CAPITAL_TELLS = re.compile(
    rf"(?:i am|i'?m|im|we are|we're|it's me|this is|{_TITLE}|signed|(?:my|our|his|her) .*|ask for|soy|somos|name)\W*$|"
    r"(?:regards|sincerely|yours|thanks|thank you|hi|hello|hey|dear),?(?:\s+-+)?\s+$",
    re.I | re.S,
)
_INTRODUCED = re.compile(
    r"\b(?:i am|i'?m|im) (?=[a-z'-]{2,}(?:,|\.|!|$| and (?:i|my)\b| from\b| btw\b| here\b))"
    r"(?![a-z]+(?:ed|ing|ful|less|ous|ive|ic|ent|ant|able|ible|al|est|er|ly|ier|ish|ten|ck)\b)",
    re.I,
)
"""What comes next is a name even in small letters, unless it looks like how somebody is."""

_BEFORE = re.compile(r"\b(?=[^\W\d_][\w'-]* is my (?:first |last |maiden |middle |full )?name\b)", re.I)
_JOINED = re.compile(r"\[name\](?: and| or| &|,) (?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_NEXT = re.compile(r"(?:\.? |-|, (?=[A-Z][a-z]))([^\W\d_][\w'-]*)")


def mask_names(text: str) -> str:
    """``text`` with names masked: those that are introduced, and every known first name with its surname."""
    ends = [(match.end(), _name_end(text, match.end(), sure=True)) for match in _SURE.finditer(text)]
    ends += [(match.end(), _name_end(text, match.end(), lone=True)) for match in _INTRODUCED.finditer(text)]
    ends += [(match.end(), _name_end(text, match.end(), lone=True)) for match in _BEFORE.finditer(text)]
    for match in _MAYBE.finditer(text):
        tells = bool(_CAPITAL_TELLS.search(match[0]))
        ends.append((match.end(), _name_end(text, match.end(), tells=tells)))
    for match in _WORD.finditer(text):
        if _bare(match[0]) in _lists()["clear"]:
            ends.append((match.start(), _name_end(text, match.start())))
    masked = _replace(text, ends)
    return _replace(
        masked, [(each.end(), _name_end(masked, each.end(), tells=True)) for each in _JOINED.finditer(masked)]
    )


@cache
def _lists() -> dict[str, frozenset[str]]:
    table = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))
    return {name: frozenset(words.split()) for name, words in table.items()}


def _replace(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with each span of it replaced by one mark; overlapping ones by that of the first."""
    pieces, place = [], 0
    for begin, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if begin >= place and end > begin:
            pieces += [text[place:begin], "[name]"]
            place = end
    return "".join([*pieces, text[place:]])


def _name_end(text: str, begin: int, *, sure: bool = False, tells: bool = False, lone: bool = False) -> int:
    """Where the name that begins here ends; ``begin`` if there is none."""
    first = _WORD.match(text, begin)
    if first is None or not _begins_name(first[0], sure or lone, tells):
        return begin
    end = first.start() + len(first[0].removesuffix("'s"))
    for _ in range(3):
        following = _NEXT.match(text, end)
        listed = following is not None and following[0].startswith(",") and not sure
        if following is None or listed or end < first.end() or not _goes_on(following[1], sure):
            break
        end, sure = following.end(1), False
    return end


def _begins_name(word: str, sure: bool, tells: bool) -> bool:
    lists, small = _lists(), _bare(word)
    if small in lists["clear"] or (small in lists["also_words"] and (word[0].isupper() or sure)):
        return True
    if small in lists["no_name"] or (small in lists["no_person"] and not sure):
        return False
    return sure or (tells and word[0].isupper() and not word.isupper())


def _goes_on(word: str, sure: bool) -> bool:
    """Whether a further word belongs to the name: a capital, a known name, or after a sure beginning any rare word."""
    lists, small = _lists(), _bare(word)
    if small in lists["no_name"] | lists["no_person"]:
        return False
    return word[0].isupper() or small in lists["clear"] or sure


def _bare(word: str) -> str:
    return word.lower().removesuffix("'s")
