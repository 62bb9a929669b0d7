"""What an edition holds, worked out from a corpus: what is embedded, its vectors, suggestions, and the classifier."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from corpus import Example, Questions
from index.cache import BuildCache, key_of
from index.cut import Passage, windows
from index.edition import HEADING, WHOLE
from index.embedding import Progress, Question, Row, question_vectors
from index.encoder import LONGEST, OnnxEncoder
from index.learn import METHOD, Classifier, learn, targets
from index.typos import misspell

MISSPELT_COPIES = 1
"""How many misspelt copies of each example question are learned from."""


def rows_of(passages: Iterable[Passage], encoder: OnnxEncoder) -> Iterator[Row]:
    """What is embedded: each row's passage and place, and its text, never longer than the encoder reads."""

    def fits(text: str) -> bool:
        # A word piece is at least one character of plain English, so a short text need not be counted.
        return (len(text) < LONGEST - 1 and text.isascii()) or encoder.pieces(text) <= LONGEST

    def fits_half(text: str) -> bool:
        return (len(text) < LONGEST // 2 - 1 and text.isascii()) or encoder.pieces(text) <= LONGEST // 2

    def fits_under(heading: str) -> Callable[[str], bool]:
        return lambda text: fits(f"{heading}: {text}")

    for number, passage in enumerate(passages):
        heading = passage.headings[-1] if passage.headings else passage.article.title
        while not fits_half(heading):
            heading = heading[: len(heading) // 2]
        above = ". ".join(dict.fromkeys((passage.article.title, heading)))
        pieces = [(WHOLE, WHOLE, f"{above}: {passage.text}")]
        if not fits(pieces[0][2]):
            cuts = windows(passage, fits_under(heading))
            pieces = [(WHOLE, WHOLE, f"{heading}: {passage.article.body[start:end]}") for start, end in cuts]
        for span in passage.sentences:
            whole = Passage(span.article, span.start, span.end, (), (span,))
            pieces += [(span.start, span.end, span.article.body[start:end]) for start, end in windows(whole, fits)]
        for start, end, text in (*pieces, (HEADING, HEADING, heading)):
            yield number, start, end, text


def suggestions_of(questions: Questions, passages: Sequence[Passage]) -> list[tuple[str, int, bool]]:
    """Questions to offer, in the articles' order: those that staff wrote, and headings where they wrote none."""
    place = _placer(passages)
    found = [(question, place(span.article.id, span.start, span.end)) for question, span in questions.suggestions]
    offered = [(question, number) for question, number in found if number is not None]
    taught = {(passages[number].article.id, passages[number].headings) for _, number in offered}
    for number, passage in enumerate(passages[:5000]):
        section = (passage.article.id, passage.headings)
        if section not in taught:
            taught.add(section)
            offered.append((passage.headings[-1] if passage.headings else passage.article.title, number))
    return [
        (question, number, question in questions.openings)
        for question, number in sorted(offered, key=lambda pair: pair[1])
    ]


def _placer(passages: Sequence[Passage]) -> Callable[[str, int, int], int | None]:
    """A function from (article, start, end) to the number of the passage that holds it, or None."""
    holders: dict[str, list[tuple[int, int, int]]] = {}
    for number, passage in enumerate(passages):
        holders.setdefault(passage.article.id, []).append((passage.start, passage.end, number))

    def place(article: str, start: int, end: int) -> int | None:
        found = (number for first, last, number in holders.get(article, ()) if first <= start and end <= last)
        return next(found, None)

    return place


def teach(
    folder: Path,
    examples: Sequence[Example],
    passages: Sequence[Passage],
    encoder: OnnxEncoder,
    cache: BuildCache,
    progress: Progress,
) -> int:
    """Learn the classifier from the examples, or take it from the cache if it learned from just these; how many."""
    classes, shares, usable = targets(examples, _placer(passages))
    questions: list[Question] = []
    chance = random.Random(0)
    for copy in range(1 + MISSPELT_COPIES):
        for example in (examples[number] for number in usable):
            question = misspell(example.question, chance) if copy else example.question
            questions.append((question, example.after) if example.after else question)
    vectors = question_vectors(questions, encoder, cache, progress)
    shares = np.tile(shares, (1 + MISSPELT_COPIES, 1))
    key = key_of("classifier", METHOD, vectors.tobytes(), shares.tobytes())
    found = cache.recall([key]).get(key)
    classifier = Classifier.of(classes, found) if found else learn(vectors, shares, classes)
    if not found:
        cache.keep({key: classifier.values()})
    classifier.save(folder / "classifier.npz")
    return len(usable)
