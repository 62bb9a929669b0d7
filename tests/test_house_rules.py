"""The house rules for authors: what they question, what they refuse, what they leave alone, and where they say so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from conftest import CORPUS
from fakes import article_text, write_corpus

from corpus import Problem, Severity, parse_article

FRONT = "---\ntitle: Ketamine\nsource: A clinic\nreviewed: 2026-05-01\n---\n"
EASY = "You sit in a soft chair. A nurse is with you. You can talk, sleep or rest. We end when you say so. "
HARD = "Comprehensive individualized psychopharmacological interventions necessitate interdisciplinary considerations. "


def said_of(body: str) -> list[Problem]:
    return parse_article(FRONT + body, Path("articles/a.md"), date(2026, 6, 1))[1]


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("Ketamine cures depression.", "cures"),
        ("Results are guaranteed.", "guaranteed"),
        ("It has no side effects.", "no side effects"),
        ("Ketamine is not addictive.", "not addictive"),
        ("It is non-addictive.", "non-addictive"),
        ("This is FDA approved.", "FDA approved"),
        ("It is a miracle.", "miracle"),
        ("It is safe for everyone.", "safe for everyone"),
        ("The infusion relieves depression.", "relieves depression"),
    ],
)
def test_a_claim_is_questioned_where_it_stands_and_stops_nothing(sentence: str, word: str) -> None:
    problems = said_of(f"\n## What it is\n\nIt is given in a chair.\n\n{sentence}\n")
    assert [(each.line, each.severity) for each in problems] == [(11, Severity.WARNING)]
    assert f"'{word}'" in problems[0].message


@pytest.mark.parametrize(
    "sentence",
    [
        "Ketamine is not a cure.",
        "Nothing here is guaranteed.",
        "It is not FDA-approved for depression.",
        "Is ketamine a cure?",
        "It may relieve depression in some people.",
        "In some people it relieves depression.",
    ],
)
def test_what_is_denied_asked_or_hedged_is_no_claim(sentence: str) -> None:
    assert said_of(f"\n{sentence}\n") == []


@pytest.mark.parametrize("sentence", ["The lethal dose is about 20 of it.", "Some pages tell how to overdose."])
def test_a_deadly_amount_or_a_method_is_an_error(sentence: str) -> None:
    (problem,) = said_of(f"\n{sentence}\n")
    assert (problem.line, problem.severity) == (7, Severity.ERROR)


def test_a_sentence_of_more_than_twenty_words_is_hard() -> None:
    twenty = "It's " + "one " * 18 + "well-known."
    assert said_of(f"\n{twenty}\n") == []
    (problem,) = said_of(f"\nA short one. {twenty[:-1]} thing.\n")
    assert (problem.line, problem.severity) == (7, Severity.WARNING)
    assert "a sentence of 21 words" in problem.message


def test_a_hard_text_is_told_by_its_school_grade() -> None:
    assert said_of(f"\n{EASY * 6}\n") == []
    (problem,) = said_of(f"\n{HARD * 10}\n")
    assert (problem.line, problem.severity) == (6, Severity.WARNING)
    assert "aim for grade 6 (age 11) or below" in problem.message


def test_the_clinics_own_articles_have_warnings_and_no_error() -> None:
    for path in sorted((CORPUS / "articles").glob("*.md")):
        problems = parse_article(path.read_text(encoding="utf-8"), path, date(2026, 6, 1))[1]
        assert {each.severity for each in problems} == {Severity.WARNING}
        assert not [each.message for each in problems if "is a claim" in each.message]


def test_many_warnings_of_a_file_are_one_line_on_the_way_to_an_edition(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from chatbot.commands.frame import show_problems
    from corpus import read_corpus

    corpus = write_corpus(
        tmp_path / "corpus", a=article_text("It is a miracle.\n\n" * 4), b=article_text("It cures.\n")
    )
    show_problems(read_corpus(corpus).problems)
    lines = capsys.readouterr().err.splitlines()
    assert f"{corpus}/articles/a.md: 4 warnings; to see them, run: chatbot check" in lines
    assert [line for line in lines if "b.md" in line and "'cures' is a claim" in line]
