"""A search finds the passage that shares the meaning, and tells when there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from fakes import SAMOVAR

from index import load_edition, search


def best(var: Path, question: str) -> str:
    return search(load_edition(var), question).matches[0].passage.text


def test_the_passage_that_shares_the_meaning_wins_without_sharing_a_word(small_var: Path) -> None:
    assert best(small_var, "urn") == "A samovar is filled from the top. The lid goes on afterwards."
    assert best(small_var, "lamp") == "A lantern needs oil, and it burns all night."
    assert best(small_var, "macaw") == "A parrot repeats what it hears."
    assert best(small_var, "fiddle") == "A violin is tuned by ear, and by nothing else."


def test_a_search_gives_places_in_the_articles_best_first(small_var: Path) -> None:
    found = search(load_edition(small_var), "Does a parrot sing?", top=3)
    assert len(found.matches) == 3
    assert [match.score for match in found.matches] == sorted((match.score for match in found.matches), reverse=True)
    assert 0 <= found.answerable <= 1
    for match in found.matches:
        assert 0 <= match.score <= 1
        for span in match.highlights:
            assert match.passage.start <= span.start < span.end <= match.passage.end


def test_what_no_passage_speaks_of_is_not_answerable(small_var: Path) -> None:
    edition = load_edition(small_var)
    assert search(edition, SAMOVAR).answerable > 0.5 > search(edition, "Which bus goes to town?").answerable


def test_vectors_are_of_length_one(small_var: Path) -> None:
    edition = load_edition(small_var)
    lengths = np.linalg.norm(edition.vectors.rows(0, edition.vectors.size), axis=1)
    assert np.all(np.isclose(lengths, 1, atol=1e-5) | np.isclose(lengths, 0, atol=1e-5))
