"""A whole corpus folder, read at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from corpus.article import Article
from corpus.checks import Check, read_checks
from corpus.clinic import Clinic, read_clinic
from corpus.helplines import Helplines, read_helplines
from corpus.problem import Problem
from corpus.questions import Questions, read_questions
from corpus.reader import read_articles
from corpus.wording import Wording, read_wording


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything that staff wrote, and every problem in it."""

    folder: Path
    articles: tuple[Article, ...]
    questions: Questions
    clinic: Clinic
    wording: Wording
    helplines: Helplines
    problems: tuple[Problem, ...]
    checks: tuple[Check, ...] = ()


def read_corpus(folder: Path, today: date | None = None) -> Corpus:
    """Read the folder; never raises for what is in the files, see ``problems``."""
    reading = read_articles(folder / "articles", today)
    questions, found = read_questions(folder / "questions", reading.articles)
    checks, wrong = read_checks(folder / "checks.toml", reading.articles)
    words = read_words(folder, today)
    return replace(
        words,
        articles=reading.articles,
        questions=questions,
        checks=checks,
        problems=(*reading.problems, *found, *wrong, *words.problems),
    )


def read_words(folder: Path, today: date | None = None) -> Corpus:
    """The folder without its articles and questions: who the clinic is and what is said around the quotes."""
    clinic, clinic_problems = read_clinic(folder / "clinic.toml")
    wording, wording_problems = read_wording(folder / "wording.toml")
    helplines, helpline_problems = read_helplines(folder / "helplines.toml", today)
    problems = (*clinic_problems, *wording_problems, *helpline_problems)
    return Corpus(folder, (), Questions(), clinic, wording, helplines, problems)
