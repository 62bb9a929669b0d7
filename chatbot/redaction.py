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

from chatbot.names import mask_names

_AMOUNT = (
    r"(?!\s*-?\s*(?:%|percent|mg|mcg|µg|ug|mls?|cc|kg|g|lbs?|pounds|iu|units|dollars|bucks|people|patients|adults|"
    r"participants|calories|steps|miles|words|hours?|hrs?|minutes?|mins?|days?|weeks?|months?|years?|sessions?|"
    r"infusions?|treatments?|doses?|times|studies|trials|others?|articles)\b|\s*%)"
)
"""A number that is followed by these counts something."""

_MONTHS = (
    r"(?:jan(?:uary)?|febr?(?:uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_MONTHS_BUT_MAY = _MONTHS.replace("may|", "")
_ORDINAL = (
    r"(?:(?:twenty|thirty)[ -]?)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth"
)
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\b{_AMOUNT}|(?:{_ORDINAL})\b{_AMOUNT})"
_YEAR = r"(?:,?\s*(?:of\s+)?(?:(?:19|20)\d\d|['’]\d\d)\b)"
_DIGIT_WORD = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_STREET = (
    r"(?:street|str?|avenue|ave?|road|rd|drive|dr|lane|ln|court|ct|boulevard|blvd|way|place|pl|terrace|ter|circle|cir|"
    r"highway|hwy|parkway|pkwy|trail|trl|square|sq|loop|alley|crescent|row|run|pike|plaza|path|ridge|hollow)\b\.?"
)
_NO_STREET = (
    r"(?!(?:i|can|the|a|an|to|my|me|we|you|is|it|or|of|and|in|on|for|from|by|at|with|after|before|until|that|this|will|"
    r"do|does|if|could|should|would|out|as|so|than|more|am|pm|o'clock|feet|blocks?|bad|good|different|other|"
    r"tests?|mg|mcg|mls?|kg|lbs?|pounds|percent|dollars|bucks|people|patients|miles?|seconds?|hours?|hrs?|minutes?|mins?|"
    r"days?|weeks?|months?|years?|yrs?|sessions?|infusions?|treatments?|doses?|times?|studies|trials|meds|pills)\b)"
)
_STATE = (
    r"(?-i:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|"
    r"W[AIVY]|Georgia|Florida|Alabama|Tennessee|Texas|Carolina|California|New York)"
)
_RECORD = (
    r"(?:mrn|medical record|record|chart|patient|members?(?:ship)?|policy(?:holder)?|group|insurance|insurer|"
    r"subscriber|account|acct|claim|case|file|reference|ref|confirmation|invoice|id|identification|licen[cs]e|passport|medicare|"
    r"medicaid|tricare|aetna|cigna|humana|kaiser|anthem|bcbs|blue ?cross|prescription|rx|npi|dea|vin|plates?|tag|"
    r"ssn|ss|social security|social|routing|iban|card|visa|mastercard|amex|pin|booking|ticket|serial|device|"
    r"health ?plan|beneficiary|authorization|auth|tax|ein|itin|medical|student|employee|veteran|va|bank|checking|"
    r"savings|cvv|cvc|security)"
)
_CALLED = r"(?:'s)?(?:[ .]+(?:number|numbers|num|no|nr|id|code|card|digits))*[ .]*"
_JOINS = r"(?:\s*(?:is|was|are|it's|its|:|=|#|ends?(?: in| with)?|ending(?: in| with)?|of mine is)\s*)+"
_MARK = (
    r"(?=[\w-]*\d)(?!\d+(?:mg|mcg|ml|kg|lbs?|st|nd|rd|th|am|pm|hrs?|min|x|k)\b)"
    rf"(?:\d(?:[ -]?\d){{3,}}|[a-z0-9](?:[\w/-]|\.(?=\d)){{2,}}){_AMOUNT}"
)
_SITE_ENDS = (
    r"(?:com|org|net|edu|gov|io|co|info|biz|app|dev|uk|ca|de|fr|es|mx|health|care|clinic|link|tv|xyz|live|blog)"
)
_NETWORK = (
    r"(?:instagram|insta|ig|snap ?(?:chat)?|tik ?tok|twitter|discord|facebook|fb|telegram|whats ?app|reddit|linked ?in|"
    r"venmo|cash ?app|paypal|zelle|skype|signal|twitch|youtube|gamer ?tag|user ?name|handle|screen ?name|user|login)"
)

_NUMBER_WORD = r"(?:[ .]+(?:number|numbers|num|no|nr|id|code|card|digits))"
_CAPITALS = r"(?-i:(?!(?:Dr|Mr|Mrs|Ms|Prof)\b)[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2})"
_MONTHS_SPANISH = r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre)"

_MASKS: tuple[tuple[str, str], ...] = (
    # Web and mail: an address, the same spelt out, a page, a machine.
    ("[email]", r"(?<![\w.+'%-])[\w.+'%-]+\s?@\s?[\w-]+(?:\s?\.\s?[\w-]+)+"),
    (
        "[email]",
        r"(?<![\w.+-])[\w.+-]+\s*(?:[(\[{]\s*at\s*[)\]}]\s*[\w-]+\s*(?:[(\[{]\s*dot\s*[)\]}]|\bdot\b|\.)|"
        r"\bat\s+[\w-]+\s+dot\b)\s*[a-z]{2,4}\b",
    ),
    (
        "[email]",
        r"(?<![\w.+-])[\w.+-]+\s+at\s+(?:gmail|yahoo|hotmail|outlook|icloud|aol|proton(?:mail)?|comcast)\b"
        r"(?:\.\w{2,4})?",
    ),
    ("[link]", r"\b(?:https?:|ftp:|www\.)[^\s<>\]]*[^\s<>\].,;:!?)]"),
    ("[link]", rf"(?<![\w.-])(?:[\w-]+\.)+(?:{_SITE_ENDS}\b(?:/[^\s\]]*)?|(?:me|us|ly|be|to|it)/[^\s\]]+)"),
    ("[link]", r"(?<![\w-])[\w-]+\s+dot\s+(?:com|org|net|edu|gov)\b"),
    ("[ip]", r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d+|/\d+)?(?![\w.]\d)"),
    ("[ip]", r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,7}(?::[0-9a-f]{1,4})+)(?![\w:])"),
    ("[ip]", r"(?<!\w)(?:[0-9a-f]{2}-){5}[0-9a-f]{2}\b"),
    # Names on other sites.
    ("[handle]", r"(?<!\w)@\w[\w.-]*\w"),
    ("[handle]", r"(?<!\w)/?u/[\w-]+"),
    ("[handle]", r"\b[\w.]+#\d{4}\b"),
    (
        r"\1[handle]",
        rf"(\b{_NETWORK}(?: (?:handle|name|username|account|user|id|tag))*\s*(?:is|:|=|as|under)\s*)"
        r"(?!(?:it|a|the|there|that|this|ok|okay|safe|not|an|my|your|to|in|where|what|how|open|full)\b)[$\w][\w.-]*\w",
    ),
    # Where somebody lives.
    ("[address]", r"\b\d{1,6}\s+(?:[nsew]\.?\s+)?(?:county road|highway|hwy|route|state road)\s+\d+\w?\b"),
    (
        "[address]",
        r"\b[1-9]\d{0,5}(?:-?[a-z]|-\d+)?\s+(?:(?:[nsew]{1,2}\b\.?|north|south|east|west)\s+)?"
        rf"(?:{_NO_STREET}(?:\d+(?:st|nd|rd|th)|[a-z][\w'.-]*)\s+){{1,4}}?{_STREET}"
        rf"(?:\s+{_STREET})?(?:,?\s*#\s*\w{{1,6}})?",
    ),
    ("[address]", r"\b(?:p\.?\s?o\.?|post office)\s*box\s*(?:number|no\.?)?\s*#?\s*\d+"),
    (
        "[address]",
        r"\b(?:apt|apartment|suite|ste|unit|lot|room|rm|trailer)\b\.?\s*(?:number|no\.?)?\s*#?\s*\d+[a-z]?\b",
    ),
    ("[address]", r"\[address\](?:[, ]+\[address\])+"),
    ("[address]", rf"\[address\],?\s+(?-i:[A-Z][a-z]+ ?){{1,3}}(?=,?\s+(?:{_STATE}\b|\d{{5}}))"),
    (r"\1[place]", rf"(\b(?:born|raised|grew up)\b[^.?!\n]{{0,30}} in ){_CAPITALS}"),
    (
        r"\1[place]",
        rf"(\b(?:live|living|reside|located|moved|staying) (?:in|at|on|near|to) |"
        rf"\b(?:(?:i am|i'?m)(?: [\w'-]+)?|com(?:e|ing)|driv(?:e|ing)) from ){_CAPITALS}",
    ),
    ("[place]", rf"\b{_CAPITALS},\s*{_STATE}(?=\s+\d{{5}}\b)"),
    ("[place]", r"-?\b\d{1,3}\.\d{3,}°?\s*[ns]?,\s*-?\d{1,3}\.\d{3,}°?\s*[ew]?"),
    # Days: a birthday first, then numbers, then words. A year alone stays.
    (
        r"\1[date]",
        r"(\b(?:born|dob|d\.o\.b\.?|date of birth|birth ?da(?:y|te)|b-?day)\b[^.?!\n\d]{0,24}?)'?\d[\d/. -]*\d\b",
    ),
    ("[date]", r"(?<![\d/.-])\d{1,2}\s?([/.-])\s?\d{1,2}\s?\1\s?(?:\d{4}|'?\d{2})(?![\d/-])"),
    ("[date]", r"(?<![\d/.-])\d{4}[/.-]\d{1,2}[/.-]\d{1,2}(?![\d/-])"),
    (
        r"\1[date]",
        r"(\b(?:on|since|until|till?|by|from|before|birthday|b-?day|appointment|appt|dated?|exp(?:ires|iry|iration)?:?|"
        r"(?:birthday|appointment|visit|session|infusion|surgery|date) (?:is|was))\s+)"
        r"(?:0?[1-9]|1[0-2])/(?:\d\d|[1-9])\b"
        r"(?!\s*(?:of|people|patients|pain|doses?|tablets?|pills?|cups?|chance|ok|better|too|enough|severity|level|\())",
    ),
    ("[date]", rf"\b{_MONTHS}\s*(?:the\s+)?{_DAY}{_YEAR}?"),
    ("[date]", rf"\b(?:the\s+)?{_DAY}\s*(?:day\s+)?(?:(?:of\s+)?{_MONTHS_BUT_MAY}|of\s+may\b|(?-i:May\b)){_YEAR}?"),
    ("[date]", rf"\b{_DAY}\s*may{_YEAR}"),
    ("[date]", rf"\b{_MONTHS}{_YEAR}"),
    ("[date]", rf"\b\d{{1,2}}\s+de\s+{_MONTHS_SPANISH}\b(?:\s+(?:del?\s+)?\d{{4}})?"),
    (
        r"\1[date]",
        rf"(\bon (?:the )?)(?:\d{{1,2}}(?:st|nd|rd|th)|{_ORDINAL})(?=\s+(?:at|and|so|but|is|i)\b|\s*(?:[.,;!?)]|$))",
    ),
    ("[age]", r"\b(?:9\d|1[01]\d)(?=[ -]?(?:years?|yrs?|y/?o|yo)\b)"),
    (
        r"\1[age]",
        r"(\b(?:am|i'?m|she'?s|he'?s|aged?|turned)\s+)(?:9\d|1[01]\d)\b(?!\s*[/%]|\s+(?:over|percent|lbs|pounds|kg))",
    ),
    # Numbers that were given to somebody: after a word that says so, or known by their looks.
    (r"\1[number]", rf"(\b{_RECORD}\b{_CALLED}{_JOINS}(?:[a-z]{{1,4}}[ -])?){_MARK}(?:[ -]\d[\w-]*)*"),
    (r"\1[number]", rf"(\b{_RECORD}\b(?:'s)?{_NUMBER_WORD}+[ .]*){_MARK}(?:[ -]\d[\w-]*)*"),
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
    ("[phone]", rf"(?<![\w$€£.-])\d{{3}}\s?[-. ]\s?\d{{4}}\b{_AMOUNT}(?![-–]\d)"),
    (r"\1[phone]", r"(\b(?:ext|extension)\.?\s*(?:is\s*)?)\d{2,6}\b"),
    ("[number]", rf"\b{_DIGIT_WORD}(?:[ ,-]+{_DIGIT_WORD}){{4,}}\b"),
    ("[zip]", r"(?<![\w$€£-])\d{5}-\d{4}\b"),
    ("[zip]", r"\b(?-i:[A-Z]{1,2}\d{1,2}[A-Z]? ?\d[A-Z]{2})\b|\b[a-z]\d[a-z][ -]?\d[a-z]\d\b"),
    ("[zip]", rf"(?<![\w$€£.,-])\d{{5}}(?![\w-]|[.,]\d){_AMOUNT}"),
    ("[number]", r"(?<![\w$€£.,])\d{2,}(?:[ -]\d{2,}){2,}\b(?<=\d[ -]\d{2}|[ -]\d{3}|\d{4})" + _AMOUNT),
    ("[number]", rf"(?<![\w$€£.,])(?!(?:19|20)\d\d[ -](?:19|20)\d\d\b)\d{{4}}[ -]\d{{4}}\b{_AMOUNT}"),
    ("[number]", rf"(?<![\w$€£.,])\d{{6,}}\b{_AMOUNT}"),
    ("[number]", r"\b(?-i:[A-Z]{1,5}-?\d{4,}[A-Z0-9-]*|[A-Z]{2,5}-\d{3,}(?:-\w+)*)\b|\b[a-z]{1,4}\d{6,}\b"),
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
    return tuple((words, re.compile(expression, re.I)) for words, expression in _MASKS)
