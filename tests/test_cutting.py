"""What is quoted makes sense alone: whole sentences, lists with their lead-in, benefits with their caveat."""

from __future__ import annotations

import pytest
from conftest import CORPUS

from corpus import Article, read_articles
from index import Passage, cut, sentence_spans


def passages(body: str) -> tuple[Passage, ...]:
    return cut(Article("a", "A", "S", body))


def texts(body: str) -> list[str]:
    return [passage.text for passage in passages(body)]


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, 0, len(text))]


def answers(body: str) -> list[str]:
    return [span.text for passage in passages(body) for span in passage.sentences]


def test_a_paragraph_is_a_passage() -> None:
    assert texts("One. Two.\nStill two.\n\nThree.\n") == ["One. Two.\nStill two.", "Three."]


def test_a_list_keeps_its_lead_in() -> None:
    body = "Before.\n\nThese help:\n\n- Rest\n- Water\n\nAfter.\n"
    assert texts(body) == ["Before.", "These help:\n\n- Rest\n- Water", "After."]
    assert answers(body) == ["Before.", "Rest", "Water", "After."]


def test_a_list_without_a_lead_in_is_a_passage_with_its_marks() -> None:
    assert texts("Before.\n\n- Rest\n- Water\n") == ["Before.", "- Rest\n- Water"]


@pytest.mark.parametrize("lead", ["These help:", "**These help:**", "*These help:* "])
def test_a_lead_in_alone_answers_nothing(lead: str) -> None:
    assert answers(f"{lead}\n\n- Rest\n") == ["Rest"]
    assert texts(f"{lead}\n") == []


def test_an_item_of_a_nested_list_stands_with_what_is_under_it() -> None:
    body = "It goes so:\n\n1. First:\n   - one thing\n   - another\n2. Second: all at once.\n"
    assert texts(body) == ["1. First:\n   - one thing\n   - another", "Second: all at once."]
    assert answers(body) == ["one thing", "another", "Second: all at once."]


def test_a_passage_knows_the_headings_above_it() -> None:
    body = "# Book\n\nZero.\n\n## One ##\n\nA.\n\n### Deep\n\nB.\n\n## Two\n\nC.\n"
    found = [(passage.text, passage.headings) for passage in passages(body)]
    assert found == [
        ("Zero.", ("Book",)), ("A.", ("Book", "One")), ("B.", ("Book", "One", "Deep")), ("C.", ("Book", "Two"))
    ]  # fmt: skip


def test_a_heading_is_never_part_of_a_passage() -> None:
    assert "Heading" not in " ".join(texts("# Heading\n\nText.\n\nHeading two\n===========\n\nMore.\n"))


@pytest.mark.parametrize(
    "heading",
    ["Sources & References", "References", "REFERENCES:", "Sources", "Further reading", "Bibliography", "Citations",
     "Sources and further reading"],
)  # fmt: skip
def test_references_are_never_quoted(heading: str) -> None:
    listed = "Smith et al. found it.\n\n- <https://example.org>\n\n### Books\n\nA book.\n\n"
    body = f"Text.\n\n## {heading}\n\n{listed}## Next\n\nMore.\n"
    assert texts(body) == ["Text.", "More."]


@pytest.mark.parametrize("heading", ["Sources of support", "Reference ranges", "Where the sources are"])
def test_a_section_that_only_sounds_like_references_is_quoted(heading: str) -> None:
    assert texts(f"## {heading}\n\nText.\n") == ["Text."]


@pytest.mark.parametrize("link", ["https://example.org/a", "<https://example.org/a>", "[www.example.org]"])
def test_a_bare_link_answers_nothing(link: str) -> None:
    assert texts(f"{link}\n\n- {link}\n") == []


@pytest.mark.parametrize(
    "start", ["That said, not everyone.", "However, it may not.", "It’s not for everyone.", "Still, ask."]
)
def test_a_benefit_knows_the_caveat_that_follows(start: str) -> None:
    benefit, caveat = passages(f"It helps many people.\n\n{start} More.\n")
    assert benefit.caveat_end == caveat.end
    assert caveat.caveat_end is None


def test_a_caveat_of_another_section_belongs_to_nothing() -> None:
    benefit, _ = passages("## One\n\nIt helps.\n\n## Two\n\nHowever, no.\n")
    assert benefit.caveat_end is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("Is it? Yes! No…", ["Is it?", "Yes!", "No…"]),
        ("He said “yes.” She left.", ["He said “yes.”", "She left."]),
        ("Dr. Ashford is here. He waits.", ["Dr. Ashford is here.", "He waits."]),
        ("Some, e.g. 4–6 sessions. Then more.", ["Some, e.g. 4–6 sessions.", "Then more."]),
        ("It costs 4.50 in all. Fine.", ["It costs 4.50 in all.", "Fine."]),
        ("By the U.S. Senate. Done.", ["By the U.S. Senate.", "Done."]),
        ("It works (mostly.) Then rest.", ["It works (mostly.)", "Then rest."]),
        ("See example.org. then go on", ["See example.org. then go on"]),
        ("No end", ["No end"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


def test_line_ends_of_every_kind_cut_alike() -> None:
    body = "# A\n\nHelp:\n\n- One\n- Two\n\nText. More.\n"
    plain = [text.split() for text in texts(body)]
    for newline in ("\r\n", "\r"):
        assert [text.split() for text in texts(body.replace("\n", newline))] == plain


def test_every_sentence_of_the_two_articles_but_lead_ins_and_questions_stands_in_a_passage() -> None:
    for article in read_articles(CORPUS / "articles").articles:
        found = cut(article)
        covered = {place for passage in found for place in range(passage.start, passage.end)}
        body = article.body.split("## Sources & References")[0]
        lost = "".join(mark for place, mark in enumerate(body) if place not in covered)
        left = [line for line in lost.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        assert [line for line in left if not line.endswith((":", "?”")) and line.strip(" -.0123456789")] == []
