"""Whatever the bytes and the words: a sound draft, a file name, a front matter and a diff."""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from imports import TODAY, sound

from corpus import Imported, NotImportable, article_text, changes, convert, draft, parse_article, slug
from corpus.importing.pieces import MarkdownReading
from corpus.importing.reading import read_markdown, read_text
from corpus.importing.writing import write

STARTS = [b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html>", b"<rss>", b"# ", b"---\n", b"\xff\xfe", b"{\\rtf"]


@settings(max_examples=15)
@given(
    st.sampled_from(STARTS),
    st.binary(max_size=400),
    st.sampled_from(["a.docx", "a.pdf", "a.html", "a.txt", "", "a.md"]),
)
def test_any_bytes_give_articles_or_one_sentence(start: bytes, rest: bytes, name: str) -> None:
    try:
        found = convert(start + rest, name)
    except NotImportable as error:
        assert str(error)
        return
    assert found
    for each in found:
        sound(each)


MARKDOWN = st.lists(
    st.sampled_from([*"#*_`[]()<>&;!|-+=~:.1\\\n\n  \tab'\"é\x00\u2028\ud800", "\n\n", "- ", "1. ", "## ", "<b>",
                     "</script>", "<script>",
                     "](javascript:x)", "[x](https://e.org/)", "```\n", "---\n", "| a | b |\n|--|--|\n",
                     "&amp;", "\u200b"]),
    max_size=60,
).map("".join)  # fmt: skip


@settings(max_examples=400)
@given(st.one_of(MARKDOWN, st.text(max_size=200)))
@example("- a\n  3. b\n\n3. c\n")
@example("a\n===\nb\n---\n")
@example("\\<b>x\\</b> &lt;script>")
def test_any_text_becomes_a_sound_article_that_reads_back_the_same(text: str) -> None:
    for read in (read_markdown, read_text):
        try:
            found = read(text, "a.md")
        except NotImportable as error:
            assert "no text" in str(error)
            continue
        body = sound(found)
        again = MarkdownReading()
        assert write(again.pieces(body)) == body
        assert not [note for note in again.notes if "HTML" in note]


@given(st.text(max_size=300))
def test_any_title_makes_a_file_name(title: str) -> None:
    assert set(slug(title)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 0 < len(slug(title)) <= 80


@given(st.text(max_size=120), st.text(max_size=120))
def test_any_title_and_source_stay_inside_the_front_matter(title: str, source: str) -> None:
    text = article_text(Imported(title, "Words.\n"), f"x{source}")
    article, problems = parse_article(text, Path("a.md"), TODAY)
    assert article is not None
    assert not [each for each in problems if each.severity.value == "error"]
    assert article.body.strip() == "Words."


def test_changes_name_every_paragraph_and_mark_the_words() -> None:
    old = "## Oil\n\nA lantern needs oil, and it burns all night.\n\n- Warm\n- Cold\n\nGone.\n"
    new = "## Oil\n\nA lantern needs much oil, and it burns all day.\n\n- Warm\n- Hot\n- Cold\n"
    found = changes(old, new)
    assert [each.kind for each in found] == ["kept", "changed", "kept", "added", "kept", "removed"]
    assert [(run.kind, run.text) for run in found[1].words if run.kind != "kept"] == [
        ("added", " much"), ("removed", "night"), ("added", "day"),
    ]  # fmt: skip


@given(MARKDOWN, MARKDOWN)
def test_changes_hold_both_texts(old: str, new: str) -> None:
    found = changes(old, new)
    for side, kept in (("old", ("kept", "removed")), ("new", ("kept", "added"))):
        for change in found:
            if change.kind == "changed":
                assert "".join(run.text for run in change.words if run.kind in kept) == getattr(change, side)
    assert all(change.kind == "kept" for change in changes(old, old))


def test_a_page_imported_again_finds_its_article_and_loses_its_review(tmp_path: Path) -> None:
    folder = tmp_path / "articles" / "deep"
    folder.mkdir(parents=True)
    kept = "---\nsource: 'A: clinic'\ntitle: Our own title\nauthor: Dr. X\n"
    front = f"{kept}url: https://example.org/a/\nreviewed: 2026-01-01\n---\n"
    (folder / "ours.md").write_text(f"{front}\nOld words.\n", "utf-8")
    planned = draft(tmp_path, Imported("Their title", "New words.\n", "Them", "https://example.org/a"))
    assert (planned.id, planned.path) == ("ours", folder / "ours.md")
    assert planned.text == (f"{kept}url: https://example.org/a\n---\n\nNew words.\n")
    assert [each.kind for each in changes(planned.before or "", planned.text)] == ["changed", "changed"]
    same = draft(tmp_path, Imported("Their title", "Old words.\n", "Them", "https://example.org/a/"))
    assert same.text == same.before
