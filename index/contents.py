"""What an edition holds, worked out from a corpus: what is embedded, its vectors, suggestions, and the classifier."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from corpus import Example, Questions
from index.cut import Passage, windows
from index.edition import HEADING, WHOLE
from index.encoder import LONGEST, OnnxEncoder, Vectors
from index.encoders import Encoders
from index.learn import learn, targets
from index.typos import misspell

MISSPELT_COPIES = 1
"""How many misspelt copies of each example question are learned from."""

Progress = Callable[[str, int, int], None]
"""Called with a step's name, how much of it is done, and how much there is."""


def rows_of(passages: Sequence[Passage], encoder: OnnxEncoder) -> tuple[np.ndarray, list[str]]:
    """What is embedded: for each row its passage and place, and its text, never longer than the encoder reads."""
    rows: list[tuple[int, int, int]] = []
    texts: list[str] = []

    def fits(text: str) -> bool:
        return encoder.pieces(text) <= LONGEST

    def fits_under(heading: str) -> Callable[[str], bool]:
        return lambda text: fits(f"{heading}: {text}")

    for number, passage in enumerate(passages):
        heading = passage.headings[-1] if passage.headings else passage.article.title
        while encoder.pieces(heading) > LONGEST // 2:
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
            rows.append((number, start, end))
            texts.append(text)
    return np.array(rows, dtype=np.int32), texts


def embed_texts(texts: Sequence[str], encoders: Encoders, progress: Progress) -> tuple[Vectors, str]:
    """The passages' vectors, each different text once, and the digest of what made them."""
    distinct = list(dict.fromkeys(texts))
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("embedding passages", done, len(distinct))

    vectors, digest = encoders.embed(distinct, advance)
    place = {text: number for number, text in enumerate(distinct)}
    return vectors[[place[text] for text in texts]], digest


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
    folder: Path, examples: Sequence[Example], passages: Sequence[Passage], encoder: OnnxEncoder, progress: Progress
) -> int:
    """Learn the classifier from the examples; how many there are."""
    classes, shares, usable = targets(examples, _placer(passages))
    texts: list[str | tuple[str, str]] = []
    chance = random.Random(0)
    for copy in range(1 + MISSPELT_COPIES):
        for example in (examples[number] for number in usable):
            question = misspell(example.question, chance) if copy else example.question
            texts.append((question, example.after) if example.after else question)
    vectors = []
    for begin in range(0, len(texts), 1024):
        vectors.append(encoder.encode(texts[begin : begin + 1024]))
        progress("reading example questions", min(begin + 1024, len(texts)), len(texts))
    learn(np.concatenate(vectors), np.tile(shares, (1 + MISSPELT_COPIES, 1)), classes).save(folder / "classifier.npz")
    return len(usable)
