"""Passages and sentences are places in the body, whatever it is; what is searched, the encoder can read whole."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from fakes import WordEncoders, article_text, write_corpus
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from corpus import Article, CorpusError, Span, blocks
from index import SHIPPED, OnnxEncoder, Passage, build, cut, sentence_spans

LONGEST = 256
SENTENCES = (
    "It rained all day.",
    "Dr. Who said “no.”",
    "Is it so? Yes!",
    "Costs 4.5 units, e.g. two",
    "❤️ é ﬁ 한국어 👩‍👧‍👦",
)
PIECES = st.sampled_from(
    [
        *SENTENCES, "# A heading", "## Another #", "Set\n===", "- item", "* item", "1. one", "   - nested",
        "  second line",
        "> quoted", "- > - deep", "It helps:", "That said, not always.", "However, no.", "```\ncode\n```", "    code",
        "| a | b |\n|---|---|\n| c | d |", "<div>html</div>", "***", "[a]: https://example.org", "https://example.org",
        "## Sources & References", "\t", " ", "", "-", "#", "1.", "&amp; \\* `x`",
        "\u2028", "\x0b", "\x85", "\u200b", "\ufeff",
    ]
)  # fmt: skip
NEWLINES = st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\n \n"])
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """Markdown as people, phones and word processors write it."""
    pieces = draw(st.lists(st.one_of(PIECES, PIECES, WORDS), min_size=1, max_size=12))
    return "".join(piece + draw(NEWLINES) for piece in pieces)


def passages(body: str) -> tuple[Passage, ...]:
    return cut(Article("a", "A", "S", body))


@given(bodies())
def test_blocks_are_places_in_the_body_one_after_the_other(body: str) -> None:
    found = blocks(body)
    for block in found:
        assert 0 <= block.start < block.end <= len(body)
        assert body[block.start : block.end].strip() == body[block.start : block.end]
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(bodies())
def test_passages_are_places_in_the_body_one_after_the_other(body: str) -> None:
    found = passages(body)
    for passage in found:
        assert passage.text == body[passage.start : passage.end]
        assert passage.article.body is body
        assert passage.caveat_end is None or passage.end < passage.caveat_end <= len(body)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(bodies())
def test_sentences_are_places_in_their_passage_and_can_answer(body: str) -> None:
    for passage in passages(body):
        assert passage.sentences
        for span in passage.sentences:
            assert span.text == body[span.start : span.end] == span.text.strip()
            assert passage.start <= span.start < span.end <= passage.end
            assert not span.text.endswith((":", "?"))
            assert not re.fullmatch(r"https?://\S+", span.text)
        assert all(one.end <= other.start for one, other in pairwise(passage.sentences))


@given(bodies())
def test_no_word_of_a_text_falls_between_two_sentences(body: str) -> None:
    spans = sentence_spans(body, 0, len(body))
    assert "".join("".join(body[start:end].split()) for start, end in spans) == "".join(body.split())


@given(st.lists(st.sampled_from((*SENTENCES[:1], "Another fell.", "Cats purr!")), min_size=1, max_size=8), NEWLINES)
def test_no_sentence_that_an_author_wrote_is_lost(sentences: list[str], newline: str) -> None:
    body = "".join(f"{sentence}{newline}" for sentence in sentences)
    found = [span.text for passage in passages(body) for span in passage.sentences]
    assert " ".join(found).split() == body.split()


@given(st.integers(-3, 30), st.integers(-3, 30))
def test_a_span_is_a_piece_of_its_article_or_is_nothing(start: int, end: int) -> None:
    article = Article("a", "A", "S", "Curly “quotes” — and 👩‍👧.")
    if 0 <= start < end <= len(article.body):
        assert Span(article, start, end).text == article.body[start:end]
    else:
        with pytest.raises(ValueError, match="is not a piece"):
            Span(article, start, end)


LONG = {
    "sentence": "word " * 700 + "end.",
    "dots": "." * 255,
    "hangul": "한국어를 " * 90 + ".",
    "one-word": "x" * 3000,
    "list": "Before you start:\n\n" + "- This is one of many items, and it goes on.\n" * 90,
    "heading": "# " + "very " * 400 + "long\n\nShort. " + "word " * 300,
    "symbols": "§$%&/()=?" * 60,
    "paragraph": "A sentence of six words stands. " * 120,
}


class Recorder(WordEncoders):
    """The shipped question encoder, and passages that are only noted down."""

    def embed(self, texts, advance):  # type: ignore[no-untyped-def]
        self.embedded += texts
        return np.full((len(texts), 384), 384**-0.5, dtype=np.float32), "none"


def searched(folder: Path, encoders: WordEncoders, **articles: str) -> list[str]:
    corpus = write_corpus(folder / "corpus", **{name: article_text(body) for name, body in articles.items()})
    build(corpus, folder / "var", encoders=encoders)
    return encoders.embedded


def test_no_searched_text_is_longer_than_the_encoder_reads(tmp_path: Path, words_encoder: Path) -> None:
    texts = searched(tmp_path, WordEncoders(words_encoder), **LONG)
    encoder = OnnxEncoder(words_encoder)
    assert len(texts) > 20
    assert max(map(encoder.pieces, texts)) <= LONGEST


@pytest.mark.model
def test_no_searched_text_is_longer_than_the_real_encoder_reads(tmp_path: Path) -> None:
    real = {
        path.stem.lower(): path.read_text("utf-8").split("---\n", 2)[2]
        for path in (ROOT / "corpus/articles").glob("*.md")
    }
    texts = searched(tmp_path, Recorder(SHIPPED), **LONG, **real)
    encoder = OnnxEncoder(SHIPPED)
    assert len(texts) > 100
    assert max(map(encoder.pieces, texts)) <= LONGEST


@pytest.fixture(scope="module")
def counting() -> tuple[OnnxEncoder, Tokenizer]:
    """The encoder that counts word by word, and its tokenizer, which reads a text whole."""
    whole = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    whole.no_truncation()
    whole.no_padding()
    return OnnxEncoder(SHIPPED), whole


@given(body=st.one_of(bodies(), st.text()))
@example(body="a\x1cb c\x00d\u200be\u00a0f\u3000g\u2028漢字 ’tis\x85so \ufffd")
def test_pieces_counted_word_by_word_are_those_of_the_whole_text(
    counting: tuple[OnnxEncoder, Tokenizer], body: str
) -> None:
    encoder, whole = counting
    assert encoder.pieces(body) == len(whole.encode(body).ids)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies().filter(lambda body: passages(body) and "\ufeff" not in body))
def test_any_article_that_can_be_quoted_can_be_built(
    tmp_path_factory: pytest.TempPathFactory, words_encoder: Path, body: str
) -> None:
    try:
        assert searched(tmp_path_factory.mktemp("any"), WordEncoders(words_encoder), a=body)
    except CorpusError as error:
        assert "has no text under it" in str(error)
