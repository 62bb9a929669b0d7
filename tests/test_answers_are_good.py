"""Answers on held-out questions, written apart from the examples: floors that must not fall."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot import Chatbot
from chatbot.evaluating import Outcome, evaluate, read_expectations, share, table
from chatbot.report import write_report
from chatbot.safety import load_screen
from corpus import read_corpus
from index import load_edition

pytestmark = pytest.mark.model
GOLDEN = Path("tests/golden/questions.toml")
LATER = (Path("tests/golden/questions_second.toml"), Path("tests/golden/questions_third.toml"))
"""By writers who had read the articles and none of the other questions."""
FLOORS = {
    "plain": 0.93,
    "paraphrase": 0.85,
    "misspelt": 0.88,
    "follow_up": 0.85,
    "two_in_one": 0.80,
    "on_topic_not_covered": 0.82,
    "off_topic": 0.92,
    "personal": 0.85,
    "smalltalk": 0.85,
}


@pytest.fixture(scope="module")
def chatbot(edition_var: Path) -> Chatbot:
    return Chatbot.of(load_edition(edition_var), load_screen())


@pytest.fixture(scope="module")
def outcomes(chatbot: Chatbot) -> tuple[Outcome, ...]:
    return evaluate(chatbot, read_expectations(GOLDEN))


def test_nine_of_ten_outcomes_are_right(outcomes: tuple[Outcome, ...]) -> None:
    assert share(outcomes) >= 0.90, table(outcomes)


def first_right(outcomes: tuple[Outcome, ...]) -> float:
    answered = [each for each in outcomes if each.expectation.expect == "answer"]
    return sum(each.first for each in answered) / len(answered)


def test_the_first_quote_alone_is_right(outcomes: tuple[Outcome, ...]) -> None:
    assert first_right(outcomes) >= 0.80, table(outcomes)


@pytest.mark.parametrize("path", LATER, ids=lambda path: path.stem)
def test_what_later_writers_ask_is_answered_as_well(path: Path, chatbot: Chatbot) -> None:
    outcomes = evaluate(chatbot, read_expectations(path))
    assert share(outcomes) >= 0.90, table(outcomes)
    assert first_right(outcomes) >= 0.80, table(outcomes)


def test_no_family_falls_below_its_floor(outcomes: tuple[Outcome, ...]) -> None:
    for family, floor in FLOORS.items():
        found = [each for each in outcomes if each.expectation.family == family]
        assert len(found) >= 10
        assert share(found) >= floor, f"{family}\n{table(outcomes)}"


@pytest.mark.parametrize(
    "message",
    [
        "is it safe if i have high bp? what does it feel like?",
        "Can I take it with my lithium? And how long is a session?",
        "how long is a session, and is it ok with my heart condition?",
    ],
)
def test_a_question_beside_one_for_advice_is_not_answered_as_if_in_general(chatbot: Chatbot, message: str) -> None:
    reply = chatbot.reply(message)
    assert reply.kind == "personal"
    assert not reply.quotes
    assert reply.contact


def test_held_out_questions_are_not_examples() -> None:
    taught = {(each.question.lower(), each.after) for each in read_corpus(Path("corpus")).questions.examples}
    expectations = [each for path in (GOLDEN, *LATER) for each in read_expectations(path)]
    assert not [each.ask for each in expectations if not each.after and (each.ask.lower(), "") in taught]
    assert len(expectations) >= 300
    assert sum(each.family == "on_topic_not_covered" for each in expectations) >= 70


def test_the_report_shows_every_failure(chatbot: Chatbot, outcomes: tuple[Outcome, ...]) -> None:
    report = write_report(outcomes[:40], chatbot.edition)
    assert report.count("<svg") == 3
    assert report.count("<article>") == sum(not each.right for each in outcomes[:40])
