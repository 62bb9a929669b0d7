"""Teaching: what is taught is in the next edition, reads well, can be taken back; broken examples are aimed anew."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Thread

import pytest
from conftest import ROOT
from fakes import SAMOVARS, write_corpus

from chatbot import Chatbot, EditorialError, Sentence, Teaching, Topic
from chatbot.safety import Screen
from corpus import Example, read_articles, read_questions
from index import Built, load_edition

TOP = "A samovar is filled from the top."
HEARS = "A parrot repeats what it hears."
OIL = "A lantern needs oil, and it burns all night."
BY_HAND = f"""\
# Written by hand.

[[example]]
# the best first
answers = [
  {{ article = "samovars", quote = "{TOP}" }},  # why not
  {{ quote = 'The lid goes on afterwards.', article = "samovars" }},
]
questions = [
  "how do I fill it",
]
suggest = "How is it filled?"

[[example]]
answers = [{{ article = "samovars", quote = "{TOP}" }}]
questions = ["filling [a] samovar"]
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = write_corpus(tmp_path / "corpus")
    (folder / "questions").mkdir()
    (folder / "questions" / "by-hand.toml").write_text(BY_HAND)
    return folder


@pytest.fixture
def teaching(corpus: Path, tmp_path: Path) -> Teaching:
    return Teaching(corpus, tmp_path / "var")


def examples(corpus: Path, *, of: str) -> list[Example]:
    """What the corpus teaches for a question; the files must be without a problem."""
    found, problems = read_questions(corpus / "questions", read_articles(corpus / "articles").articles)
    assert not problems, problems
    return [each for each in found.examples if each.question == of]


def test_what_is_taught_reads_as_if_written_by_hand(teaching: Teaching, corpus: Path) -> None:
    teaching.teach("is the urn\n filled from above?", "", Sentence("samovars", TOP), "Ana")
    teaching.teach("and then", "what is it", Sentence("samovars", "The lid goes on afterwards."), "Ben")
    teaching.teach('what does "it" cost \\ é', "", Topic("cost", "what it costs"), "Ana\n[[example]]")
    teaching.teach("hello you", "", "smalltalk:greeting", "Ana")
    today = date.today()
    assert (
        (corpus / "questions" / "taught.toml").read_text()
        == f"""\
# What staff taught. Each entry is an example like those of the other files, and may be edited or moved there;
# the line above it says who taught it and when.

# Ana, {today}
[[example]]
answers = [
  {{ article = "samovars", quote = "{TOP}" }},
]
questions = [
  "is the urn filled from above?",
]

# Ben, {today}
[[example]]
answers = [
  {{ article = "samovars", quote = "The lid goes on afterwards." }},
]
follow_ups = [
  {{ after = "what is it", question = "and then" }},
]

# Ana [[example]], {today}
[[example]]
topic = "cost"
label = "what it costs"
questions = [
  "what does \\"it\\" cost \\\\ é",
]

# Ana, {today}
[[example]]
kind = "smalltalk:greeting"
questions = [
  "hello you",
]
"""
    )
    assert [span.text for span in examples(corpus, of="is the urn filled from above?")[0].answers] == [TOP]
    assert examples(corpus, of="and then")[0].after == "what is it"
    assert examples(corpus, of='what does "it" cost \\ é')[0].target == "topic:cost"


def test_what_is_taught_is_answered_by_the_next_edition(
    teaching: Teaching, corpus: Path, tmp_path: Path, build: Callable[..., Built], screen: Screen
) -> None:
    def reply() -> str:
        build(corpus, tmp_path / "var")
        return "".join(quote.text for quote in chatbot().reply("what about the macaw").quotes)

    def chatbot() -> Chatbot:
        return Chatbot.of(load_edition(tmp_path / "var"), screen)

    assert OIL not in reply()
    for question in ("what about the macaw", "a macaw please", "macaws and parrots"):
        teaching.teach(question, "", Sentence("samovars", OIL), "Ana")
    assert OIL in reply()


def test_what_is_taught_is_listed_and_taken_back(teaching: Teaching, corpus: Path) -> None:
    path = corpus / "questions" / "taught.toml"
    first = teaching.teach("one", "", Sentence("samovars", TOP), "Ana")
    alone = path.read_text()
    second = teaching.teach("two", "before", Topic("cost", "what it costs"), "Ben, of Kew")
    assert teaching.taught() == [second, first]
    assert (second.by, second.at, second.after) == ("Ben, of Kew", date.today(), "before")
    teaching.undo(second)
    assert path.read_text() == alone
    with pytest.raises(EditorialError, match="somebody changed this meanwhile"):
        teaching.undo(second)
    teaching.undo(first)
    assert teaching.taught() == []
    assert examples(corpus, of="one") == []


def test_teaching_a_question_again_replaces_what_was_taught(teaching: Teaching, corpus: Path) -> None:
    teaching.teach("one", "", Sentence("samovars", TOP), "Ana")
    teaching.teach("other", "", "offtopic", "Ana")
    teaching.teach("one", "", Sentence("parrots", HEARS), "Ben")
    assert [span.text for each in examples(corpus, of="one") for span in each.answers] == [HEARS]
    assert [each.question for each in teaching.taught()] == ["one", "other"]


def test_an_example_of_another_file_that_says_otherwise_is_named(teaching: Teaching, corpus: Path) -> None:
    taught = teaching.teach("how do I fill it", "", Sentence("parrots", HEARS), "Ana")
    assert taught.elsewhere == f"{corpus}/questions/by-hand.toml:10"
    assert teaching.taught()[0].elsewhere == taught.elsewhere
    assert teaching.teach("how do I fill it", "", Sentence("samovars", TOP), "Ana").elsewhere == ""


@pytest.mark.parametrize(
    ("question", "target", "message"),
    [
        (" ", Sentence("samovars", TOP), "there is no question"),
        ("x", Sentence("samovars", "Not there."), "does not hold the words 'Not there.'"),
        ("x", Sentence("../samovars", TOP), "there is no article"),
        ("x", Topic("", ""), "a topic needs a name"),
        ("x", "answer", "unknown kind 'answer'"),
        ("\ud800", Sentence("samovars", TOP), "half a character"),
    ],
)
def test_what_cannot_be_taught_is_refused(
    teaching: Teaching, corpus: Path, question: str, target: Sentence | Topic | str, message: str
) -> None:
    with pytest.raises(EditorialError, match=message):
        teaching.teach(question, "", target, "Ana")
    assert not (corpus / "questions" / "taught.toml").exists()


def test_what_a_person_wrote_into_the_file_stays(teaching: Teaching, corpus: Path) -> None:
    path = corpus / "questions" / "taught.toml"
    path.write_text(f"# mine\n\n[[example]]\nkind = 'personal' # so\nquestions = ['a', 'b']\n\n{BY_HAND}")
    teaching.teach("one", "", "offtopic", "Ana")
    assert path.read_text().startswith(
        f"# mine\n\n[[example]]\nkind = 'personal' # so\nquestions = ['a', 'b']\n\n{BY_HAND}"
    )
    assert [each.question for each in teaching.taught()] == ["one"]
    path.write_text("broken [")
    with pytest.raises(EditorialError, match=r"taught\.toml: not valid TOML .*; mend the file by hand first"):
        teaching.teach("two", "", "offtopic", "Ana")
    assert path.read_text() == "broken ["


def test_several_who_teach_at_once_all_teach(teaching: Teaching) -> None:
    def teach(number: int) -> None:
        teaching.teach(f"question {number}", "", "offtopic", "Ana")

    threads = [Thread(target=teach, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {each.question for each in teaching.taught()} == {f"question {number}" for number in range(8)}


def test_a_full_disk_loses_nothing_that_was_taught(teaching: Teaching, corpus: Path, tmp_path: Path) -> None:
    for number in range(30):
        teaching.teach(f"question {number}", "", Sentence("samovars", TOP), "Ana")
    before = (corpus / "questions" / "taught.toml").read_bytes()
    code = (
        "from pathlib import Path; from chatbot import Teaching\n"
        f"Teaching(Path({str(corpus)!r}), Path({str(tmp_path / 'var')!r})).teach('one more', '', 'offtopic', 'Ana')"
    )

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, preexec_fn=full)
    assert "OSError: [Errno 27] File too large" in done.stderr
    assert (corpus / "questions" / "taught.toml").read_bytes() == before
    assert [path.name for path in (corpus / "questions").iterdir() if path.name.startswith(".")] == []


# Broken examples.


@pytest.fixture
def edited(corpus: Path) -> Path:
    """The corpus after an edit that changes a sentence which three examples name."""
    text = SAMOVARS.replace(TOP, "One fills a samovar from the very top.")
    (corpus / "articles" / "samovars.md").write_text(text)
    return corpus


NOW = Sentence("samovars", "One fills a samovar from the very top.", "How a samovar is filled")


def test_an_edit_that_breaks_examples_lists_them_with_the_sentence_now(teaching: Teaching, edited: Path) -> None:
    assert Teaching(write_corpus(edited.parent / "other"), edited.parent / "var").broken() == []
    (broken,) = teaching.broken()
    assert (broken.path, broken.line, broken.article, broken.quote) == (
        edited / "questions" / "by-hand.toml", 6, "samovars", TOP,
    )  # fmt: skip
    assert broken.questions == ("how do I fill it", "filling [a] samovar")
    assert broken.nearest == NOW
    assert "does not hold the words" in broken.trouble


def test_a_broken_example_is_aimed_anew_and_the_rest_of_the_file_stays(teaching: Teaching, edited: Path) -> None:
    assert teaching.re_aim(teaching.broken()[0], NOW) == 2
    assert (edited / "questions" / "by-hand.toml").read_text() == BY_HAND.replace(TOP, NOW.quote)
    assert teaching.broken() == []
    assert examples(edited, of="filling [a] samovar")[0].answers[0].text == NOW.quote


def test_a_broken_example_becomes_a_topic_where_nothing_else_answers(teaching: Teaching, edited: Path) -> None:
    assert teaching.re_aim(teaching.broken()[0], Topic("filling", "how it is filled")) == 2
    assert teaching.broken() == []
    assert examples(edited, of="filling [a] samovar")[0].target == "topic:filling"
    kept = examples(edited, of="how do I fill it")[0].answers
    assert [span.text for span in kept] == ["The lid goes on afterwards."]


def test_a_quote_is_left_out_only_where_another_answers(teaching: Teaching, edited: Path) -> None:
    path = edited / "questions" / "by-hand.toml"
    with pytest.raises(EditorialError, match="the only answer of some questions"):
        teaching.re_aim(teaching.broken()[0], None)
    assert path.read_text() == BY_HAND
    path.write_text(BY_HAND[: BY_HAND.rindex("[[example]]")])
    assert teaching.re_aim(teaching.broken()[0], None) == 1
    assert teaching.broken() == []
    assert len(examples(edited, of="how do I fill it")[0].answers) == 1


def test_aiming_at_an_answer_that_an_entry_has_leaves_it_once(teaching: Teaching, edited: Path) -> None:
    teaching.re_aim(teaching.broken()[0], Sentence("samovars", "The lid goes on afterwards."))
    assert len(examples(edited, of="how do I fill it")[0].answers) == 1


def test_an_article_that_was_renamed_is_found_again(teaching: Teaching, corpus: Path) -> None:
    shutil.move(corpus / "articles" / "samovars.md", corpus / "articles" / "urns.md")
    broken = teaching.broken()
    assert {each.nearest for each in broken} == {
        Sentence("urns", TOP), Sentence("urns", "The lid goes on afterwards."),
    }  # fmt: skip
    for each in broken:
        teaching.re_aim(each, each.nearest)
    assert teaching.broken() == []


def test_an_example_written_in_an_unusual_way_is_named_and_left_alone(teaching: Teaching, edited: Path) -> None:
    path = edited / "questions" / "by-hand.toml"
    text = f'[[example]]\nquestions = ["x"]\n[[example.answers]]\narticle = "samovars"\nquote = "{TOP}"\n'
    path.write_text(text)
    with pytest.raises(EditorialError, match=r"by-hand\.toml:1: written in an unusual way"):
        teaching.re_aim(teaching.broken()[0], NOW)
    assert path.read_text() == text


def test_sentences_and_topics_to_choose_from(teaching: Teaching) -> None:
    assert Sentence("samovars", TOP, "How a samovar is filled") in teaching.sentences("samovars")
    assert all("?" not in each.quote for each in teaching.sentences("parrots"))
    with pytest.raises(EditorialError, match="no such article"):
        teaching.sentences("nothing")
    teaching.teach("x", "", Topic("cost", "what it costs"), "Ana")
    assert teaching.topics() == [Topic("cost", "what it costs")]
