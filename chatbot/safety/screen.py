"""The screen itself: a bank of patterns and a learned classifier in union."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from chatbot.safety.disguises import readings
from chatbot.safety.patterns import Patterns, load_patterns
from index import SHIPPED, EncoderError, OnnxEncoder, serving_encoder

log = logging.getLogger(__name__)
HERE = Path(__file__).parent
ALARMS = ("crisis", "emergency", "abuse")
"""The concerns that put help before everything; the first is shown when several are heard."""

CLASSES = ("none", "info", "personal", "crisis", "emergency", "abuse")
"""What the classifier tells apart, in the order of its outputs."""

PLAIN = 0.96
"""From this probability on, a piece of a long message speaks for the whole."""

CERTAIN = 0.85
"""From this probability on, a message speaks *about* suicide, though a pattern matches, unless it says that somebody is
suicidal now. Of 1,117 held-out dangers in which a pattern matches and nobody is said to be suicidal now, none was given
as much: the nearest 0.79."""

BESIDE = 0.1
"""From this probability on, another alarm's help stands below the first: which of two it is is told less surely than
that it is one."""

REMEMBERED = 4096
"""How many earlier messages are recognised when they come again."""

BEFORE, BEFORE_MESSAGES = 10_000, 40
"""Characters and number of the newest earlier messages that the classifier hears; as much takes half a second."""

_SILENT = dict.fromkeys(CLASSES, 0.0)
"""What the classifier gives where it is not asked."""

LONGEST_PIECE = 700
"""Characters; a longer message is also read piece by piece, so that a danger in a long story is not averaged away."""


@dataclass(frozen=True, slots=True)
class Concern:
    """What was heard in a message.

    ``kind`` is one of ALARMS, ``info`` (speaks of suicide or self-harm
    without risk), ``personal`` (asks for individual medical advice) or
    ``none``. ``cards`` are the helplines to show, in order. ``earlier`` is the
    alarm that an earlier message of the conversation raised.
    """

    kind: str
    cards: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()

    @property
    def is_alarm(self) -> bool:
        return self.kind in ALARMS

    @property
    def name(self) -> str:
        """Why help is shown: one of ALARMS, ``earlier``, or ``info``; empty where none is."""
        if self.is_alarm:
            return self.kind
        if self.earlier:
            return "earlier"
        return "info" if self.kind == "info" else ""


@dataclass(slots=True)
class Known:
    """What was heard in recent messages, found again by a digest under a key that dies with the process: no words."""

    secret: bytes = field(default_factory=lambda: os.urandom(32))
    concerns: dict[bytes, Concern] = field(default_factory=dict)

    def key(self, message: str) -> bytes:
        """The keyed digest of a message."""
        return hashlib.blake2b(message.encode("utf-8", "surrogatepass"), digest_size=16, key=self.secret).digest()

    def keep(self, key: bytes, concern: Concern) -> None:
        """Keep a concern; the oldest half is let go when there are many."""
        if len(self.concerns) >= REMEMBERED:
            for old in list(self.concerns)[: REMEMBERED // 2]:
                self.concerns.pop(old, None)
        self.concerns[key] = concern


@dataclass(frozen=True, slots=True)
class Screen:
    """Patterns and classifier. ``thresholds`` say from which probability each alarm is raised."""

    patterns: Patterns
    encoder: OnnxEncoder
    thresholds: Mapping[str, float] = field(default_factory=dict)
    known: Known = field(default_factory=Known)

    def hear(self, message: str, after: Sequence[str] = ()) -> Concern:
        """What a message says, given the earlier messages of the visitor, oldest first.

        Of a very long conversation, what comes before the newest BEFORE characters is heard by the patterns alone.
        """
        here = self._one(message)
        first, left = len(after), BEFORE
        while first and len(after) - first < BEFORE_MESSAGES and len(after[first - 1]) <= left:
            first -= 1
            left -= len(after[first])
        said = [self._one("\n".join(after[:first]), learned=False), *map(self._heard_before, after[first:])]
        earlier = (card for each in said if each.is_alarm for card in each.cards)
        return Concern(here.kind, here.cards, tuple(dict.fromkeys(earlier)))

    def _heard_before(self, message: str) -> Concern:
        """What an earlier message said; each comes again with every message that follows it."""
        key = self.known.key(message)
        concern = self.known.concerns.get(key)
        if concern is None:
            concern = self._one(message)
            self.known.keep(key, concern)
        return concern

    def _one(self, message: str, learned: bool = True) -> Concern:
        if not message.strip():
            return Concern("none")
        texts = readings(message)
        bare = tuple(map(self.patterns.idioms.without, texts))
        heard = self.patterns.heard(bare)
        said = (message,) if bare[0] == texts[0] else (bare[0], message)  # the search reads what was read last
        shares = min((self._shares_beside(heard, each) for each in said), key=_alarm) if learned else _SILENT
        if shares["info"] >= CERTAIN and not self.patterns.is_now(texts[0]):
            heard = {kind: found for kind, found in heard.items() if kind not in ALARMS}
        raised = [kind for kind in ALARMS if kind in heard or shares[kind] >= self.thresholds[kind]]
        if not raised and _alarm(shares) >= self.thresholds["any"]:
            raised = [max(ALARMS, key=lambda kind: shares[kind])]
        if raised:
            first = "emergency" if "emergency" in heard else raised[0]
            kinds = [first, *(kind for kind in ALARMS if kind != first and (kind in heard or shares[kind] >= BESIDE))]
            return Concern(first, tuple(card for kind in kinds for card in _cards(kind, heard, texts)))
        if "info" in heard or shares["info"] >= 0.5:
            return Concern("info", ("gentle",))
        return Concern(
            "personal" if "personal" in heard or shares["personal"] >= self.thresholds["personal"] else "none"
        )

    def _shares_beside(self, heard: Mapping[str, Sequence[str]], message: str) -> dict[str, float]:
        """The classifier's probabilities; where it breaks, the patterns' alarm stands alone, if there is one."""
        if not message.strip():
            return _SILENT
        try:
            return self._shares(message)
        except Exception as error:
            if not any(kind in heard for kind in ALARMS):
                raise
            log.error("the classifier failed: %s", type(error).__name__)
            return _SILENT

    def _shares(self, message: str) -> dict[str, float]:
        """The classifier's probabilities; for a long message those of a piece that is plainly alarming."""
        rows = self.encoder.hear(message).shares
        if len(message) > LONGEST_PIECE:
            rows = np.concatenate((rows, self.encoder.hear_all(pieces_of(message)).shares))
        alarms = rows[:, 3:].sum(axis=1)
        place = int(alarms.argmax()) if alarms.max() >= PLAIN else 0
        return dict(zip(CLASSES, rows[place].tolist(), strict=True))


def _alarm(shares: Mapping[str, float]) -> float:
    """The probability of any alarm."""
    return sum(shares[kind] for kind in ALARMS)


def pieces_of(message: str) -> list[str]:
    """A long message in overlapping pieces of a few sentences, none much longer than LONGEST_PIECE; each once."""
    half = LONGEST_PIECE // 2
    parts: list[str] = []
    for sentence in re.split(r"(?<=[.!?;\n])\s+", message):
        for match in re.finditer(rf"\S.{{0,{half - 1}}}(?!\S)|\S{{1,{half}}}", sentence, re.S):
            if parts and len(parts[-1]) + len(match[0]) < half:
                parts[-1] += f" {match[0]}"
            else:
                parts.append(match[0])
    return list(dict.fromkeys(" ".join(parts[place : place + 2]) for place in range(max(1, len(parts) - 1))))


def _cards(kind: str, heard: Mapping[str, Sequence[str]], texts: Sequence[str]) -> tuple[str, ...]:
    """Which cards of helplines an alarm shows."""
    families = heard.get(kind, ()) if kind in heard else ()
    if kind == "emergency":
        return ("overdose",) if "overdose" in families or _OVERDOSE.search(texts[0]) else ("emergency",)
    if kind == "abuse":
        cards = ["abuse"]
        if _SEXUAL.search(texts[0]):
            cards.append("sexual")
        if _CHILD.search(texts[0]):
            cards.append("child")
        return tuple(cards)
    return (kind,)


_OVERDOSE = re.compile(
    r"overdos|\bod('?d|ing)?\b|poison|swallow|\b(took|taken|ate|drank|tome|tomo|tomado)\b.*\b(pills?|tablets?|bottle|"
    r"pastillas|too much|too many|all of|everything|medicine|meds|bleach|xanax|ketamine|tylenol)\b"
)
_SEXUAL = re.compile(
    r"\brap(e|ed|ist|ing)\b|sexual|molest|touch(es|ed|ing)? me|assault|forced me|violad|violo\b|abuso sexual"
)
_CHILD = re.compile(
    r"\b(child|kids?|son|daughter|step ?dad|stepfather|uncle|teacher|coach|i'?m (?:[89]|1[0-7])|i am (?:[89]|1[0-7])|"
    r"(?:[89]|1[0-7]) years? old|school|hijo|hija|nino|nina)\b"
)


def load_screen(folder: Path = HERE, network: Path = SHIPPED) -> Screen:
    """The screen that ships with the program.

    Raises EncoderError, OSError, ValueError or KeyError when a file is
    missing or damaged; the caller then shows the crisis help with everything.
    """
    details = tomllib.loads((folder / "thresholds.toml").read_text(encoding="utf-8"))
    encoder = serving_encoder(network)
    if encoder.classes != CLASSES or encoder.hear("hello").shares.shape != (1, len(CLASSES)):
        raise EncoderError(f"{network}: this network does not tell the safety screen's classes apart")
    return Screen(load_patterns(folder), encoder, details["thresholds"])
