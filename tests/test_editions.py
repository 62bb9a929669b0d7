"""An edition is whole, knows what made it, and serves until a better one stands ready."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import CORPUS
from fakes import EDITION_FILES, PARROTS, SAMOVAR, SAMOVARS, WordEncoders, article_text, copy_corpus, write_encoder

from chatbot import Service, service
from corpus import CorpusError, read_articles
from index import Built, current_id, cut, edition_ids, load_edition, publish, read_manifest
from index import build as real_build

Build = Callable[..., Built]
PARROT = "What does a parrot repeat?"

pytestmark = pytest.mark.usefixtures("one_screen")


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A var folder with nothing in it."""
    return tmp_path / "empty"


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service looks for a new edition at every question, not every second."""
    monkeypatch.setattr(service, "LOOK_EVERY", 0.0)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_read_back_is_what_was_cut(corpus: Path, empty: Path, build: Build) -> None:
    built = build(corpus, empty)
    edition = load_edition(empty)
    articles = read_articles(corpus / "articles").articles
    assert edition.id == built.edition_id == current_id(empty)
    assert edition.texts.articles() == list(articles)
    passages = [passage for article in articles for passage in cut(article)]
    assert [edition.texts.passage(number) for number in range(edition.texts.size)] == passages


def test_an_edition_names_what_made_it(corpus: Path, empty: Path, build: Build, words_encoder: Path) -> None:
    manifest = read_manifest(empty / "editions" / build(corpus, empty).edition_id)
    assert manifest["passage_model"]["name"] == "words"
    assert len(manifest["passage_model"]["digest"]) == 64
    assert (empty / "models" / manifest["encoder"]["digest"] / "model.onnx").is_file()
    assert manifest["articles"] == 2
    assert len(manifest["fingerprint"]) == 64
    assert set(EDITION_FILES) <= set(manifest["files"])


def test_building_again_without_a_change_does_nothing(corpus: Path, empty: Path, build: Build) -> None:
    first = build(corpus, empty)
    before = tree(empty)
    second = build(corpus, empty)
    assert (second.edition_id, second.is_new) == (first.edition_id, False)
    assert tree(empty) == before


@pytest.mark.parametrize("change", ["articles/parrots.md", "questions/new.toml", "clinic.toml", "wording.toml"])
def test_any_change_of_the_corpus_makes_a_new_edition(corpus: Path, var: Path, build: Build, change: str) -> None:
    first = build(corpus, var)
    path = corpus / change
    path.parent.mkdir(exist_ok=True)
    path.write_text(PARROTS + "\nMore.\n" if path.suffix == ".md" else "")
    second = build(corpus, var)
    assert second.is_new
    assert second.edition_id != first.edition_id
    assert current_id(var) == second.edition_id
    assert edition_ids(var) == sorted({first.edition_id, second.edition_id})


def test_another_encoder_makes_a_new_edition(corpus: Path, var: Path, build: Build, tmp_path: Path) -> None:
    first = build(corpus, var)
    other = write_encoder(tmp_path / "other", axes=(("samovar",), ("parrot",)))
    second = real_build(corpus, var, encoders=WordEncoders(other))
    assert second.is_new
    assert second.edition_id != first.edition_id
    assert load_edition(var, first.edition_id).manifest["dimensions"] == 5
    assert load_edition(var).manifest["dimensions"] == 2


def test_a_corpus_with_errors_changes_nothing(corpus: Path, var: Path, build: Build) -> None:
    build(corpus, var)
    before = tree(var)
    (corpus / "articles" / "broken.md").write_text("no front matter")
    with pytest.raises(CorpusError, match=r"broken\.md:1: expected front matter"):
        build(corpus, var)
    assert tree(var) == before


def test_a_build_that_breaks_off_leaves_the_last_edition_and_nothing_half(
    corpus: Path, var: Path, build: Build, words_encoder: Path
) -> None:
    class Broken(WordEncoders):
        def embed(self, texts, advance):  # type: ignore[no-untyped-def]
            raise KeyboardInterrupt

    build(corpus, var)
    before = tree(var)
    (corpus / "articles" / "parrots.md").unlink()
    with pytest.raises(KeyboardInterrupt):
        real_build(corpus, var, encoders=Broken(words_encoder))
    assert tree(var) == before
    assert build(corpus, var).is_new


def test_a_removed_article_is_never_quoted_again(corpus: Path, var: Path, build: Build) -> None:
    build(corpus, var)
    chat = Service(corpus, var)
    assert [quote.article.id for quote in chat.reply(PARROT).quotes][:1] == ["parrots"]
    (corpus / "articles" / "parrots.md").unlink()
    build(corpus, var)
    questions = [PARROT, "parrot", "Is a violin tuned by ear?", "A parrot repeats what it hears.", SAMOVAR, "fiddle"]
    for chatbot in (chat, Service(corpus, var)):
        replies = [chatbot.reply(question) for question in questions]
        assert {quote.article.id for reply in replies for quote in reply.quotes} == {"samovars"}
        assert "parrot" not in json.dumps([reply.suggestions for reply in replies]).lower()
        assert chatbot.article("parrots") is None
        assert not [question for question in chatbot.known_questions if "violin" in question]


def test_an_edition_holds_its_own_articles_and_words(corpus: Path, var: Path, build: Build) -> None:
    (corpus / "clinic.toml").write_text('name = "The Lighthouse"\n')
    build(corpus, var)
    before = Service(corpus, var).reply(SAMOVAR).to_dict()
    shutil.rmtree(corpus)
    assert Service(corpus, var).reply(SAMOVAR).to_dict() == before
    assert "The Lighthouse" in before["contact"]["words"]


def test_a_new_article_is_found_the_day_it_is_published_beside_articles_with_examples(
    corpus: Path, var: Path, build: Build
) -> None:
    (corpus / "questions").mkdir()
    (corpus / "questions" / "samovars.toml").write_text(
        '[[example]]\nanswers = [{ article = "samovars", quote = "A samovar is filled from the top." }]\n'
        'questions = ["How is a samovar filled?", "Where does an urn open?"]\n'
    )
    build(corpus, var)
    (corpus / "articles" / "boats.md").write_text(article_text("A dinghy floats. It has no engine.\n", "Boats"))
    build(corpus, var)
    chat = Service(corpus, var)
    assert chat.reply("Does a dinghy float?").quotes[0].text == "A dinghy floats. It has no engine."
    assert chat.reply(SAMOVAR).quotes[0].text.startswith("A samovar is filled from the top.")


# The last good edition serves on.


def test_a_running_service_takes_a_new_edition(corpus: Path, var: Path, build: Build) -> None:
    first = build(corpus, var).edition_id
    chat = Service(corpus, var)
    assert chat.reply(SAMOVAR).edition == first
    (corpus / "articles" / "samovars.md").write_text(SAMOVARS.replace("from the top", "from above"))
    second = build(corpus, var).edition_id
    assert chat.reply(SAMOVAR).edition == second
    assert "from above" in chat.reply(SAMOVAR).quotes[0].text


@pytest.mark.parametrize("damage", ["vectors.faiss", "texts.sqlite", "manifest.json", "pointer"])
def test_the_last_good_edition_serves_on_when_the_next_is_broken(
    corpus: Path, var: Path, build: Build, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    first = build(corpus, var).edition_id
    chat = Service(corpus, var)
    (corpus / "articles" / "parrots.md").unlink()
    second = build(corpus, var).edition_id
    if damage == "pointer":
        (var / "editions" / "current").unlink()
    else:
        (var / "editions" / second / damage).write_bytes(b"not what it was")
    for _ in range(3):
        reply = chat.reply(PARROT)
        assert (reply.kind, reply.edition) == ("answer", first)
    assert chat.ready
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 1
    assert "repeat" not in caplog.text


def test_a_rollback_is_naming_an_earlier_edition(corpus: Path, var: Path, build: Build) -> None:
    first = build(corpus, var).edition_id
    chat = Service(corpus, var)
    (corpus / "articles" / "parrots.md").unlink()
    build(corpus, var)
    assert chat.reply(PARROT).kind == "not_covered"
    publish(var, first)
    assert chat.reply(PARROT).edition == first
    assert chat.reply(PARROT).kind == "answer"


def test_without_any_edition_a_visitor_gets_words_the_contact_and_the_lines(corpus: Path, empty: Path) -> None:
    (corpus / "clinic.toml").write_text('name = "The Lighthouse"\nwebsite = "https://example.org"\n')
    chat = Service(corpus, empty)
    reply = chat.reply(SAMOVAR)
    assert not chat.ready
    assert "no edition is published; run: chatbot build" in chat.trouble
    assert (reply.kind, reply.edition, reply.quotes) == ("trouble", "", ())
    assert reply.words == chat.wording["lead.trouble"]
    assert reply.contact
    assert [channel.href for channel in reply.contact.channels] == ["https://example.org"]
    assert [line.href for line in chat.helplines.cards["foot"]] == ["tel:988", "tel:911"]
    assert chat.reply("I want to kill myself").kind == "crisis"


def test_the_first_edition_is_taken_by_a_service_that_had_none(corpus: Path, empty: Path, build: Build) -> None:
    chat = Service(corpus, empty)
    assert chat.reply(SAMOVAR).kind == "trouble"
    build(corpus, empty)
    assert chat.reply(SAMOVAR).kind == "answer"
    assert chat.trouble == ""


def test_ten_editions_are_kept_and_the_published_one_always(corpus: Path, var: Path, build: Build) -> None:
    first = build(corpus, var).edition_id
    folder = var / "editions" / first
    for number in range(12):
        shutil.copytree(folder, var / "editions" / f"20200101-0000{number:02}-01234567")
    (corpus / "articles" / "parrots.md").unlink()
    last = build(corpus, var).edition_id
    assert len(edition_ids(var)) == 10
    assert {first, last} <= set(edition_ids(var))
    assert len(list((var / "models").iterdir())) == 1


def test_an_encoder_that_no_edition_names_is_removed(corpus: Path, var: Path, build: Build) -> None:
    build(corpus, var)
    (var / "models" / "unused").mkdir()
    (corpus / "articles" / "parrots.md").unlink()
    build(corpus, var)
    assert not (var / "models" / "unused").exists()


@pytest.mark.model
def test_removing_an_article_of_the_clinic_leaves_nothing_of_it_to_quote(tmp_path: Path) -> None:
    corpus = copy_corpus(CORPUS, tmp_path / "corpus")
    shutil.rmtree(corpus / "questions")
    gone, kept = sorted((corpus / "articles").glob("*.md"))
    body = gone.read_text(encoding="utf-8")
    gone.unlink()
    real_build(corpus, tmp_path / "var")
    chat = Service(corpus, tmp_path / "var")
    for question in [line.strip("- #") for line in body.splitlines() if len(line) > 12]:
        reply = chat.reply(question)
        assert {quote.article.id for quote in reply.quotes} <= {kept.stem}
    for path in (tmp_path / "var").rglob("*"):
        assert not path.is_file() or gone.stem.encode() not in path.read_bytes(), path
