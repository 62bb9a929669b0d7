"""Finds the names in a question: introduced ones ("my name is"), known ones, and words that only a name explains.

``names.toml`` lists known names; ``ordinary_words.txt`` holds words that questions and this project's texts use,
so that a word of neither is likely a name where a name may stand ("my sister ...", "... here").
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_KIN = (
    r"(?:(?:late|best|older?|younge?r?|little|big|oldest|eldest|youngest|ex|step|dear|new|own|good|close|twin|former|"
    r"case|social|primary)[ -])*"
    r"(?:step|god|grand|half)?-?(?:wife|husband|hubby|spouse|partner|fianc[eé]e?|boyfriend|girlfriend|bf|gf|"
    r"sons?|daughters?|"
    r"child|children|kids?|twins|triplets|baby|babies|moms?|mum|mother|dad|father|brothers?|sisters?|bro|sis|"
    r"aunt|auntie|"
    r"uncle|cousins?|niece|nephew|ma|pa|pop|grand\w+|granny|nana|friends?|bestie|bff|buddy|pal|roommate|"
    r"neighbou?r|boss|manager|"
    r"supervisor|landlord|co-?worker|worker|colleague|ex|therapist|psychiatrist|psychologist|counsell?or|doctor|"
    r"doc|shrink|psych|"
    r"surgeon|dentist|nurse|np|pcp|gp|physician|caregiver|carer|aide|caseworker|sponsor|coach|teacher|professor|"
    r"pastor|lawyer|"
    r"attorney|dog|cat|puppy|esposo|esposa|hij[oa]|herman[oa]|madre|padre|mamá|papá|amig[oa]|"
    r"doctora?)(?:[ -]in[ -]law)?"
)
_TITLE = (
    r"(?:miss|ms\.?|nurse|np|rn|pa|doctor|professor|pastor|rabbi|imam|father|brother|sister|rev\.?|reverend|sir|"
    r"officer|"
    r"detective|deputy|sgt\.?|sergeant|lt\.?|capt\.?|captain|col\.?|judge|coach|principal|attorney|uncle|aunt|auntie|"
    r"cousin|grand(?:ma|pa)|señora?|sra?\.?|don|doña|t[íi][oa]|social worker|practitioner|caseworker)"
)
_SURE = re.compile(
    rf"\b(?:(?:my|his|her|their|our|the|full|first|last|middle|maiden|sur|nick|real|given|legal|patient|"
    rf"{_KIN})(?:'?s)?(?: \w+'?s?)? ?"
    r"(?:first |last |full |middle |maiden |legal |real |nick)?names?(?:'s| is|s is| are| were| was|:| =|"
    r" -)+(?: is| just)?|"
    r"(?:maiden|nick|sur|last|first|full|middle|patient) ?name|(?<!user)(?<!screen )name ?[:=-]|"
    r"name on (?:my|the) \w+ is|calls? me|called me|goes by|"
    r"i go by(?! bus| car| train| foot| taxi| uber| myself| what| how)|"
    r"nicknamed|known as|refer to me as|"
    r"me llamo|se llama|mi nombre es|je m'appelle|"
    rf"(?:{_KIN}|guy|man|lady|woman|girl|boy|person|some(?:one|body)|receptionist),? (?:is |was )?(?:named|called)|"
    r"(?:mrs?|mx)\b\.?)\s+|^(?:(?:hi|hello|hey),? )?(?:names?|name's|named)(?: is)?\s+",
    re.I,
)
"""What comes next is a name, in small letters too."""

_LIKELY = re.compile(
    rf"\b(?:(?:my|our|his|her|their|your|mi|su) {_KIN}(?:'s| is| was|:)?(?: (?:big|little|ol'?|old|lil)(?= \w+))?|"
    rf"{_TITLE}|"
    r"(?:spoke|speak|speaking|talk|talked|talking|met|meet) (?:to|with)|ask(?:ing)? for|on behalf of|"
    r"(?:patient|client|subscriber|member|contact|caller|speaking|signed)(?: is|:)|call(?:ing)? (?:for|about)|"
    r"named|soy|somos|mother of|father of|parent of),?\s+",
    re.I,
)
"""What comes next is a name if it is a known one, or a word that no ordinary question holds."""

_MAYBE = re.compile(
    rf"\b(?:i am|i'?m|im|we are|we're|this is|it is|it's me|it's|its|{_TITLE}|soy|somos|the patient|"
    r"see|saw|with|and|or|for|call|text|tell|ask|told|by|from|"
    r"signed|regards|sincerely|yours|thanks|thank you|thx|cheers|love|best|hi|hello|hey|dear|"
    rf"(?:my|our|his|her) {_KIN}(?:'s| is| was)?),?(?:\s+-+)?\s+|(?:^|[\n.!?])\s*[-–—~]+\s*|\s[-–—~]+\s*",
    re.I,
)
"""What comes next is a name if it is a known one, or one by its capital letter where few other words have one."""

_CAPITAL_TELLS = re.compile(
    rf"(?:i am|i'?m|im|we are|we're|it's me|this is|{_TITLE}|signed|(?:my|our|his|her) .*|ask for|soy|somos|name)\W*$|"
    r"(?:regards|sincerely|yours|thanks|thank you|hi|hello|hey|dear),?(?:\s+-+)?\s+$",
    re.I | re.S,
)
_PERSON_DOES = (
    r"(?:told|said|says|drove|drives|referred|recommended|prescribed|suggested|thinks|asked|wants|watches|"
    r"and i|swears|hates|brought)\b"
)
_ONE = r"[^\W\d_][\w'-]+"
_ALONE = (
    re.compile(r"\b(?:drs?|prof)\b\.?\s+", re.I),
    re.compile(
        rf"\b(?:i am|i'?m|im|this is|it'?s|it is) (?={_ONE}(?: {_ONE})?"
        r"(?:,|\.|!|$| and (?:i|my)\b| from\b| btw\b| here\b| again\b| calling\b| speaking\b| writing\b))"
        r"(?![a-z]+(?:ed|ing|ful|less|ous|ive|ic|ent|ant|able|ible|al|est|er|ly|ier|ish|ten|ck)\b)",
        re.I,
    ),
    re.compile(rf"\b(?:(?={_ONE}(?: {_ONE})? is my (?:first |last |maiden |middle |full |nick)?name\b))", re.I),
    re.compile(
        rf"(?:^|[.!?,\n] *|\b(?:hi|hello|hey|hey there|good \w+),? )(?={_ONE}(?: {_ONE})? (?:here|speaking)\b)", re.I
    ),
    re.compile(
        r"(?:\b(?:thanks|thank you|thx|ty|regards|best|cheers|sincerely|signed|love|xoxo|god bless|bless you|"
        rf"yours(?: truly)?|respectfully|peace)\b[,.! ]*[-–—~]*\s*|[-–—~]\s*)(?=(?:\w\. ?)?{_ONE}(?: {_ONE}|"
        rf" \w\.?)?[.! ]*$)",
        re.I | re.M,
    ),
    re.compile(
        rf"\b(?:can|could|may|will|would|does|did|is|has|was|if) (?={_ONE} "
        r"(?:come|sit|drive|pick|picks|wait|watch|working|available|stay|in today|sign|join|be able)\b)",
        re.I,
    ),
    re.compile(rf"(?:^|[.!?,\n] *|\b(?:that|because|but|and|when) )(?={_ONE}(?: {_ONE})? {_PERSON_DOES})", re.I),
    re.compile(rf"\b(?:first|last|sur|maiden) ?name (?={_ONE})|\bi was (?={_ONE} before)|\bi, (?={_ONE})", re.I),
)
"""What comes next is a name even in small letters, if it is one of the lists or no ordinary word."""

_HABIT = re.compile(
    r"\b(?:st\.? john'?s wort|johns? hopkins|hamilton (?:depression|rating|scale|anxiety)|lou gehrig'?s|"
    r"(?:st|saint) (?:mary|joseph|francis|luke|jude)'?s?|mount sinai)\b",
    re.I,
)
"""Names of things: they stay."""

_JOINED = re.compile(r"\[name\](?:'s)?(?: and| or| &|,) (?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_](?:[\w'-]*\w)?")
_INITIAL = re.compile(r"(?:[^\W\d_]\.? ?){1,2}(?=[^\W\d_][\w'-])")
_NEXT = re.compile(r"(?:\.? |-|, (?=[A-Z][a-z]))((?:(?:de la|de los|de|del|van|von|al|el|bin|la) )?[^\W\d_][\w'-]*)")
_MEDICINE = re.compile(
    r"\w+(?:tine|pine|pam|lam|pril|olol|statin|azole|mab|idone|afil|cillin|mycin|triptyline|azine|oxin|gliptin|sartan|"
    r"barbital|codone|morphone|profen|caine|etamine|amine|epam|tadine|ipram|pramine|zodone|giline|thyroxine|"
    r"gine|piprazole|"
    r"ated|ates|ation|ology|itis|osis|emia|ness|ment)s?$"
)
_ENDINGS = ("'s", "s", "es", "ed", "d", "ing", "ly", "er", "n't", "nt", "'ll", "'re", "'ve", "'d")


def mask_names(text: str) -> str:
    """``text`` with names masked: introduced ones, known ones, and words that only a name explains."""
    kept = [each.span() for each in _HABIT.finditer(text)]
    ends = [(each.end(), _name_end(text, each.end(), sure=True)) for each in _SURE.finditer(text)]
    ends += [(each.end(), _name_end(text, each.end(), likely=True)) for each in _LIKELY.finditer(text)]
    for pattern in _ALONE:
        ends += [(each.end(), _name_end(text, each.end(), likely=True, alone=True)) for each in pattern.finditer(text)]
    for each in _MAYBE.finditer(text):
        tells = bool(_CAPITAL_TELLS.search(each[0]))
        ends.append((each.end(), _name_end(text, each.end(), tells=tells)))
    mixed = _few_capitals(text)
    for each in _WORD.finditer(text):
        if _known(each[0]) or (mixed and _stands_out(text, each)):
            ends.append((each.start(), _name_end(text, each.start(), likely=mixed and each[0][0].isupper())))
    ends = [span for span in ends if not any(span[0] < last and first < span[1] for first, last in kept)]
    masked = _replace(text, ends)
    return _replace(
        masked, [(each.end(), _name_end(masked, each.end(), tells=True)) for each in _JOINED.finditer(masked)]
    )


@cache
def _lists() -> dict[str, frozenset[str]]:
    folder = Path(__file__).parent
    table = tomllib.loads((folder / "names.toml").read_text(encoding="utf-8"))
    lists = {name: frozenset(words.split()) for name, words in table.items()}
    lists["ordinary"] = frozenset((folder / "ordinary_words.txt").read_text(encoding="utf-8").split())
    lists["known"] = lists["ordinary"] | lists["no_name"] | lists["no_person"]
    return lists


def _replace(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with each span of it replaced by one mark; overlapping ones by that of the first."""
    pieces, place = [], 0
    for begin, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if begin >= place and end > begin:
            pieces += [text[place:begin], "[name]"]
            place = end
    return "".join([*pieces, text[place:]])


def _known(word: str) -> bool:
    return any(_bare(word) in _lists()[name] for name in ("clear", "surnames"))


def _word_too(word: str) -> bool:
    return any(_bare(word) in _lists()[name] for name in ("also_words", "also_surnames"))


def _few_capitals(text: str) -> bool:
    """Whether a capital letter within a sentence says something in this text."""
    words = [word for word in _WORD.findall(text) if len(word) > 1]
    return sum(word[0].isupper() for word in words) <= max(2, 0.4 * len(words)) and any(map(str.islower, words))


def _stands_out(text: str, found: re.Match[str]) -> bool:
    """Whether a capital letter within a sentence, or a word that nobody else uses at its beginning, tells a name."""
    word, before = found[0], text[: found.start()].rstrip(" \"'(*")
    if not word[0].isupper() or word.isupper() or len(word) < 2 or text[: found.start()].endswith(("[", "\\")):
        return False
    if not before or before[-1] in ".!?\n:-":
        return False
    if any(letter.isupper() for letter in word[1:]) and not re.search(r"^(?:Mc|Mac|O'|D'|\w+-)", word):
        return False
    return not _ordinary(word) or (_word_too(word) and _bare(word) not in _lists()["no_person"])


def _ordinary(word: str) -> bool:
    """Whether an ordinary question holds this word, or one that it is built from."""
    known, small = _lists()["known"], word.lower()
    stems = {small, *(small.removesuffix(end) for end in _ENDINGS)}
    stems |= {stem + "e" for stem in stems} | {small.replace("'", "")}
    return (
        not known.isdisjoint(stems) or bool(_MEDICINE.match(small)) or all(part in known for part in small.split("-"))
    )


def _name_end(
    text: str, begin: int, *, sure: bool = False, tells: bool = False, likely: bool = False, alone: bool = False
) -> int:
    """Where the name that begins here ends; ``begin`` if there is none."""
    initial = _INITIAL.match(text, begin) if sure or likely or tells else None
    start = initial.end() if initial and "." in initial[0] else begin
    first = _WORD.match(text, start)
    if first is None or not _begins_name(text, first, sure, tells, likely, alone):
        return begin
    end = first.start() + len(first[0].removesuffix("'s"))
    for _ in range(3):
        following = _NEXT.match(text, end)
        listed = following is not None and following[0].startswith(",") and not sure
        if following is None or listed or end < first.end() or not _goes_on(following[1], sure):
            break
        end, sure = following.start(1) + len(following[1].removesuffix("'s").rstrip("-'")), False
    return end


def _begins_name(text: str, found: re.Match[str], sure: bool, tells: bool, likely: bool, alone: bool) -> bool:
    lists, word, small = _lists(), found[0], _bare(found[0])
    if _known(word):
        return True
    if small in lists["no_name"] or (small in lists["no_person"] and not sure):
        return False
    if _word_too(word) and (word[0].isupper() or sure or alone or (likely and small in lists["also_words"])):
        followed = re.match(r" (?:is|was|has|had|does|said|says|thinks|told|and i)\b|,|'s", text[found.end() :])
        return word[0].isupper() or sure or alone or small not in lists["verbs"] or bool(followed)
    if likely and len(small) > 1 and not _ordinary(word):
        return True
    return sure or ((tells or alone) and word[0].isupper() and not word.isupper())


def _goes_on(words: str, sure: bool) -> bool:
    """Whether a further word belongs to the name: a capital, a known name, or after a sure beginning any rare word."""
    word = words.split()[-1]
    lists, small = _lists(), _bare(word)
    if _known(word):
        return True
    if small in lists["no_name"] | lists["no_person"]:
        return False
    if small in lists["also_surnames"] and small not in lists["verbs"]:
        return word[0].isupper() or sure or small not in lists["common"]
    return word[0].isupper() or (sure and not _ordinary(word)) or (len(small) > 2 and not _ordinary(word))


def _bare(word: str) -> str:
    return word.lower().removesuffix("'s")
