"""What is different between two editions, in a form that a person can read."""

from __future__ import annotations

from dataclasses import dataclass

from index import Edition


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """An article that differs. ``change`` is added, removed or changed; ``before`` and ``now`` are whole texts
    (front matter fields as lines, then the body), to be shown as a diff; empty where there is none."""

    id: str
    title: str
    change: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class ExampleChange:
    """An example question that differs: what was right for it ``before`` and is ``now``, in words; empty for none."""

    question: str
    after: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class WordingChange:
    """A value of clinic.toml, wording.toml, helplines.toml or checks.toml that differs."""

    file: str
    key: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs between two editions."""

    articles: tuple[ArticleChange, ...] = ()
    examples: tuple[ExampleChange, ...] = ()
    wording: tuple[WordingChange, ...] = ()

    @property
    def summary(self) -> str:
        """One line: "2 articles changed, 1 added, 12 examples, 1 sentence"; "nothing" where nothing differs."""
        raise NotImplementedError


def changes_between(old: Edition | None, new: Edition) -> Changes:
    """What ``new`` has that ``old`` had not, or had otherwise."""
    raise NotImplementedError
