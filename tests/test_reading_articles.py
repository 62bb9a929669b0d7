"""An article is read as its author wrote it: not a character more, fewer or other."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from conftest import CORPUS
from fakes import write_corpus
from hypothesis import given
from hypothesis import strategies as st

from corpus import Article, blocks, errors, parse_article, read_articles, take_apart

GOLDEN = Path(__file__).parent / "golden" / "articles"
HERE = Path("articles/a.md")
TODAY = date(2026, 6, 1)
SOUND = "---\ntitle: A title\nsource: A clinic\nreviewed: 2026-05-01\n---\n"
MARK = re.compile(r"^\s*(?:#{1,6}|[-•*]|\d+\.)\s+")


def article(text: str) -> Article:
    found, problems = parse_article(text, HERE, TODAY)
    assert not errors(problems), problems
    assert found
    return found


def lines(text: str) -> list[str]:
    """The sentences and bullets of a text, one a line, without the marks in front and the angle brackets of links."""
    bare = (MARK.sub("", line).strip() for line in text.splitlines())
    return [re.sub(r"^<(https?://\S+)>$", r"\1", line) for line in bare if line]


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.txt")))
def test_every_sentence_and_bullet_of_an_article_is_kept_character_for_character(name: str) -> None:
    golden = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    kept = article((CORPUS / "articles" / f"{name}.md").read_text(encoding="utf-8"))
    assert [kept.title, *lines(kept.body)] == lines(golden)


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.txt")))
def test_headings_and_lists_of_an_article_are_marked_up(name: str) -> None:
    golden = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    kept = article((CORPUS / "articles" / f"{name}.md").read_text(encoding="utf-8"))
    found = blocks(kept.body)
    items = [MARK.sub("", line).strip() for line in golden if re.match(r"\s*(?:[-•]|\d+\.)\s", line)]
    links = [line for line in golden if line.startswith("https://")]
    listed = [kept.body[block.start : block.end].strip("<>") for block in found if block.kind == "item"]
    assert listed == [*items, *links]
    assert sum(block.kind == "heading" for block in found) >= 6
    assert not [line for line in kept.body.splitlines() if line.lstrip().startswith("•")]


def test_website_furniture_is_left_out() -> None:
    bodies = " ".join(each.body for each in read_articles(CORPUS / "articles").articles).lower()
    assert not [words for words in ("share this article", "facebook", "pinterest", "leave a reply") if words in bodies]


def test_offsets_count_from_the_first_character_after_the_front_matter() -> None:
    assert article(SOUND + "First.\n").body == "First.\n"
    assert article(SOUND + "\n\nFirst.\n").body == "\n\nFirst.\n"
    assert article(SOUND + "No newline at the end").body == "No newline at the end"


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_line_ends_stay_as_they_are(newline: str) -> None:
    body = f"One.{newline}{newline}- Two{newline}- Three{newline}"
    found = article(SOUND.replace("\n", newline) + body)
    assert found.body == body
    assert [found.body[each.start : each.end] for each in blocks(found.body)] == ["One.", "Two", "Three"]


def test_a_byte_order_mark_is_not_part_of_the_article(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbf" + (SOUND + "“Fine.”\n").encode())
    reading = read_articles(tmp_path)
    assert [each.body for each in reading.articles] == ["“Fine.”\n"]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1).filter(str.strip))
def test_any_body_is_kept(body: str) -> None:
    found, _ = parse_article(SOUND + body, HERE, TODAY)
    assert found
    assert found.body == body


def test_every_field_is_read() -> None:
    matter = (
        "title: 'A: title'\nsource: S\nreviewed: 2026-05-01\n"
        "url: https://example.org/a?b=1\nauthor: Dr. Å\nlanguage: es"
    )
    found = article(f"---\n{matter}\n---\nText.")
    assert found == Article("a", "A: title", "S", "Text.", date(2026, 5, 1), "https://example.org/a?b=1", "Dr. Å", "es")


def test_front_matter_that_is_nested_without_end_is_a_problem_like_others() -> None:
    found, problems = parse_article(f"---\ntitle: {'[' * 5000}\n---\nA sentence.\n", HERE, TODAY)
    assert found is None
    assert errors(problems)
    assert take_apart(f"---\ntitle: {'[' * 5000}\n---\nA sentence.\n") is None


def test_values_that_look_like_something_else_stay_words() -> None:
    found = article("---\ntitle: 2026\nsource: no\n---\nText.")
    assert (found.title, found.source) == ("2026", "no")


def test_a_line_of_dashes_in_the_text_ends_nothing() -> None:
    assert article(SOUND + "One.\n\n---\n\nTwo.\n").body == "One.\n\n---\n\nTwo.\n"


def test_articles_come_in_the_order_of_their_ids_from_subfolders_too(tmp_path: Path) -> None:
    write_corpus(tmp_path, b=SOUND + "B.", c=SOUND + "C.")
    (tmp_path / "articles" / "more").mkdir()
    (tmp_path / "articles" / "more" / "a.md").write_text(SOUND + "A.")
    assert [each.id for each in read_articles(tmp_path / "articles").articles] == ["a", "b", "c"]


def test_other_files_and_folders_are_no_articles(tmp_path: Path) -> None:
    write_corpus(tmp_path, a=SOUND + "A.")
    (tmp_path / "articles" / "notes.txt").write_text("notes")
    reading = read_articles(tmp_path / "articles", TODAY)
    assert [each.id for each in reading.articles] == ["a"]
    assert not reading.problems
