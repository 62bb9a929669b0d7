"""Staff see everything that is wrong in one go, each with its file and line, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import CORPUS
from fakes import article_text, write_corpus

from chatbot.cli import main
from corpus import CorpusError, Severity, errors, parse_article, read_corpus
from index import Built

TODAY = date(2026, 6, 1)
QUESTIONS = """[[example]]
answers = [{ article = "sound", quote = "This stands here." }]
questions = ["Where does this stand?"]

[[example]]
answers = [{ article = "sound", quote = "This stood there." }]
questions = ["Where did this stand?"]

[[example]]
answers = [{ article = "nowhere", quote = "This stands here." }]
questions = ["Where?"]

[[example]]
kind = "poetry"
questions = ["Roses?"]

[[example]]
topic = "cost"
kind = "personal"
questions = ["Cost?"]

[[example]]
topic = "cost"
asks = ["Cost?"]

[[example]]
topic = "cost"
questions = []
"""


def broken(folder: Path) -> Path:
    """A corpus with every mistake there is."""
    write_corpus(
        folder,
        sound=article_text("This stands here.\n"),
        unknown="---\ntitle: A\nsource: S\nreviewd: 2026-01-01\n---\nText.\n",
        missing="---\nreviewed: 2026-01-01\n---\nText.\n",
        malformed="---\ntitle: A\nsource: S\nreviewed: soon\nurl: www.example.org\nlanguage: English!\n---\nText.\n",
        empty=article_text(" \n\n"),
        twice="---\ntitle: A\ntitle: B\nsource: S\n---\nText.\n",
        nothing="Just text.\n",
        open="---\ntitle: A\nsource: S\nText.\n",
        yaml="---\ntitle: A: B: C\nsource: S\n---\nText.\n",
        future="---\ntitle: A\nsource: S\nreviewed: 2999-01-01\n---\nText.\n",
        headings=article_text("# One\n\nText.\n\n## Two\n\n## Three\n\nText.\n\n### Four\n"),
        nul=article_text("A\x00B\n"),
    )
    (folder / "articles" / "zoo").mkdir()
    (folder / "articles" / "zoo" / "Sound.md").write_text(article_text("Again.\n"))
    (folder / "articles" / "latin.md").write_bytes("---\ntitle: A\nsource: S\n---\n\nCafé\n".encode("latin-1"))
    (folder / "clinic.toml").write_text('nam = "A"\nwebsite = "example.org"\n\n[[contact]]\nlabel = "Call"\n')
    (folder / "wording.toml").write_text('[lead]\nanswer = "Hello {name}"\nanswr = "Hello"\nempty = ""\n')
    (folder / "helplines.toml").write_text("checked = 2026-05-01\n")
    (folder / "questions").mkdir()
    (folder / "questions" / "a.toml").write_text(QUESTIONS)
    (folder / "questions" / "b.toml").write_text("[[example]\n")
    return folder


EXPECTED = [
    "articles/unknown.md:4: unknown field 'reviewd'",
    "articles/missing.md:1: missing 'title: ...'",
    "articles/missing.md:1: missing 'source: ...'",
    "articles/malformed.md:4: expected 'reviewed: YYYY-MM-DD', found 'soon'",
    "articles/malformed.md:5: expected 'url: https://...', found 'www.example.org'",
    "articles/malformed.md:6: expected 'language: en'",
    "articles/empty.md:6: the article has no text",
    "articles/twice.md:3: 'title' is written twice",
    "articles/nothing.md:1: expected front matter",
    "articles/open.md:1: expected front matter",
    "articles/yaml.md:2: front matter that is not 'name: value' lines",
    "articles/future.md:1: the review date 2999-01-01 is in the future",
    "articles/headings.md:10: the heading 'Two' has no text under it",
    "articles/headings.md:16: the heading 'Four' has no text under it",
    "articles/nul.md:6: the text holds a NUL character",
    "articles/zoo/Sound.md:1: the article id 'Sound' is already used by",
    "articles/latin.md:6: not UTF-8 text",
    "clinic.toml:1: unknown key 'nam'",
    "clinic.toml:2: expected website = \"https://...\", found 'example.org'",
    "clinic.toml:4: a [[contact]] needs exactly a label and an href",
    "wording.toml:2: lead.answer holds {name}; placeholders it may hold: none",
    "wording.toml:3: unknown key 'lead.answr'",
    'wording.toml:4: expected lead.empty = "a sentence"',
    "helplines.toml:1: no [[crisis]] line",
    "helplines.toml:1: no [[foot]] line",
    "questions/a.toml:6: left out: the article 'sound' does not hold the words 'This stood there.'",
    "questions/a.toml:10: left out: there is no article 'nowhere'",
    "questions/a.toml:13: unknown kind 'poetry'",
    "questions/a.toml:17: an entry needs exactly one of: answers, topic, kind",
    "questions/a.toml:22: unknown 'asks'",
    "questions/a.toml:26: no questions",
    "questions/b.toml:1: not valid TOML here",
]


@pytest.fixture
def lines(tmp_path: Path) -> list[str]:
    result = CliRunner().invoke(main, ["check", "--corpus", str(broken(tmp_path / "corpus"))])
    assert result.exit_code == 1
    assert not result.exception or isinstance(result.exception, SystemExit)
    return [line.removeprefix(f"{tmp_path / 'corpus'}/") for line in result.stdout.splitlines()]


@pytest.mark.parametrize("expected", EXPECTED)
def test_check_lists_every_problem_with_file_and_line(lines: list[str], expected: str) -> None:
    assert [line for line in lines if line.startswith(expected)], "\n".join(lines)


def test_two_articles_with_one_id_name_each_other(lines: list[str]) -> None:
    found = [line for line in lines if "is already used by" in line]
    assert len(found) == 1
    assert "articles/zoo/Sound.md" in found[0]
    assert "articles/sound.md" in found[0]


def test_problems_come_in_the_order_of_files_and_lines(lines: list[str]) -> None:
    places = [(line.split(":")[0], int(line.split(":")[1])) for line in lines]
    assert places == sorted(places)


def test_every_problem_says_what_to_do_in_one_line(lines: list[str]) -> None:
    assert all(line.strip() and len(line) < 300 for line in lines)


def test_build_lists_the_errors_and_changes_nothing(tmp_path: Path, build: Callable[..., Built]) -> None:
    var = tmp_path / "var"
    with pytest.raises(CorpusError) as caught:
        build(broken(tmp_path / "corpus"), var)
    assert len(caught.value.problems) > 20
    assert all(problem.severity is Severity.ERROR for problem in caught.value.problems)
    assert not var.exists()


def test_an_empty_or_missing_corpus_is_said(tmp_path: Path, build: Callable[..., Built]) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CorpusError, match="no articles here; add at least one file"):
            build(folder, tmp_path / "var")


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("\nShort.\n\n" + "very " * 200 + "long.\n", 9, "warning: this block of 10"),
        ("Short. " + "very " * 300 + "long.\n", 6, "left out: this sentence has 15"),
    ],
)
def test_a_block_that_is_too_long_is_named_and_the_rest_is_published(
    tmp_path: Path, build: Callable[..., Built], body: str, line: int, message: str
) -> None:
    built = build(write_corpus(tmp_path / "corpus", a=article_text(body)), tmp_path / "var")
    assert built.is_new
    expected = f"{tmp_path}/corpus/articles/a.md:{line}: {message}"
    assert [problem for problem in built.problems if str(problem).startswith(expected)], built.problems


def test_a_review_that_is_missing_or_old_is_a_warning() -> None:
    for field, message in (("", "no 'reviewed"), ("reviewed: 2020-01-01\n", "last reviewed 2020-01-01")):
        _, problems = parse_article(f"---\ntitle: A\nsource: S\n{field}---\nText.", Path("a.md"), TODAY)
        assert [problem.severity for problem in problems] == [Severity.WARNING]
        assert problems[0].message.startswith(message)


def test_an_unknown_clinic_contact_is_a_warning(tmp_path: Path) -> None:
    problems = read_corpus(write_corpus(tmp_path)).problems
    assert not errors(problems)
    assert [problem for problem in problems if "no way to reach the clinic" in problem.message]


def test_the_shipped_corpus_has_no_errors_and_leaves_nothing_out() -> None:
    stopping = [problem for problem in read_corpus(CORPUS).problems if problem.severity is not Severity.WARNING]
    assert not stopping, "\n".join(map(str, stopping))
