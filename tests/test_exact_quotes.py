"""Every quote is a place in an article: exact, whole sentences, few and short enough, and something that answers."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import CORPUS
from hypothesis import given
from hypothesis import strategies as st

from chatbot import Quote, Reply, Service
from chatbot.quoting import quotes_of
from corpus import Article, Span, blocks, heading_text, read_articles, read_questions
from index import Match, Passage, cut, sentence_spans

BODY = (
    """A harbour is quiet at night. Boats sleep. The lamps are lit one by one, and the keeper walks home.

It helps many people to rest.

That said, not everyone can.

These things help:

- Warm water
- A short walk before the evening comes
- Rest

1. First:
   - one thing
   - another
2. Second: all at once.

"""
    + "A long paragraph goes on and on about the sea and its many moods. " * 16
)
ARTICLES = (Article("a", "A", "S", BODY), Article("b", "B", "S", f"Other words stand here.\n\n{BODY}"))
PASSAGES = [passage for article in ARTICLES for passage in cut(article)]


@st.composite
def matches(draw: st.DrawFn) -> list[Match]:
    """Passages in any order, with any of their sentences marked, best first."""
    found = []
    for passage in draw(st.lists(st.sampled_from(PASSAGES), max_size=8)):
        chosen = draw(
            st.lists(st.sampled_from(passage.sentences), min_size=1, max_size=3, unique_by=lambda span: span.start)
        )
        found.append(Match(passage, tuple(chosen), draw(st.floats(0, 1))))
    return sorted(found, key=lambda match: -match.score)


def is_whole(quote: Quote, passages: list[Passage]) -> bool:
    """Begins where a passage or sentence begins, and ends where one ends."""
    body = quote.article.body
    spans = [*((each.start, each.end) for each in passages if each.article.id == quote.article.id)]
    for start, end in list(spans):
        spans += sentence_spans(body, start, end)
    spans += [
        (span.start, span.end) for each in passages if each.article.id == quote.article.id for span in each.sentences
    ]
    return quote.start in {start for start, _ in spans} and quote.end in {end for _, end in spans}


@given(matches())
def test_quotes_are_few_short_whole_and_apart(found: list[Match]) -> None:
    quotes = quotes_of(found)
    assert len(quotes) <= 3
    assert sum(len(quote.text) for quote in quotes) <= 1300
    for number, quote in enumerate(quotes):
        assert quote.text == quote.article.body[quote.start : quote.end]
        assert is_whole(quote, PASSAGES)
        for span in quote.highlights:
            assert quote.start <= span.start < span.end <= quote.end
        for other in quotes[:number]:
            assert quote.article.id != other.article.id or quote.end <= other.start or other.end <= quote.start
    assert bool(quotes) == bool(found)
    assert not quotes or quotes[0].highlights


@given(matches(), st.integers(1, 1300))
def test_a_benefit_keeps_its_caveat_whatever_is_quoted_before_it(found: list[Match], budget: int) -> None:
    for quote in quotes_of(found, budget=budget):
        if "It helps many people to rest." in quote.text:
            assert quote.text.endswith("That said, not everyone can.")


@pytest.mark.parametrize("budget", range(40, 1300, 45))
def test_a_caveat_in_the_same_paragraph_is_not_cut_off(budget: int) -> None:
    """A paragraph too long to be quoted whole: where its benefit stands, the sentence that takes it back does."""
    filler = " ".join(f"Sentence number {number} says little." for number in range(30))
    article = Article("a", "A", "S", f"{filler} It helps many people. However, not everyone is helped. {filler}")
    (passage,) = cut(article)
    (benefit,) = (span for span in passage.sentences if span.text.startswith("It helps"))
    for quote in quotes_of([Match(passage, (benefit,), 1.0)], budget=budget):
        assert "However, not everyone is helped." in quote.text


def test_a_sentence_that_is_longer_than_may_be_quoted_is_not_quoted_in_part() -> None:
    article = Article("a", "A", "S", "word " * 300 + "end.")
    (passage,) = cut(article)
    assert quotes_of([Match(passage, passage.sentences, 1.0)]) == ()


def test_the_first_quote_is_of_the_best_match() -> None:
    found = [Match(passage, passage.sentences[:1], 1 / (1 + place)) for place, passage in enumerate(PASSAGES[:3])]
    assert quotes_of(found)[0].start == PASSAGES[0].start


# With the real model over the clinic's articles.


def questions(count: int) -> Iterator[str]:
    """Questions of every kind: taught ones, pieces of the articles, mixtures, misspelt ones, nonsense."""
    chance = random.Random(7)
    articles = read_articles(CORPUS / "articles").articles
    taught = [example.question for example in read_questions(CORPUS / "questions", articles)[0].examples]
    words = re.findall(r"\w+", " ".join(article.body for article in articles))
    lines = [line.strip("-# ") for article in articles for line in article.body.splitlines() if line.strip()]
    opening = ["what about", "how does", "is there", "can you explain", "why", "tell me about", "does", "will I get"]
    for number in range(count):
        kind = number % 6
        if kind == 0:
            yield chance.choice(taught)
        elif kind == 1:
            yield f"{chance.choice(opening)} {' '.join(chance.choices(words, k=chance.randint(1, 6)))}?"
        elif kind == 2:
            yield chance.choice(lines)
        elif kind == 3:
            yield f"{chance.choice(taught)} And {chance.choice(taught)}"
        elif kind == 4:
            text = chance.choice(taught)
            place = chance.randrange(len(text))
            yield text[:place] + chance.choice("aeioutrsn ") + text[place + 1 :]
        else:
            place = chance.randrange(len(words) - 40)
            yield " ".join(words[place : place + chance.randint(1, 40)])


@pytest.fixture(scope="module")
def replies(service: Service) -> list[tuple[str, Reply]]:
    """1,000 questions, every third after another one, and their replies."""
    asked: list[tuple[str, Reply]] = []
    for number, question in enumerate(questions(1000)):
        after = [asked[-1][0]] if asked and number % 3 == 0 else []
        asked.append((question, service.reply(question, after)))
    return asked


@pytest.fixture(scope="module")
def quotes(replies: list[tuple[str, Reply]]) -> list[Quote]:
    return [quote for _, reply in replies for quote in reply.quotes]


def test_1000_questions_are_answered_or_not_but_never_fail(replies: list[tuple[str, Reply]]) -> None:
    kinds = [reply.kind for _, reply in replies]
    assert len(kinds) == 1000
    assert kinds.count("trouble") == 0
    assert kinds.count("answer") > 300


def test_every_quote_of_1000_replies_is_a_place_in_its_article(quotes: list[Quote]) -> None:
    authors = {article.id: article.body for article in read_articles(CORPUS / "articles").articles}
    files = {path.stem: path.read_text(encoding="utf-8") for path in (CORPUS / "articles").glob("*.md")}
    for quote in quotes:
        shown = quote.to_dict()
        body = authors[shown["article"]["id"]]
        assert shown["text"] == body[shown["start"] : shown["end"]]
        assert shown["text"] in files[shown["article"]["id"]]
        for start, end in shown["highlights"]:
            assert shown["text"][start:end] == body[shown["start"] + start : shown["start"] + end]


def test_no_reply_of_1000_quotes_more_than_three_places_or_1300_characters(replies: list[tuple[str, Reply]]) -> None:
    for question, reply in replies:
        assert len(reply.quotes) <= 3, question
        assert sum(len(quote.text) for quote in reply.quotes) <= 1300, question


def test_no_quote_of_1000_replies_is_a_heading_a_reference_or_a_lead_in_alone(quotes: list[Quote]) -> None:
    headings = {
        heading_text(article.body, block)
        for article in read_articles(CORPUS / "articles").articles
        for block in blocks(article.body)
        if block.kind == "heading"
    }
    assert quotes
    for quote in quotes:
        assert not quote.text.endswith((":", "?", "?”"))
        assert "https://" not in quote.text
        assert not [line for line in quote.text.splitlines() if line.strip("# ") in headings]
        assert quote.heading in headings | {""}


def test_every_quote_of_1000_replies_is_whole_and_shows_what_answers(quotes: list[Quote]) -> None:
    passages = [passage for article in read_articles(CORPUS / "articles").articles for passage in cut(article)]
    answers = {(span.article.id, span.start, span.end) for passage in passages for span in passage.sentences}
    for quote in quotes:
        assert is_whole(quote, passages), quote.text
        assert quote.highlights, quote.text
        for span in quote.highlights:
            assert inside_one(span, answers), span.text


def inside_one(span: Span, answers: set[tuple[str, int, int]]) -> bool:
    return any(span.article.id == name and start <= span.start and span.end <= end for name, start, end in answers)


def test_no_reply_of_1000_repeats_words_or_offers_what_was_asked(replies: list[tuple[str, Reply]]) -> None:
    for question, reply in replies:
        places = sorted((quote.article.id, quote.start, quote.end) for quote in reply.quotes)
        for one, other in pairwise(places):
            assert one[0] != other[0] or one[2] <= other[1], question
        assert question.lower() not in [each.lower() for each in reply.suggestions]


def test_the_same_question_always_gets_the_same_reply(service: Service, replies: list[tuple[str, Reply]]) -> None:
    for number in range(1, 60, 3):
        question, reply = replies[number]
        assert service.reply(question).to_dict() == reply.to_dict()


def test_quotes_open_in_their_article(replies: list[tuple[str, Reply]], tmp_path: Path) -> None:
    for _, reply in replies[:200]:
        for quote in reply.quotes:
            assert quote.url == f"/articles/{quote.article.id}?start={quote.start}&end={quote.end}#quote"
