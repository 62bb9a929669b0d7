"""What looks like an address, a handle, a place, a day or a great age, and the word that replaces it."""

from __future__ import annotations

AMOUNT = (
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
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\b{AMOUNT}|(?:{_ORDINAL})\b{AMOUNT})"
_YEAR = r"(?:,?\s*(?:of\s+)?(?:(?:19|20)\d\d|['’]\d\d)\b)"
_STREET = (
    r"(?:street|str?|avenue|ave?|road|rd|drive|dr|lane|ln|court|ct|boulevard|blvd|way|place|pl|terrace|ter|circle|cir|"
    r"highway|hwy|parkway|pkwy|trail|trl|square|sq|loop|alley|crescent|row|run|pike|plaza|path|ridge|hollow)\b\.?"
)
_NO_STREET = (
    r"(?!(?:i|can|the|a|an|to|my|me|we|you|is|it|or|of|and|in|on|for|from|by|at|with|after|before|until|that|this|will|"
    r"do|does|if|could|should|would|out|as|so|than|more|am|pm|o'clock|feet|blocks?|bad|good|different|other|"
    r"tests?|mg|mcg|mls?|kg|lbs?|pounds|percent|dollars|bucks|people|patients|miles?|seconds?|hours?|hrs?|"
    r"minutes?|mins?|"
    r"days?|weeks?|months?|years?|yrs?|sessions?|infusions?|treatments?|doses?|times?|studies|trials|meds|pills)\b)"
)
_STATE = (
    r"(?-i:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|"
    r"W[AIVY]|Georgia|Florida|Alabama|Tennessee|Texas|Carolina|California|New York)"
)
_SITE_ENDS = (
    r"(?:com|org|net|edu|gov|io|co|info|biz|app|dev|uk|ca|de|fr|es|mx|health|care|clinic|link|tv|xyz|live|blog)"
)
_MAIL_HOST = r"(?:gmail|yahoo|hotmail|outlook|icloud|aol|proton(?:mail)?|comcast|msn|live|verizon|bellsouth|att|mail)"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+(?:the\s+)?)"
_NETWORK = (
    r"(?:instagram|insta|ig|snap ?(?:chat)?|tik ?tok|twitter|discord|facebook|fb|telegram|whats ?app|reddit|linked ?in|"
    r"venmo|cash ?app|paypal|zelle|skype|signal|twitch|youtube|threads|blue ?sky|mastodon|steam|psn|xbox|"
    r"only ?fans|gamer ?tag|user ?name|handle|screen ?name|user|login)"
)

_CAPITALS = r"(?-i:(?!(?:Dr|Mr|Mrs|Ms|Prof)\b)[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2})"
_MONTHS_SPANISH = r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre)"

MASKS: tuple[tuple[str, str], ...] = (
    # Web and mail: an address, the same spelt out, a page, a machine.
    ("[email]", r"(?<![\w.+'%-])[\w.+'%-]+\s?@\s?[\w-]+(?:\s?\.\s?[\w-]+)+"),
    (
        "[email]",
        r"(?<![\w.+-])[\w.+-]+(?:\s+(?:dot|underscore|dash|hyphen|plus|minus)\s+[\w.+-]+){0,4}\s*(?:@|[(\[{]?\bat\b[)\]}]?)\s*"
        r"[\w-]+(?:\s+(?:dot|dash)\s+[\w-]+)*\s+dot\s+(?:com|net|org|edu|gov|me|co|us|io|example)\b",
    ),
    (
        "[email]",
        r"(?<![\w.+-])[\w.+-]+\s*(?:[(\[{]\s*at\s*[)\]}]\s*[\w-]+\s*(?:[(\[{]\s*dot\s*[)\]}]|\bdot\b|\.)|"
        r"\bat\s+[\w-]+\s+dot\b)\s*[a-z]{2,4}\b",
    ),
    (
        "[email]",
        rf"(?<![\w.+-])[\w.+-]+(?:\s+(?:dot|underscore|dash|hyphen|plus|minus)\s+[\w.+-]+){{0,4}}\s*(?:@|"
        rf"[(\[{{]?\bat\b[)\]}}]?)"
        rf"\s*{_MAIL_HOST}\b(?:\s*(?:\.|,|\bdot\b)?\s*(?:com|net|org|me|co\.uk)\b)?",
    ),
    ("[email]", r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\s?[,;.]\s?(?:com|net|org|edu|gov)\b)?"),
    (
        r"\1[email]",
        rf"(\b(?:{_MAIL_HOST}|e-?mail)(?: (?:address|account|id))?(?: is|'s|"
        rf":)? )(?=[\w.+-]*[\d._])[a-z][\w+-]*(?:[._]?[\w+-]+)+",
    ),
    ("[link]", r"\b(?:https?:|ftp:|www\.)[^\s<>\]]*[^\s<>\].,;:!?)]"),
    ("[link]", rf"(?<![\w.-])(?:[\w-]+\.)+(?:{_SITE_ENDS}\b(?:/[^\s\]]*)?|(?:me|us|ly|be|to|it)/[^\s\]]+)"),
    ("[link]", r"(?<![\w-])[\w-]+\s+dot\s+(?:com|org|net|edu|gov)\b"),
    ("[ip]", r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d+|/\d+)?(?![\w.]\d)"),
    ("[ip]", r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,7}(?::[0-9a-f]{1,4})+)(?![\w:])"),
    ("[ip]", r"(?<!\w)(?:[0-9a-f]{2}-){5}[0-9a-f]{2}\b"),
    # Names on other sites.
    ("[handle]", r"(?<!\w)@\w[\w.-]*\w"),
    ("[handle]", r"(?<![\w$])\$[a-z][\w-]*|\b[a-z][a-z\d.]*(?:_[a-z\d.]+)+\b"),
    (
        r"\1[handle]",
        rf"(\b{_NETWORK}(?:'?s)?(?: (?:handle|name|username|account|user|id|tag|im|i'm|as|under|is|called))* )"
        r"(?:(?=[a-z_-]*[\d._])[a-z][a-z_-]*(?:[\d._][\w-]*)*\w|(?-i:[A-Z]?[a-z]+(?:[A-Z][a-z]+)+))",
    ),
    (r"\1[handle]", rf"(\b{_NETWORK} (?:name )(?:is|:) )(?-i:[A-Z]\w+(?: [A-Z]\w+){{1,3}})"),
    ("[handle]", r"(?<!\w)/?u/[\w-]+"),
    ("[handle]", r"\b[\w.]+#\d{4}\b"),
    (
        r"\1[handle]",
        rf"(\b{_NETWORK}(?: (?:handle|name|username|account|user|id|tag))*\s*(?:is|:|=|as|under)(?!\w)\s*)"
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
        r"\b(?:apt|apartment|suite|ste|unit|lot|trailer)\b\.?\s*(?:number|no\.?)?\s*#?\s*\d+[a-z]?\b",
    ),
    ("[address]", r"\b(?:room|rm)\b\.?\s*(?:number|no\.?)?\s*#?\s*\d{2,}[a-z]?\b"),
    ("[address]", r"\b(?:apt|apartment|suite|ste|unit|lot|bldg|building)\b\.?\s*#?\s*(?-i:[A-Z]\d{0,4})\b"),
    ("[address]", rf"\b\d{{1,6}}\s+(?-i:[A-Z][\w'.-]*\s+){{1,4}}?{_STREET}(?:\s+(?-i:[NSEW]{{1,2}})\b)?"),
    (
        "[address]",
        r"\b\d{1,6}\s+(?:rue|calle|avenida|via|boulevard|broadway)\b(?:\s+(?-i:de|des|du|la|las|los|[A-Z])\w*){0,4}",
    ),
    ("[address]", r"\b(?:calle|avenida|av\.|carrera|rue)\s+(?:[^\W\d]\w*\s+){1,4}(?:no\.?\s*|#)?\d+"),
    (r"\1[address]", rf"(\b(?:on|at|off|near|by) )(?-i:(?:[NSEW]\. )?(?:[A-Z][\w'-]+ ){{1,3}}){_STREET}"),
    (
        r"\1[address]",
        r"(\b(?:live|lives|living|stay|staying|house|apartment|place|home|located)(?: is)? (?:on|at|off|"
        r"near) )(?:(?!the\b)[\w'-]+ ){1,3}"
        r"(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|court|ct|boulevard|blvd|way|circle|highway|hwy|"
        r"parkway|trail)\b",
    ),
    (
        r"\1[number]",
        r"(\b(?:house|apartment|apt|door|gate|room|building)(?: (?:number|no\.?|code))+(?: is|:)? )#?\d+\w?\b",
    ),
    ("[address]", r"\[address\](?:[, ]+(?:\[address\]|(?-i:north|south|east|west|[NSEW])\b))+"),
    ("[place]", r"\b(?-i:[A-Z][a-z]+(?: [A-Z][a-z]+)?)\s+(?:county|parish|township)\b"),
    (r"[address], [place]", r"\[address\],?\s+(?-i:[A-Z][a-z]+(?: [A-Z][a-z]+)?)(?=\s*[,.;!?]|\s*$)"),
    (r"[address] [place]", r"\[address\],?\s+[a-z]+,?\s+(?:ga|georgia|fl|sc|nc|al|tn)\b\.?"),
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
    ("[date]", rf"{_WEEKDAY}?\b{_MONTHS}\s*(?:the\s+)?{_DAY}{_YEAR}"),
    ("[date]", rf"\b(?:the\s+)?{_DAY}\s*(?:day\s+)?(?:of\s+)?{_MONTHS}{_YEAR}"),
    ("[date]", rf"\b{_MONTHS_BUT_MAY}(?:\s+of)?,?\s+(?:19|20)\d\d\b"),
    ("[date]", rf"\b\d{{1,2}}[-/. ]{_MONTHS}[-/. ]\s?(?:\d{{4}}|\d\d)\b"),
    ("[date]", rf"\b{_MONTHS}[-/.]\d{{1,2}}(?:[-/.](?:\d{{4}}|\d\d))?\b"),
    (
        r"\1[date]",
        rf"(\b(?:born|dob|birth\w*|b-?day)\b[^.?!\n\d]{{0,24}}?)\b{_MONTHS}\s*(?:the\s+)?\d{{1,2}}(?:st|nd|rd|"
        rf"th)?,?\s+\d\d\b",
    ),
    (
        r"\1[date]",
        rf"(\b(?:born|birth\w*)\b[^.?!\n\d]{{0,24}}?)\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTHS},?\s+\d\d\b",
    ),
    (
        "[date]",
        r"\b(?:nineteen|twenty)[ -](?:(?:twen|thir|for|fif|six|seven|eigh|nine)ty)(?:[ -](?:one|two|three|four|"
        r"five|six|seven|eight|nine))?\b",
    ),
    ("[date]", rf"\b{_WEEKDAY}(?:0?[1-9]|1[0-2])[/.](?:[12]\d|3[01]|0?[1-9])\b(?![/.]\d)"),
    (
        "[date]",
        r"(?<![\d/.$-])(?!9/11)(?:0?[1-9]|1[0-2])/(?:1[1-9]|2[0-35-9]|3[01])\b"
        r"(?![/.]?\d|\s*(?:of|people|patients|pain|cups?|chance|severity|%|score|on|points?|\())",
    ),
    (
        r"\1[date]",
        r"(\b(?:surgery|infusion|session|visit|appt|consult|seen|admitted|discharged|started|stopped|died|"
        r"passed|left) (?:was )?(?:on )?)"
        r"(?:0?[1-9]|1[0-2])/(?:[12]\d|3[01]|0?[1-9])\b(?![/.]\d)",
    ),
    ("[date]", rf"{_WEEKDAY}?\b{_MONTHS}\s*(?:the\s+)?{_DAY}{_YEAR}?"),
    ("[date]", rf"\b\d{{1,2}}\s+de\s+(?:{_MONTHS_SPANISH}|{_MONTHS})(?:\s+(?:del?\s+)?\d{{4}})?"),
    (r"\1[date]", r"(\byear of birth:? (?:is )?)(?:19|20)\d\d\b"),
    ("[address]", r"\b\d{1,2}(?:st|nd|rd|th) floor\b"),
    (
        r"\1[date]",
        r"(\b(?:born|dob|nac[ií]|nacimiento|d/o/b|d\.o\.b\.?|date of birth|birth ?da(?:y|te)|"
        r"b-?day)\b[^.?!\n\d]{0,24}?)'?\d[\d/. -]*\d\b",
    ),
    ("[date]", r"(?<![\d/.-])\d{1,2}\s?([/.-])\s?\d{1,2}\s?\1\s?(?:\d{4}|'?\d{2})(?![\d/-])"),
    ("[date]", r"(?<![\d/.-])\d{4}[/.-]\d{1,2}[/.-]\d{1,2}(?![\d/-])"),
    (
        r"\1[date]",
        r"(\b(?:on|since|until|till?|by|from|before|birthday|b-?day|appointment|appt|dated?|exp(?:ires|iry|iration)?:?|"
        r"(?:birthday|appointment|visit|session|infusion|surgery|date) (?:is|was))\s+)"
        r"(?:0?[1-9]|1[0-2])/(?:\d\d|[1-9])\b"
        r"(?!\s*(?:of|people|patients|pain|doses?|tablets?|pills?|cups?|chance|ok|better|too|enough|severity|"
        r"level|\())",
    ),
    ("[date]", rf"{_WEEKDAY}?\b{_MONTHS}\s*(?:the\s+)?{_DAY}{_YEAR}?"),
    ("[date]", rf"\b(?:the\s+)?{_DAY}\s*(?:day\s+)?(?:(?:of\s+)?{_MONTHS_BUT_MAY}|of\s+may\b|(?-i:May\b)){_YEAR}?"),
    ("[date]", rf"\b{_DAY}\s*may{_YEAR}"),
    ("[date]", rf"\b{_MONTHS}{_YEAR}"),
    ("[date]", rf"\b\d{{1,2}}\s+de\s+(?:{_MONTHS_SPANISH}|{_MONTHS})\b(?:\s+(?:del?\s+)?\d{{4}})?"),
    (
        r"\1[date]",
        rf"(\bon (?:the )?)(?:\d{{1,2}}(?:st|nd|rd|th)|{_ORDINAL})"
        r"(?=\s+(?:at|and|so|but|is|i|im|i'm|we|my|she|he|if|can|then|for|of)\b|\s*(?:[.,;!?)]|$))",
    ),
    (
        "[age]",
        r"\b(?:ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|(?:a |"
        r"one )hundred(?: and \w+)?(?= years? old))\b(?!\s*(?:minutes?|mins?|days?|percent|mg|dollars|miles|"
        r"hours?|pounds|seconds?|degrees))",
    ),
    (
        r"\1[age]",
        r"(\b(?:she|he|who|they|mom|mother|dad|father|grand\w+|aunt|uncle|wife|husband|man|woman|patient|age)(?:'s)?,? "
        r"(?:is |was |will be |turns |turned |turning |now |almost |nearly |of )*|\b(?:turns|turning|turned|"
        r"age[d:]?|at|nearly|almost|about to be) )"
        r"(?:9\d|1[01]\d)\b(?!\s*[/%.:]|-?\s*(?:over|percent|lbs?|pounds|kg|mg|mcg|ml|degrees|minutes?|mins?|"
        r"days?|hours?|bpm|beats|dollars|miles|times|seconds?|f\b))",
    ),
    ("[age]", r"\b(?:9\d|1[01]\d)(?=[ -]?(?:years?|yrs?|y/?o|yo)\b)"),
    (
        r"\1[age]",
        r"(\b(?:am|i'?m|she'?s|he'?s|aged?|turned)\s+)(?:9\d|1[01]\d)\b(?!\s*[/%]|\s+(?:over|percent|lbs|pounds|kg))",
    ),
)
