"""Gaps: what was asked in vain is grouped by meaning, counted by topic and by week."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes import write_corpus

from chatbot import Journal, JournalError, cli, gaps
from chatbot.editorial.gaps import GapQuestion, grouped
from index import Built, Edition, load_edition


@pytest.fixture
def var(tmp_path: Path, build: Callable[..., Built]) -> Path:
    corpus = write_corpus(tmp_path / "corpus")
    (corpus / "questions").mkdir()
    (corpus / "questions" / "not-covered.toml").write_text(
        '[[example]]\ntopic = "cost"\nlabel = "what it costs"\nquestions = ["price"]\n'
    )
    build(corpus, tmp_path / "var")
    return tmp_path / "var"


@pytest.fixture
def edition(var: Path) -> Edition:
    return load_edition(var)


def asked(*texts: str) -> list[GapQuestion]:
    return [GapQuestion(number, date(2026, 6, 1), text) for number, text in enumerate(texts)]


def texts(questions: list[GapQuestion], edition: Edition) -> list[set[str]]:
    return [{each.text for each in group.questions} for group in grouped(questions, edition)]


def test_questions_of_one_meaning_make_a_group_the_largest_first(edition: Edition) -> None:
    found = texts(asked("a parrot", "an urn", "the macaw", "a fiddle", "samovars", "my urn", "a lamp"), edition)
    assert found[0] == {"an urn", "samovars", "my urn"}
    assert found[1] == {"a parrot", "the macaw"}
    assert sorted(map(sorted, found[2:])) == [["a fiddle"], ["a lamp"]]


def test_five_alike_make_a_suggestion(edition: Edition) -> None:
    four = grouped(asked("urn a", "urn b", "urn c", "urn d"), edition)
    five = grouped(asked("urn a", "urn b", "urn c", "urn d", "samovar"), edition)
    assert [group.is_suggestion for group in (*four, *five)] == [False, True]


def test_the_most_typical_question_stands_first(edition: Edition) -> None:
    group = grouped(asked("urn and macaw", "urn", "samovar"), edition)[0]
    assert group.questions[0].text in ("urn", "samovar")
    assert group.questions[-1].text == "urn and macaw"


def test_words_that_mean_nothing_to_the_encoder_are_not_thrown_together(edition: Edition) -> None:
    assert len(grouped(asked("which bus", "what tram", "whose horse"), edition)) == 3
    assert grouped([], edition) == []


def test_gaps_are_read_from_the_journal(var: Path, edition: Edition) -> None:
    journal = Journal.beside(var)
    for text in ("an urn", "the samovar", "a macaw"):
        journal.record_unanswered(text, edition.id)
    for kind, topic in (("answer", ""), ("not_covered", "cost"), ("not_covered", "cost"), ("not_covered", "old_one")):
        journal.record(kind, "", [], 3, edition.id, topic)
    journal.flush(30)
    found = gaps(journal, edition)
    assert [len(group.questions) for group in found.groups] == [2, 1]
    assert dict(found.topics) == {"what it costs": 2, "old one": 1}
    monday = date.today() - timedelta(days=date.today().weekday())
    assert sum(replies for replies, _ in found.weeks.values()) == 4
    assert sum(missed for _, missed in found.weeks.values()) == 3
    assert all(each.weekday() == 0 for each in found.weeks)
    assert monday - max(found.weeks) <= timedelta(days=7)
    journal.dismiss([each.number for each in found.groups[0].questions])
    assert [len(group.questions) for group in gaps(journal, edition).groups] == [1]
    shown = CliRunner().invoke(cli.main, ["gaps", "--var", str(var)])
    assert shown.exit_code == 0
    assert "a macaw" in shown.stdout
    assert "what it costs" in shown.stdout


def test_an_empty_journal_has_no_gaps(var: Path, edition: Edition) -> None:
    found = gaps(Journal.beside(var), edition)
    assert (found.groups, dict(found.topics), dict(found.weeks)) == ((), {}, {})


def test_a_journal_that_cannot_be_read_is_an_error(var: Path, edition: Edition) -> None:
    (var / "journal.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(JournalError):
        gaps(Journal.beside(var), edition)
