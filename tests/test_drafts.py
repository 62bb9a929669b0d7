"""Drafts: nobody's text is lost, every article shows its state, and a thousand are listed at once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest
from fakes import PARROTS, SAMOVARS, article_text, write_corpus

from chatbot import Drafts, EditConflict, EditorialError
from corpus import read_articles
from index import Built

Build = Callable[..., Built]


@pytest.fixture
def drafts(corpus: Path, var: Path) -> Drafts:
    """The drafts of ``corpus``, which is published as it is."""
    return Drafts(corpus, var)


def states(drafts: Drafts) -> dict[str, str]:
    return {each.id: each.state for each in drafts.articles()}


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_article_shows_its_state(drafts: Drafts, corpus: Path) -> None:
    assert states(drafts) == {"parrots": "published", "samovars": "published"}
    text, version = drafts.text("parrots")
    assert text == PARROTS
    changed = drafts.save("parrots", text.replace("what it hears", "all it hears"), version)
    added = drafts.save("dinghies", article_text("A dinghy is rowed."), None)
    broken = drafts.save("lanterns", "no front matter", None)
    drafts.remove("samovars", drafts.text("samovars")[1])
    assert (changed.state, added.state, broken.state) == ("changed", "new", "broken")
    assert states(drafts) == {"dinghies": "new", "lanterns": "broken", "parrots": "changed", "samovars": "removed"}
    assert [str(each) for each in broken.problems] == [
        f"{corpus}/articles/lanterns.md:1: expected front matter: a line '---', then 'title:' and 'source:', "
        "then a line '---'"
    ]
    undone = drafts.save("parrots", PARROTS, changed.version)
    assert (undone.state, undone.version) == ("published", version)


def test_without_an_edition_every_article_is_new(corpus: Path, tmp_path: Path) -> None:
    assert states(Drafts(corpus, tmp_path / "nothing")) == {"parrots": "new", "samovars": "new"}


def test_the_second_of_two_edits_is_told_and_nothing_is_lost(drafts: Drafts) -> None:
    text, version = drafts.text("parrots")
    first = drafts.save("parrots", text + "\nThe first.\n", version)
    with pytest.raises(EditConflict, match="somebody else changed it meanwhile") as told:
        drafts.save("parrots", text + "\nThe second.\n", version)
    assert (told.value.theirs, told.value.version) == (text + "\nThe first.\n", first.version)
    assert drafts.text("parrots") == (text + "\nThe first.\n", first.version)
    drafts.save("parrots", told.value.theirs + "\nThe second.\n", told.value.version)
    assert drafts.text("parrots")[0].endswith("The first.\n\nThe second.\n")


def test_of_many_who_save_at_once_one_wins_and_the_others_are_told(drafts: Drafts) -> None:
    text, version = drafts.text("parrots")
    barrier, told, saved = Barrier(8), [], []

    def save(number: int) -> None:
        barrier.wait()
        try:
            saved.append(drafts.save("parrots", f"{text}\nNumber {number}.\n", version))
        except EditConflict as conflict:
            told.append(conflict.theirs)

    threads = [Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(saved), len(told)) == (1, 7)
    assert set(told) == {drafts.text("parrots")[0]}


def test_an_article_removed_or_made_meanwhile_is_told(drafts: Drafts) -> None:
    text, version = drafts.text("parrots")
    drafts.remove("parrots", version)
    with pytest.raises(EditConflict) as told:
        drafts.save("parrots", text, version)
    assert (told.value.theirs, told.value.version) == ("", "")
    drafts.save("new", article_text("One."), None)
    with pytest.raises(EditConflict) as told:
        drafts.save("new", article_text("Two."), None)
    assert told.value.theirs == article_text("One.")
    with pytest.raises(EditConflict):
        drafts.remove("new", version)


def test_what_is_removed_comes_back_as_it_was(drafts: Drafts, corpus: Path) -> None:
    before = tree(corpus)
    drafts.remove("samovars", drafts.text("samovars")[1])
    assert [each.id for each in read_articles(corpus / "articles").articles] == ["parrots"]
    with pytest.raises(EditorialError, match="there is no such article"):
        drafts.text("samovars")
    assert drafts.restore("samovars").state == "published"
    assert tree(corpus) == before
    with pytest.raises(EditorialError, match="the draft holds an article of this name"):
        drafts.restore("samovars")
    with pytest.raises(EditorialError, match="nothing was removed under this name"):
        drafts.restore("dinghies")


def test_removing_twice_keeps_both(drafts: Drafts, corpus: Path) -> None:
    for words in ("One.", "Two.", "Three."):
        drafts.remove("notes", drafts.save("notes", article_text(words), None).version)
    kept = {path.read_text() for path in (corpus / ".removed").iterdir()}
    assert kept == {article_text(words) for words in ("One.", "Two.", "Three.")}
    drafts.restore("notes")
    assert drafts.text("notes")[0] == article_text("Three.")


def test_a_published_article_whose_file_vanished_comes_back(drafts: Drafts, corpus: Path) -> None:
    (corpus / "articles" / "samovars.md").unlink()
    assert states(drafts)["samovars"] == "removed"
    assert drafts.restore("samovars").state == "published"


def test_an_article_in_a_folder_stays_there(drafts: Drafts, corpus: Path) -> None:
    (corpus / "articles" / "birds").mkdir()
    (corpus / "articles" / "parrots.md").rename(corpus / "articles" / "birds" / "parrots.md")
    text, version = drafts.text("parrots")
    drafts.remove("parrots", drafts.save("parrots", text + "\nMore.\n", version).version)
    drafts.restore("parrots")
    assert (corpus / "articles" / "birds" / "parrots.md").read_text() == text + "\nMore.\n"


@pytest.mark.parametrize("name", ["", "../parrots", "a/b", ".hidden", "a b", "x" * 101, "nul\x00", "Parrots"])
def test_a_name_that_cannot_be_a_file_or_is_taken_is_refused(drafts: Drafts, corpus: Path, name: str) -> None:
    before = tree(corpus)
    with pytest.raises(EditorialError):
        drafts.save(name, article_text("Words."), None)
    assert tree(corpus) == before


def test_a_form_does_not_change_line_ends(drafts: Drafts, corpus: Path) -> None:
    path = corpus / "articles" / "parrots.md"
    version = drafts.save("parrots", PARROTS.replace("\n", "\r\n"), drafts.text("parrots")[1]).version
    assert path.read_bytes() == PARROTS.encode()
    path.write_bytes(PARROTS.replace("\n", "\r\n").encode())
    assert version != drafts.text("parrots")[1]
    drafts.save("parrots", PARROTS + "\nMore.\n", drafts.text("parrots")[1])
    assert path.read_bytes() == (PARROTS + "\nMore.\n").replace("\n", "\r\n").encode()


def test_half_a_character_is_refused_and_nothing_is_written(drafts: Drafts) -> None:
    with pytest.raises(EditorialError, match="half a character"):
        drafts.save("parrots", PARROTS + "\ud800", drafts.text("parrots")[1])
    assert drafts.text("parrots")[0] == PARROTS


def test_a_preview_shows_passages_problems_and_examples_it_would_break(drafts: Drafts, corpus: Path) -> None:
    (corpus / "questions").mkdir()
    (corpus / "questions" / "some.toml").write_text(
        '[[example]]\nanswers = [{ article = "parrots", quote = "A parrot repeats what it hears." }]\nquestions = ["x"]'
    )
    before = tree(corpus)
    same = drafts.preview("parrots", PARROTS)
    assert same.article
    assert (same.broken, same.problems) == ((), ())
    assert same.passages[0].text == "A parrot repeats what it hears."
    edited = drafts.preview("parrots", PARROTS.replace("it hears", "it likes") + "\nIt is a miracle.\n")
    assert edited.broken == ("A parrot repeats what it hears.",)
    assert any("'miracle' is a claim" in str(each) for each in edited.problems)
    assert drafts.preview("parrots", "nothing").article is None
    assert tree(corpus) == before


def test_problems_are_those_of_check(drafts: Drafts, corpus: Path) -> None:
    (corpus / "checks.toml").write_text('[[check]]\nask = "What?"\nexpect = "answer"\nquote = "not there"\n')
    drafts.save("broken", "no front matter", None)
    found = [str(each) for each in drafts.problems()]
    assert any(each.startswith(f"{corpus}/articles/broken.md:1: expected front matter") for each in found)
    assert any(each.startswith(f"{corpus}/checks.toml:1: left out: the articles do not hold") for each in found)


def test_a_thousand_articles_are_listed_in_under_a_second(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", **{f"n{n:04}": article_text(f"Number {n}.") for n in range(1000)})
    first = Drafts(corpus, tmp_path / "var").articles()
    began = time.process_time()
    again = Drafts(corpus, tmp_path / "var").articles()
    took = time.process_time() - began
    assert again == first
    assert len(again) == 1000
    assert took < 0.6, f"{took:.2f} s"
    path = corpus / "articles" / "n0500.md"
    path.write_text(path.read_text().replace("An article", "Another title"))
    assert Drafts(corpus, tmp_path / "var").articles()[500].title == "Another title"


def test_the_list_is_right_when_its_cache_is_damaged(drafts: Drafts, corpus: Path, tmp_path: Path) -> None:
    first = drafts.articles()
    cache = tmp_path / "var" / "drafts.json"
    for damage in ("", "{", "[]", '{"rules": 1}', cache.read_text().replace('"files": {', '"files": {"x": [1], ')):
        cache.write_text(damage)
        assert Drafts(corpus, tmp_path / "var").articles() == first


def test_an_edit_of_the_same_length_is_noticed(drafts: Drafts, corpus: Path) -> None:
    drafts.articles()
    path = corpus / "articles" / "samovars.md"
    stat = path.stat()
    path.write_text(SAMOVARS.replace("from the top", "from the lid"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1000))
    assert states(drafts)["samovars"] == "changed"
