"""Documents, pages and feeds become clean drafts that the corpus accepts."""

from __future__ import annotations

import io

import pytest
from docx import Document
from imports import ATOM, EXPORT, PAGE, lines_pdf, pdf, refused, sound, word

from corpus import article_text, convert, convert_text


def test_a_web_page_gives_its_main_text_without_what_stands_around_it() -> None:
    (found,) = convert(PAGE.encode(), "after.html", "text/html; charset=utf-8", "https://example.org/after")
    assert (found.title, found.source, found.url) == (
        "After the session",
        "The Harbour Clinic",
        "https://example.org/after",
    )
    assert sound(found) == (
        "Most people rest for the remainder of the day. Somebody has to drive you home, because reactions are slower.\n"
        "\n## On the day itself\n\n"
        "Drink water & eat lightly. Read [our page on driving](https://example.org/driving) and this before you plan "
        "anything that needs a clear head.\n\n"
        "- No driving until the next morning\n- No alcohol\n  - Not even a beer\n\n"
        "1. Keep a diary\n2. Come to the follow-up\n\n"
        "## In the days after\n\nSome people feel better within days. Others need several sessions first.\n\n"
        "- One: Rest\n- Two: Walk\n"
    )
    assert any("“Nothing under it”" in note for note in found.notes)
    assert found.original_is_html
    assert found.original == PAGE


@pytest.mark.parametrize(
    "around", ["<div>{}</div>", "<div id='content'><div class='post'>{}</div></div>", "<td>{}</td>"]
)
def test_old_pages_without_a_main_part_lose_no_paragraph(around: str) -> None:
    told = [
        f"<p>Paragraph {each} says what a lantern needs, and it says so in a whole sentence.</p>" for each in "ABCDE"
    ]
    page = f"<html><body><div id='menu'><a href='/'>Home</a></div>{around.format(''.join(told))}</body></html>"
    body = sound(convert(page.encode(), "old.html")[0])
    assert [each in body for each in ("Paragraph A", "Paragraph B", "Paragraph C", "Paragraph D", "Paragraph E")] == [
        True
    ] * 5
    assert "Home" not in body


def test_a_page_made_by_a_program_in_the_browser_says_so() -> None:
    assert "copy its text" in refused(
        b"<html><head><title>App</title></head><body><div id=root></div></body></html>", "a.html"
    )


def test_a_word_document_keeps_headings_lists_and_numbers() -> None:
    data = word(
        ("Title", "After the session"), ("Normal", "Most people rest."),
        ("Heading 1", "On the day"), ("List Bullet", "Water"), ("List Bullet", "A friend"),
        ("Heading 2", "Later"), ("Normal", "Walk * a <b>bit</b>."),
    )  # fmt: skip
    (found,) = convert(data, "after.docx")
    assert found.title == "After the session"
    assert sound(found) == (
        "Most people rest.\n\n## On the day\n\n- Water\n- A friend\n\n### Later\n\nWalk \\* a \\<b>bit\\</b>.\n"
    )


def test_bold_lines_of_a_word_document_without_headings_become_headings() -> None:
    document = Document()
    for text, bold in (
        ("What to bring", True),
        ("Bring water and a friend.", False),
        ("Afterwards", True),
        ("Rest.", False),
    ):
        document.add_paragraph().add_run(text).bold = bold
    out = io.BytesIO()
    document.save(out)
    (found,) = convert(out.getvalue(), "what-to-expect.docx")
    assert found.title == "What to expect"
    assert sound(found) == "## What to bring\n\nBring water and a friend.\n\n## Afterwards\n\nRest.\n"


def test_a_pdf_gives_paragraphs_lists_and_headings_without_its_margins() -> None:
    (found,) = convert(pdf(), "leaflet.pdf")
    body = sound(found)
    assert found.title == "After the session"
    assert "leaflet 7" not in body
    assert "Page " not in body
    paragraph = ("Most people rest for the remainder of the day, since their reactions are slow. " * 9).strip()
    for part in "ABCDEF":
        assert f"## Part {part} of it\n\n{paragraph}\n\nBring these with you:\n\n- A friend\n- Some water" in body


def test_hyphens_of_line_ends_go_and_those_of_words_stay() -> None:
    data = lines_pdf(
        "Some people notice that their anti-",
        "depressant works differently, and a self-",
        "help group may be of use, as is well-being,",
        "and most of the treat-",
        "ment is over within an hour.",
    )
    assert "their antidepressant works" in sound(convert(data, "a.pdf")[0])
    body = convert(data, "a.pdf")[0].body
    assert "a self-help group may be of use, as is well-being, and most of the treatment is over" in body


def test_a_wordpress_export_gives_its_posts_and_pages() -> None:
    samovars, parrots = convert(EXPORT.encode(), "export.xml")
    assert (samovars.title, samovars.source, samovars.url) == (
        "Samovars & tea", "The Harbour Clinic", "https://example.org/samovars",
    )  # fmt: skip
    assert sound(samovars) == "A samovar is filled from the top.\n\nThe lid goes on afterwards.\n\n- Warm the pot\n"
    assert sound(parrots) == "## What it repeats\n\nA parrot repeats what it hears.\n"
    assert any("“Empty”" in note for note in samovars.notes)


def test_a_feed_gives_its_entries() -> None:
    (lanterns,) = convert(ATOM.encode(), "feed")
    assert (lanterns.title, lanterns.source, lanterns.url) == ("Lanterns", "News", "https://example.org/lanterns")
    assert sound(lanterns) == "A lantern needs oil.\n"


def test_markdown_keeps_its_front_matter_and_loses_its_html() -> None:
    text = (
        "---\ntitle: 'Urns: all'\nsource: A clinic\nurl: https://example.org/u\nreviewed: 2020-01-01\n---\n"
        "# Urns: all\n\n"
        "Text <b>bold</b>, <script>alert(1)</script> and [bad](javascript:alert(1)).\n\n<div>\nIn a box.\n</div>\n"
        "\n### Deep\n\nEnd.\n"
    )
    (found,) = convert(text.encode(), "urns.md")
    assert (found.title, found.source, found.url) == ("Urns: all", "A clinic", "https://example.org/u")
    assert sound(found) == "Text bold, and bad.\n\nIn a box.\n\n## Deep\n\nEnd.\n"
    assert "reviewed" not in article_text(found)


def test_pasted_text_finds_its_headings_and_lists() -> None:
    text = (
        "What to bring\n\nBring these with you:\n\n• A friend\n• Some water,\n   in a bottle\n"
        "\nAfterwards\n\n1) Rest\n2) Walk < 3 km\n"
    )
    assert sound(convert_text(text)) == (
        "## What to bring\n\nBring these with you:\n\n- A friend\n- Some water, in a bottle\n\n## Afterwards\n\n"
        "1. Rest\n2. Walk \\< 3 km\n"
    ).replace("\\<", "<")


def test_wrapped_lines_are_one_paragraph_and_long_lines_are_paragraphs() -> None:
    wrapped = (
        "A samovar is filled from the top, and the lid goes on\n"
        "only afterwards, when the water has begun to boil and\nthe pot is warm.\n"
    )
    assert sound(convert_text(wrapped)).count("\n") == 1
    copied = "A samovar is filled from the top. The lid goes on afterwards.\n" * 3
    assert len(sound(convert_text(copied)).split("\n\n")) == 3


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_as_it_was_written(coding: str) -> None:
    (found,) = convert("“Cafés” – it’s 5 % of them.".encode(coding), "a.txt")
    assert sound(found) == "“Cafés” – it’s 5 % of them.\n"
