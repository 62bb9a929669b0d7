"""What a visitor gets for a question: the right kind of reply, complete, whatever was typed."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import CORPUS

from chatbot import KINDS, Chatbot, Reply, Service
from chatbot.answering import FAILED, hear
from chatbot.safety import Concern, Screen, load_screen
from index import load_edition

REPLY = {"kind", "words", "quotes", "help", "disclaimer", "contact", "suggestions", "edition"}
QUOTE = {"text", "heading", "start", "end", "highlights", "article", "url"}
ALARMS = {"crisis", "emergency", "abuse"}


def fits_the_contract(reply: dict[str, Any]) -> None:
    """The reply has exactly the keys and kinds of values that the web and other programs rely on."""
    assert set(reply) == REPLY
    assert reply["kind"] in KINDS
    assert reply["words"].strip()
    assert reply["disclaimer"].strip()
    assert isinstance(reply["edition"], str)
    assert len(reply["quotes"]) <= 3
    assert sum(len(quote["text"]) for quote in reply["quotes"]) <= 1300
    for quote in reply["quotes"]:
        assert set(quote) == QUOTE
        assert set(quote["article"]) == {"id", "title", "source", "reviewed", "url"}
        assert len(quote["text"]) == quote["end"] - quote["start"]
        assert quote["url"].startswith(f"/articles/{quote['article']['id']}?start={quote['start']}&end={quote['end']}")
        assert all(0 <= start < end <= len(quote["text"]) for start, end in quote["highlights"])
    if reply["help"] is not None:
        assert set(reply["help"]) == {"words", "lines"}
        assert reply["help"]["words"].strip()
        assert reply["help"]["lines"]
        assert all(set(line) == {"label", "detail", "href"} for line in reply["help"]["lines"])
    if reply["contact"] is not None:
        assert set(reply["contact"]) == {"words", "channels"}
        assert reply["contact"]["words"].strip()
    assert all(isinstance(each, str) and each.strip() for each in reply["suggestions"])
    assert len(set(reply["suggestions"])) == len(reply["suggestions"])
    if reply["kind"] in ALARMS:
        assert reply["help"]
        assert (reply["quotes"], reply["contact"], reply["suggestions"]) == ([], None, [])
    else:
        assert reply["contact"]
    if reply["kind"] == "answer":
        assert reply["quotes"]
        assert reply["quotes"][0]["highlights"]
    elif reply["kind"] != "personal":
        assert reply["quotes"] == []


@pytest.fixture(scope="module")
def small(small_var: Path) -> Service:
    """The service over the two small articles of tests/fakes.py."""
    return Service(small_var.parent / "corpus", small_var)


def ask(service: Service, question: str, *after: str) -> dict[str, Any]:
    reply = service.reply(question, after)
    assert isinstance(reply, Reply)
    fits_the_contract(reply.to_dict())
    return reply.to_dict()


@pytest.mark.parametrize("question", ["", " ", "\n\t\r\n", "\u00a0"])
def test_a_blank_question_gets_a_kind_sentence(small: Service, question: str) -> None:
    reply = ask(small, question)
    assert reply["kind"] == "empty"
    assert reply["suggestions"]


def test_an_answer_leads_on_to_questions_not_asked_yet(small: Service) -> None:
    first = ask(small, "How is a samovar filled?")
    assert first["kind"] == "answer"
    again = ask(small, "How is a samovar filled?", *first["suggestions"])
    assert first["suggestions"]
    assert not set(first["suggestions"]) & set(again["suggestions"])


def test_what_the_articles_lack_is_said_with_the_nearest_questions_and_the_contact(small: Service) -> None:
    reply = ask(small, "Which bus goes to town?")
    assert reply["kind"] == "not_covered"
    assert reply["words"] == small.wording["lead.not_covered"]
    assert reply["suggestions"]
    assert reply["contact"]


STRANGE = [
    "🫖", "🫠🫠🫠", "👩‍👧‍👦", "?", "...", "!!!", "-", "\x00", "\x00urn", "\u202eurn", "\u200b", "\ufeff", "a",
    "1",
    "什么是氯胺酮？", "ما هو الكيتامين؟", "¿Cómo se llena una tetera?", "Как наполнить чайник?", "한국어 질문입니다",
    "<script>alert(1)</script>", "'; DROP TABLE article; --", "{topic}", "{}", "%s %n", "urn\nurn\n\nurn",
    "AND OR NOT NEAR(", '"urn" AND -lamp* ^', "urn" * 400, "urn " * 285, "é" * 2000, "?" * 2000,
    "x" * 2000, ("how " * 500)[:2000], ("Is it? " * 300)[:2000], "and " * 500, "（" * 2000, "a.b-c_d/" * 250,
]  # fmt: skip


@pytest.mark.parametrize("question", STRANGE, ids=lambda text: f"{text[:12]!r}-{len(text)}")
def test_nothing_that_can_be_typed_crashes_or_takes_long(small: Service, question: str) -> None:
    began = time.process_time()
    reply = ask(small, question)
    assert reply["kind"] != "trouble"
    assert time.process_time() - began < 5


@pytest.mark.parametrize("question", ["What is teh kettel?", "urn??", "KETTLE!", "urn pls", "so... the urn"])
def test_the_words_around_a_word_do_not_matter(small: Service, question: str) -> None:
    assert ask(small, question)["kind"] in KINDS


def test_a_follow_up_is_understood_after_the_question_before(small: Service) -> None:
    reply = ask(small, "What does it need?", "What is a lantern?")
    assert reply["quotes"][0]["text"].startswith("A lantern needs oil")


def test_a_benefit_is_quoted_with_its_caveat(small: Service) -> None:
    reply = ask(small, "What does a lantern need?")
    assert reply["quotes"][0]["text"].endswith("That said, not every lantern does.")


# Safety comes first.


@pytest.mark.parametrize(
    ("message", "kind", "href"),
    [
        ("I want to kill myself", "crisis", "tel:988"),
        ("i wanna k1ll myself", "crisis", "tel:988"),
        ("I took a whole bottle of pills", "emergency", "tel:911"),
        ("I have chest pain and can't breathe", "emergency", "tel:911"),
        ("my husband hits me", "abuse", "tel:911"),
        ("How is a samovar filled? I want to end my life.", "crisis", "tel:988"),
    ],
)
def test_an_alarm_shows_help_and_nothing_else(small: Service, message: str, kind: str, href: str) -> None:
    reply = ask(small, message)
    assert reply["kind"] == kind
    assert href in [line["href"] for line in reply["help"]["lines"]]


def test_a_second_alarm_keeps_the_help_of_the_first(small: Service) -> None:
    reply = ask(small, "my chest hurts and i cant breathe", "I want to kill myself")
    lines = [line["href"] for line in reply["help"]["lines"]]
    assert lines[0] == "tel:911"
    assert "sms:988" in lines
    assert len(set(lines)) == len(lines)


def test_help_for_two_dangers_names_each_number_once(small: Service) -> None:
    lines = [line["href"] for line in ask(small, "my husband hits me and i want to die")["help"]["lines"]]
    assert lines[0] == "tel:988"
    assert "tel:+18007997233" in lines
    assert lines.count("tel:911") == 1


def test_where_the_answer_breaks_there_is_still_the_crisis_line(
    small: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatbot.answering.decide", None)
    reply = ask(small, "How is a samovar filled?")
    assert reply["kind"] == "trouble"
    assert "988" in reply["words"]
    assert "tel:988" in [line["href"] for line in reply["help"]["lines"]]


def test_what_patterns_hear_is_shown_when_the_classifier_breaks(screen: Screen) -> None:
    deaf = replace(screen, encoder=None)  # type: ignore[arg-type]
    assert hear(deaf, "I can't breathe", ()).kind == "emergency"
    assert hear(deaf, "I want to kill myself", ()).kind == "crisis"
    assert hear(deaf, "How long is a session?", ()) == FAILED


@pytest.mark.parametrize("filler", ["How long is it?", "The garden is large. " * 90])
def test_an_alarm_before_a_very_long_conversation_is_remembered(screen: Screen, filler: str) -> None:
    after = ("I want to kill myself", *(f"{number} {filler}" for number in range(60_000 // len(filler))))
    began = time.process_time()
    assert hear(screen, "Is it a cure?", after).earlier == ("crisis",)
    assert time.process_time() - began < 5


def test_help_stays_after_an_alarm(small: Service) -> None:
    reply = ask(small, "How is a samovar filled?", "I want to kill myself", "just kidding")
    assert reply["kind"] == "answer"
    assert reply["help"]["words"] == small.wording["help.earlier"]


def test_a_question_about_suicide_gets_a_calm_line_beside_the_reply(small: Service) -> None:
    reply = ask(small, "Does ketamine help with suicidal thoughts?")
    assert reply["kind"] not in ALARMS
    assert reply["help"]["words"] == small.wording["help.gentle"]


def test_a_screen_that_breaks_shows_the_crisis_help(small_var: Path) -> None:
    class Broken:
        def hear(self, message: str, after: object = ()) -> Concern:
            raise RuntimeError(message)

    for screen in (Broken(), None):
        reply = Chatbot.of(load_edition(small_var), screen).reply("How is a samovar filled?")  # type: ignore[arg-type]
        assert reply.kind == FAILED.kind == "crisis"
        fits_the_contract(reply.to_dict())


def test_the_screen_is_heard_before_anything_is_searched(small_var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def must_not_run(*_: object, **__: object) -> None:
        raise AssertionError("searched")

    monkeypatch.setattr("chatbot.answering.decide", must_not_run)
    chatbot = Chatbot.of(load_edition(small_var), load_screen())
    assert chatbot.reply("I want to kill myself").kind == "crisis"


def test_an_error_inside_is_trouble_and_never_an_empty_answer(
    small: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("the secret urn")

    monkeypatch.setattr("chatbot.answering.decide", broken)
    reply = ask(small, "What is the secret urn?")
    assert reply["kind"] == "trouble"
    assert reply["words"] == small.wording["lead.trouble"]
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text
    assert ask(small, "I want to kill myself")["kind"] == "crisis"


# The clinic's own articles, with the real model.

DONE_WHEN = [
    ("is it a cure?", ["ketamine is not a cure for depression", "Ketamine is not a cure; it’s part of a broader plan"]),
    ("what does it feel like?", ["Many describe the experience as calming, introspective, or mentally spacious"]),
    ("will I need someone to drive me?", ["You’ll need a ride home afterward and should plan to rest for the day"]),
]


@pytest.mark.parametrize(("question", "sentences"), DONE_WHEN)
def test_a_question_of_the_clinic_is_answered_in_its_own_words(
    service: Service, question: str, sentences: list[str]
) -> None:
    reply = ask(service, question)
    assert reply["kind"] == "answer"
    quoted = " ".join(quote["text"] for quote in reply["quotes"])
    assert not [sentence for sentence in sentences if sentence not in quoted]


def test_what_it_feels_like_quotes_the_whole_list_with_its_lead_in(service: Service) -> None:
    text = ask(service, "what does it feel like?")["quotes"][0]["text"]
    assert text.startswith("Here’s what most patients can expect:\n\n- The infusion lasts about an hour\n")
    assert text.endswith("You’ll need a ride home afterward and should plan to rest for the day")


@pytest.mark.parametrize("question", ["how much does it cost?", "what's the weather?", "Who won the football game?"])
def test_what_the_clinic_does_not_answer_is_said_with_the_contact(service: Service, question: str) -> None:
    reply = ask(service, question)
    assert reply["kind"] == "not_covered"
    assert "Athens Ketamine Center" in reply["contact"]["words"]


@pytest.mark.parametrize(
    "question",
    ["waht dose it feel liek", "wil i need sombody too drive me", "is it a kure", "WHAT DOES IT FEEL LIKE???",
     "what does it feel like 🙏", "whatdoes it feel like"],
)  # fmt: skip
def test_a_misspelt_question_is_answered_all_the_same(service: Service, question: str) -> None:
    assert ask(service, question)["kind"] == "answer"


@pytest.mark.parametrize("question", STRANGE, ids=lambda text: f"{text[:12]!r}-{len(text)}")
def test_nothing_that_can_be_typed_crashes_the_real_model(service: Service, question: str) -> None:
    assert ask(service, question)["kind"] != "trouble"
    assert ask(service, "what does it feel like?", question)["kind"] != "trouble"


def test_the_evidence_is_never_quoted_without_its_caveat(service: Service) -> None:
    benefit, caveat = "ketamine showed a 45% response rate", "That said, not everyone gets the same result"
    questions = ["how effective is it?", "what share of people respond?", "what do studies say?",
                 "does it work?", "Is it a cure, and how effective is it?",
                 "how well does it work and what does it feel like?"]  # fmt: skip
    for question in questions:
        for quote in ask(service, question)["quotes"]:
            assert benefit not in quote["text"] or caveat in quote["text"], question


def test_suggestions_are_questions_that_get_an_answer(service: Service) -> None:
    questions = random.Random(1).sample(service.known_questions, 40)
    unanswered = [question for question in questions if ask(service, question)["kind"] != "answer"]
    assert len(unanswered) <= 4, unanswered


def test_the_edition_of_the_clinic_holds_its_two_articles(service: Service) -> None:
    assert [article.id for article in service.articles()] == sorted(
        path.stem for path in (CORPUS / "articles").glob("*.md")
    )
