"""An article's file goes through a form and back: what nobody touched stays as it was written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from conftest import CORPUS
from hypothesis import given
from hypothesis import strategies as st

from corpus import ARTICLE_FIELDS, parse_article, put_together, take_apart

FILE = "---\ntitle: \"Tea: how it is made\"\nreviewed: 2026-01-02\nsource: 'The Harbour Clinic'\n---\n\nPour.\n"
VALUES = {"title": "A title", "source": "A source"}


@pytest.mark.parametrize("path", sorted((CORPUS / "articles").glob("*.md")), ids=lambda path: path.stem)
def test_the_clinics_own_articles_come_back_unchanged(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    parts = take_apart(text)
    assert parts is not None
    assert put_together(parts.fields, parts.body, text) == text
    assert text.splitlines()[parts.body_line - 2] == "---"


def test_a_field_that_changes_is_rewritten_and_every_other_line_stays() -> None:
    parts = take_apart(FILE)
    assert parts is not None
    assert parts.fields == {"title": "Tea: how it is made", "reviewed": "2026-01-02", "source": "The Harbour Clinic"}
    changed = put_together({**parts.fields, "reviewed": "2026-05-06", "author": "A nurse"}, parts.body, FILE)
    assert changed == FILE.replace("2026-01-02", "2026-05-06").replace("---\n\nP", "author: A nurse\n---\n\nP")
    assert "reviewed" not in put_together({**parts.fields, "reviewed": " "}, parts.body, FILE)


@pytest.mark.parametrize(
    "text",
    [
        "Pour.",
        "---\ntitle: A\nPour.",
        "---\ntitle: A\nnurse: B\n---\nPour.",
        "---\ntitle: [A]\n---\nPour.",
        "---\ntitle: >\n  A\n  B\n---\nPour.",
        "---\n# a remark\ntitle: A\n---\nPour.",
        "---\n- title\n---\nPour.",
        '---\ntitle: "A\n---\nPour.',
    ],
)
def test_what_a_form_could_not_give_back_is_not_taken_apart(text: str) -> None:
    assert take_apart(text) is None


@given(st.dictionaries(st.sampled_from((*ARTICLE_FIELDS[:1], "author")), st.text(min_size=1)))
def test_whatever_is_typed_into_a_field_reads_back(typed: dict[str, str]) -> None:
    fields = {**VALUES, **typed}
    text = put_together(fields, "Pour.\n")
    seen = {
        name: " ".join("".join(each for each in value if each.isprintable() or each.isspace()).split())
        for name, value in fields.items()
    }
    parts = take_apart(text)
    assert parts is not None
    assert {name: parts.fields.get(name, "") for name in fields} == seen
    article, _ = parse_article(text, Path("a.md"), date(2026, 1, 1))
    assert article is None or (article.body, article.title) == ("Pour.\n", seen["title"])
