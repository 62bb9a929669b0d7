"""Whatever comes in, by a file or by the web, gives a true result or a clear refusal; nothing of it runs."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import CORPUS, ROOT
from fakes import SAMOVARS, article_text, write_corpus
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from corpus import Article, CorpusError, read_corpus
from index import cut, length_problems
from web import create_app

sys.path.insert(0, str(ROOT / "benchmarks"))

MARKS = (
    "\n", "\n\n", "- ", "1. ", "# ", "> ", "| a | b |", "---", "***", "`", "```", "  ", "\t", "[a](b)", "<b>", "&amp;",
    "\r\n", "\u2028", "\x00", "\ufeff", "A lantern needs oil. ", "It burns. ",
)  # fmt: skip
TEXT = st.lists(st.one_of(st.sampled_from(MARKS), st.text()), max_size=30).map("".join)
FRONT = st.sampled_from(
    ["title: T", "source: S", "reviewed: 2026-01-01", "title: [", "url: x", "a: &a *a", "!!python/x y"]
)
some = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(content=st.one_of(st.binary(max_size=400), TEXT.map(lambda text: text.encode("utf-8", "replace"))))
@example(content=b"---\n---\n")
@example(content=b"---\ntitle: x\nsource: y\n---\n\xff\xfe")
@example(content=b"\xef\xbb\xbf---\r\ntitle: T\r\nsource: S\r\n---\r\nWords.\r\n")
@example(content=b"---\ntitle: " + b"[" * 5000)
@some
def test_any_bytes_as_an_article_are_read_or_named(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        corpus = write_corpus(Path(folder), good=SAMOVARS)
        (corpus / "articles" / "bad.md").write_bytes(content)
        found = read_or_named(corpus)
        if found is None:
            return
        articles = {article.id: article for article in found.articles}
        assert "good" in articles
        named = any(problem.path.name == "bad.md" for problem in found.problems)
        assert named or content.decode("utf-8-sig").replace("\r\n", "\n").endswith(articles["bad"].body)


def read_or_named(folder: Path):  # type: ignore[no-untyped-def]
    """The corpus, or None where it was refused with problems that each name a file and a line."""
    try:
        found = read_corpus(folder)
    except CorpusError as error:
        assert error.problems
        assert all(problem.line >= 1 and problem.message for problem in error.problems)
        return None
    assert all(problem.line >= 1 and problem.message for problem in found.problems)
    return found


@given(lines=st.lists(st.one_of(FRONT, st.text(max_size=30)), max_size=6), body=TEXT)
@some
def test_any_front_matter_is_read_or_named(lines: list[str], body: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        corpus = write_corpus(Path(folder), good=SAMOVARS)
        text = "---\n" + "\n".join(lines) + "\n---\n" + body
        (corpus / "articles" / "bad.md").write_bytes(text.encode("utf-8", "replace"))
        found = read_or_named(corpus)
        if found is not None:
            for article in found.articles:
                assert article.title.strip()
                assert article.source.strip()


@given(body=TEXT)
@example(body="- a\n  - b\n\n    c\n1. d\n> e\n> - f\n\n| g | h |\n| - | - |\n| i | j |\n")
@example(body="A. " * 700)
@example(body="\u2028".join(["A lantern"] * 9))
@some
def test_whatever_is_cut_every_place_is_the_authors_own_text(body: str) -> None:
    article = Article("a", "A title", "A source", body)
    last = 0
    for passage in cut(article):
        assert 0 <= passage.start < passage.end <= len(body)
        assert passage.text == body[passage.start : passage.end]
        assert passage.start >= last, "passages do not overlap and keep their order"
        last = passage.end
        for sentence in passage.sentences:
            assert passage.start <= sentence.start < sentence.end <= passage.end
            assert sentence.text == body[sentence.start : sentence.end]
            assert sentence.text.strip()


@given(body=TEXT)
@some
def test_whatever_a_file_holds_its_places_are_those_of_its_body(body: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        corpus = write_corpus(Path(folder), good=SAMOVARS)
        (corpus / "articles" / "odd.md").write_bytes(article_text(body).encode("utf-8", "replace"))
        found = read_or_named(corpus)
        if found is not None:
            passages = [passage for article in found.articles for passage in cut(article)]
            assert all(problem.line >= 1 for problem in length_problems(found, passages))


@pytest.mark.parametrize("name", ["questions/x.toml", "wording.toml", "clinic.toml", "helplines.toml", "checks.toml"])
@given(content=st.one_of(st.binary(max_size=300), TEXT.map(lambda text: text.encode("utf-8", "replace"))))
@example(content=b'[[question]]\nask = "x"\n')
@example(content=b"question = 7\n[lead]\nanswer = 9\n")
@example(content=b'[lead]\nanswer = "{nobody} {0} {"\n')
@example(content=b'name = ["a"]\ncontact = 7\nembed = 9\nchecked = 2026-01-01T00:00:00\n[[crisis]]\nlabel = 7\n')
@example(content=b"a = " + b"[" * 3000)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_in_the_clinics_own_files_are_read_or_named(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        corpus = write_corpus(Path(folder), good=SAMOVARS)
        (corpus / name).parent.mkdir(exist_ok=True)
        (corpus / name).write_bytes(content)
        found = read_or_named(corpus)
        if found is not None:
            assert found.helplines.cards["crisis"], "the crisis line is never lost"
            assert found.wording["disclaimer.text"].strip()


@pytest.fixture(scope="module")
def hostile_app(small_var: Path) -> Iterator[Flask]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHATBOT_LIMITS", "off")
        yield create_app(CORPUS, small_var)


def test_thousands_of_hostile_questions_break_nothing_and_nothing_breaks_out(hostile_app: Flask) -> None:
    from hostile import ask_all, hostile_questions

    came, wrong = ask_all(hostile_app.test_client(), hostile_questions(2000))
    assert wrong == []
    assert set(came) <= {"200", "422"}
    assert came["200"] > 1500


def test_the_look_at_hostile_answers_finds_what_is_wrong(hostile_app: Flask) -> None:
    from hostile import FIELDS, wrong_reply

    client = hostile_app.test_client()
    reply = dict.fromkeys(FIELDS, "") | {"quotes": [], "suggestions": []}
    assert wrong_reply(client, 200, reply) == ""
    assert wrong_reply(client, 200, reply | {"words": "you said <zqx>"})
    assert wrong_reply(client, 200, {"kind": "answer"})
    assert wrong_reply(client, 500, {"oops": 1})
    quote = {"article": {"id": "samovars"}, "start": 0, "end": 5, "text": "never"}
    assert wrong_reply(client, 200, reply | {"quotes": [quote]})


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_the_api_is_as_its_description_says_whatever_a_program_sends(hostile_app: Flask) -> None:
    import schemathesis

    schema = schemathesis.openapi.from_wsgi("/openapi.json", hostile_app)
    plain = {"Accept-Encoding": "identity"}  # what calls the application directly does not unpack
    seen = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        modes = list(schemathesis.GenerationMode) if operation.body else [schemathesis.GenerationMode.POSITIVE]
        for mode in modes:

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
            def holds(case: schemathesis.Case) -> None:
                case.call_and_validate(headers=plain)

            holds()
            seen += 1
    assert seen >= 5
