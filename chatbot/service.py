"""What the doors hold on to: the chatbot of the published edition, swapped when another is published.

Never raises on a question. Whatever is broken, a visitor gets words, the
contact and the crisis line.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from chatbot.answering import Chatbot, Considered, hear
from chatbot.journal import Database, Journal
from chatbot.reply import Reply
from chatbot.safety import ALARMS, Concern, Screen, load_screen
from chatbot.without_words import without_words
from chatbot.wordings import Speaker
from corpus import Article, Clinic, Helplines, Wording, default_helplines, default_wording, read_words
from index import EditionError, current_id, edition_ids, load_edition

log = logging.getLogger(__name__)
LOOK_EVERY = 1.0
"""Seconds between looks at which edition is published."""

COUNT_EVERY = 300.0
"""Seconds for which the counts that visitors see stay as they are."""

ALARMS_KEPT = 5
"""How many messages that raised an alarm a page remembers, however old they are."""

AGAIN_AFTER = 30.0
"""Seconds until an edition that was refused is tried once more: somebody may have mended it in place."""


class Service:
    """Replies from the published edition below ``var``; the corpus folder's words where there is none.

    ``database`` holds the journal and the accounts: what ``journal_url`` names, else SQLite in ``var``.
    """

    def __init__(self, corpus: Path, var: Path, journal_url: str | None = None) -> None:
        self._corpus, self._var = corpus, var
        self._lock = threading.Lock()
        self._chatbot: Chatbot | None = None
        self._tried: Chatbot | None = None
        self._looked = float("-inf")
        self._refused, self._refused_at = "", 0.0
        self.trouble = ""
        self._counting, self._counts, self._count_again = threading.Lock(), dict[str, int](), float("-inf")
        self._screen = _screen()
        self.database = Database.of(journal_url, var)
        self._journal = Journal.of(self.database)
        self._speaker = self._speaker_without_edition()
        self._look()

    def reply(self, question: str, after: Sequence[str] = ()) -> Reply:
        """The reply to a question; of kind ``trouble`` when it could not be looked up."""
        began = time.perf_counter()
        considered = self._consider(question, after)
        reply = considered.reply
        if reply.kind != "empty":
            self._note(considered, (time.perf_counter() - began) * 1000)
        if reply.kind == "not_covered" and self.clinic.keep_unanswered_questions:
            self._keep(question, considered)
        return reply

    def help_only(self, question: str) -> Reply | None:
        """The help that a message calls for, or None: for when there is no time to look anything up."""
        began = time.perf_counter()
        concern = hear(self._screen, question, ())
        if not concern.is_alarm:
            return None
        reply = self._words.alarm(concern)
        self._note(Considered(reply, concern), (time.perf_counter() - began) * 1000)
        return reply

    def worth_remembering(self, messages: Sequence[str], most: int) -> list[str]:
        """The newest ``most`` messages of a visitor, and before them those that raised an alarm.

        Of what is older, the first ALARMS_KEPT are asked about, which were kept before, and the one that comes after.
        """
        older, newest = messages[:-most], messages[-most:]
        asked = [*older[:ALARMS_KEPT], *older[ALARMS_KEPT:][-1:]]
        return [each for each in asked if hear(self._screen, "", (each[:2000],)) != Concern("none")] + list(newest)

    def record_feedback(self, edition: str, passages: Sequence[Mapping[str, object]], reason: str) -> None:
        """Note a verdict on an answer: which passages, and why; no words. Raises ValueError for an unknown reason."""
        places = [
            f"{each['article']}:{each['start']}-{each['end']}"
            for each in passages[:3]
            if self.article(str(each["article"])) is not None
        ]
        self._journal.record_feedback(edition if edition in edition_ids(self._var) else "", places, reason)

    def referral_counts(self) -> dict[str, int]:
        """How many replies of each month showed help before all else."""
        return {month: sum(kinds.values()) for month, kinds in self._journal.counts(ALARMS).items()}

    def shown_counts(self) -> dict[str, int]:
        """The counts of ``referral_counts`` as they were lately; one visitor in COUNT_EVERY waits for the database."""
        if time.monotonic() >= self._count_again and self._counting.acquire(blocking=False):
            try:
                self._counts = self.referral_counts() or self._counts
                self._count_again = time.monotonic() + COUNT_EVERY
            finally:
                self._counting.release()
        return self._counts

    @property
    def chatbot(self) -> Chatbot | None:
        """The chatbot of the published edition; None where none could be loaded."""
        self._look()
        return self._chatbot

    def candidate(self, edition_id: str) -> Chatbot:
        """The chatbot of another edition, for staff to try; the last one stays loaded. Raises EditionError."""
        tried = self._tried
        if tried is None or tried.edition.id != edition_id:
            tried = self._tried = Chatbot.of(load_edition(self._var, edition_id), self._screen)
        return tried

    @property
    def journal(self) -> Journal:
        """What is counted, for staff to read."""
        return self._journal

    def _consider(self, question: str, after: Sequence[str]) -> Considered:
        self._look()
        chatbot = self._chatbot
        try:
            if chatbot is not None:
                return chatbot.consider(question, after)
        except Exception as error:  # noqa: BLE001 - an error is never an empty answer, nor a page that breaks
            log.error("a reply failed: %s", without_words(error))
        concern = hear(self._screen, question, after)
        speaker = chatbot.speaker if chatbot else self._speaker
        reply = speaker.alarm(concern) if concern.is_alarm else speaker.plain("trouble", concern)
        return Considered(reply, concern)

    def _note(self, considered: Considered, milliseconds: float) -> None:
        """Count a reply: no words, but the topic that staff gave to what is not covered."""
        reply, decision = considered.reply, considered.decision
        places = [f"{quote.article.id}:{quote.start}-{quote.end}" for quote in reply.quotes]
        topic = decision.topic if decision and reply.kind == "not_covered" else ""
        self._journal.record(reply.kind, considered.concern.name, places, milliseconds, reply.edition, topic)

    def _keep(self, question: str, considered: Considered) -> None:
        """Hand over an unanswered question to be redacted and kept; never one beside help, danger or medical advice."""
        reply, concern = considered.reply, considered.concern
        if reply.help is None and concern.kind == "none" and not concern.earlier:
            self._journal.record_unanswered(question, reply.edition)

    @property
    def ready(self) -> bool:
        """Whether an edition is loaded."""
        self._look()
        return self._chatbot is not None

    @property
    def edition_id(self) -> str | None:
        return self._chatbot.edition.id if self._chatbot else None

    @property
    def wording(self) -> Wording:
        return self._words.wording

    @property
    def clinic(self) -> Clinic:
        return self._words.clinic

    @property
    def helplines(self) -> Helplines:
        return self._words.helplines

    @property
    def first_questions(self) -> tuple[str, ...]:
        """Good openings for an empty chat."""
        return self._chatbot.suggester.first() if self._chatbot else ()

    @property
    def known_questions(self) -> tuple[str, ...]:
        """Questions that the articles answer, for completing what is typed."""
        return self._chatbot.suggester.all()[:500] if self._chatbot else ()

    def article(self, article_id: str) -> Article | None:
        """An article of the published edition, or None."""
        chatbot = self.chatbot
        return chatbot.edition.texts.article(article_id) if chatbot else None

    @property
    def article_languages(self) -> dict[str, str]:
        """The language of each article that is not in English, by the article's id."""
        return self._chatbot.edition.texts.languages() if self._chatbot else {}

    def articles(self) -> list[Article]:
        """All articles of the published edition."""
        return self._chatbot.edition.texts.articles() if self._chatbot else []

    @property
    def _words(self) -> Speaker:
        return self._chatbot.speaker if self._chatbot else self._speaker

    def _speaker_without_edition(self) -> Speaker:
        try:
            return Speaker.without_edition(read_words(self._corpus))
        except Exception as error:  # noqa: BLE001 - a broken file must not silence the help
            log.error("the corpus folder's words cannot be read: %s", without_words(error))
            return Speaker(default_wording(), default_helplines(), Clinic())

    def _look(self) -> None:
        """Load the published edition if it is another than the one that serves; keep the last good one."""
        if time.monotonic() - self._looked < LOOK_EVERY or not self._lock.acquire(blocking=False):
            return
        try:
            self._looked = time.monotonic()
            published = current_id(self._var)
            if self._chatbot is not None and self._chatbot.edition.damage:
                damage, self._chatbot = self._chatbot.edition.damage, None
                raise EditionError(damage)
            if published == self.edition_id:
                self.trouble = ""
            elif published != self._refused or self._looked - self._refused_at > AGAIN_AFTER:
                self._chatbot = Chatbot.of(load_edition(self._var, published), self._screen)
                self.trouble = ""
                log.info("serving edition %s", published)
        except EditionError as error:
            if str(error) != self.trouble:
                self.trouble = str(error)
                log.error("%s", error)
            self._refused, self._refused_at = self._published_or_none(), self._looked
        finally:
            self._lock.release()

    def _published_or_none(self) -> str:
        try:
            return current_id(self._var)
        except EditionError:
            return ""


def _screen() -> Screen | None:
    try:
        return load_screen()
    except Exception as error:  # noqa: BLE001 - without a screen the crisis help is shown with every reply
        log.error("the safety screen cannot be loaded: %s", without_words(error))
        return None
