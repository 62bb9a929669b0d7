"""Puts a decision into the clinic's words. No sentence stands here: all are in the wording file."""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.deciding import Decision
from chatbot.reply import Contact, Help, Quote, Reply
from chatbot.safety import Concern
from corpus import Channel, Clinic, Corpus, Helplines, Line, Wording
from index import Edition


@dataclass(frozen=True, slots=True)
class Speaker:
    """The words, the helplines and the ways to reach the clinic, of one edition or of none."""

    wording: Wording
    helplines: Helplines
    clinic: Clinic
    edition_id: str = ""
    topics: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, edition: Edition) -> Speaker:
        words = edition.words
        topics = tuple(edition.texts.topics().items())
        return cls(words.wording, words.helplines, words.clinic, edition.id, topics)

    @classmethod
    def without_edition(cls, words: Corpus) -> Speaker:
        """The words of a corpus folder that is not built, so that a visitor still gets contact and help."""
        return cls(words.wording, words.helplines, words.clinic)

    def alarm(self, concern: Concern) -> Reply:
        """Help and nothing else: no quote, no contact, no suggestion. What an earlier alarm showed comes after it."""
        help = self._help((*concern.cards, *concern.earlier), concern.cards[0])
        return self._reply(concern.kind, self.wording[f"lead.{concern.kind}"], help=help)

    def plain(self, kind: str, concern: Concern, suggestions: tuple[str, ...] = ()) -> Reply:
        """A reply of one sentence, ``lead.<kind>``, with the ways to reach the clinic."""
        return self._reply(
            kind,
            self.wording[f"lead.{kind}"],
            help=self._beside(concern) or (self._help(("gentle",), "gentle") if kind == "trouble" else None),
            contact=self.contact(),
            suggestions=suggestions,
        )

    def say(
        self, decision: Decision, quotes: tuple[Quote, ...], concern: Concern, suggestions: tuple[str, ...]
    ) -> Reply:
        """A decision as a reply."""
        return self._reply(
            decision.kind,
            self._lead(decision, quotes),
            quotes=quotes,
            help=self._beside(concern),
            contact=self.contact(),
            suggestions=suggestions,
        )

    def contact(self) -> Contact:
        """How to reach the clinic; through its website where nothing else is known."""
        name = self.clinic.name or self.wording["contact.unnamed"]
        channels = self.clinic.channels
        if self.clinic.website:
            channels = (*channels, Channel(self.wording["contact.website"], self.clinic.website))
        key = "contact.words" if channels else "contact.words_website"
        return Contact(self.wording.say(key, clinic=name), channels)

    def _lead(self, decision: Decision, quotes: tuple[Quote, ...]) -> str:
        topic = dict(self.topics).get(decision.topic, "")
        if decision.kind == "smalltalk":
            return self.wording[f"smalltalk.{decision.smalltalk}"]
        if decision.kind == "personal":
            return self.wording["lead.personal_quote" if quotes else "lead.personal"]
        if decision.partly:
            return self.wording.say("lead.partly", topic=topic) if topic else self.wording["lead.partly_unnamed"]
        if decision.kind == "not_covered" and topic:
            return self.wording.say("lead.not_covered_topic", topic=topic)
        return self.wording["lead.answer_two" if decision.several else f"lead.{decision.kind}"]

    def _beside(self, concern: Concern) -> Help | None:
        """Help beside an ordinary reply: what an earlier alarm showed, or the calm line."""
        if concern.earlier:
            return self._help(concern.earlier, "earlier")
        return self._help(("gentle",), "gentle") if concern.kind == "info" else None

    def _help(self, cards: tuple[str, ...], words: str) -> Help:
        lines: dict[str, Line] = {}
        for line in (line for card in cards for line in self.helplines.cards[card]):
            lines.setdefault(line.href, line)
        return Help(self.wording[f"help.{words}"], tuple(lines.values()))

    def _reply(
        self,
        kind: str,
        words: str,
        quotes: tuple[Quote, ...] = (),
        help: Help | None = None,
        contact: Contact | None = None,
        suggestions: tuple[str, ...] = (),
    ) -> Reply:
        disclaimer = self.wording["disclaimer.text"]
        return Reply(kind, words, disclaimer, self.edition_id, quotes, help, contact, suggestions)
