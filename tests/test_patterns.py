"""The bank of patterns: tried quickly, it finds what trying every expression finds; and a broken bank is refused."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest

from chatbot.safety.disguises import readings
from chatbot.safety.measuring import messages_of
from chatbot.safety.patterns import FILES, Expressions, Patterns, load_patterns, without_looking_around
from chatbot.safety.screen import HERE
from chatbot.safety.training import read_messages
from index import plain


@pytest.fixture(scope="module")
def bank() -> Patterns:
    return load_patterns(HERE)


def messages() -> list[str]:
    """Messages of every language and kind, and letters of many scripts in no order."""
    chance = random.Random(3)
    held_out = [entry["text"] for path in Path("tests/golden").glob("safety*.toml") for entry in messages_of(path)]
    trained = [text for text, _, _ in read_messages()]
    letters = "".join(dict.fromkeys("".join((*held_out, *trained))))
    nonsense = ["".join(chance.choices(letters, k=length)) for length in (1, 30, 300, 8000) for _ in range(12)]
    return [*held_out, *chance.sample(trained, 2500), *nonsense, "\ud800 kill myself \udfff", "kill myself " * 700]


def test_what_is_found_quickly_is_what_trying_each_expression_finds(bank: Patterns) -> None:
    texts = [text for message in messages() for text in readings(message)]
    for expressions in (bank.expressions, bank.idioms, bank.now):
        each = [re.compile(pattern) for pattern in expressions.patterns]
        together = re.compile("|".join(f"(?:{pattern})" for pattern in expressions.patterns))
        seen = 0
        for text in texts:
            wanted = [number for number, expression in enumerate(each) if expression.search(text)]
            assert expressions.found([text]) == wanted, text
            seen += len(wanted)
            if expressions is bank.idioms:
                assert expressions.without(text) == together.sub(" ", text)
        assert seen >= 10


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        (r"(?<!no )\bme (?:mato|mate(?! (?:de|a)))\b", r"\bme (?:mato|mate)\b"),
        (r"die(?=[)] (?:now|soon))[(?!]+", r"die[(?!]+"),
        (r"\(?=a", r"\(?=a"),
        (r"[]()]x(?<=\)x)(?:(?!niet\b)\w+ )?", r"[]()]x(?:\w+ )?"),
    ],
)
def test_what_looks_around_is_left_out_for_the_quick_reading(pattern: str, kept: str) -> None:
    assert without_looking_around(pattern) == kept
    re.compile(pattern)


def test_no_expressions_match_nothing() -> None:
    assert Expressions([]).found(["kill"]) == []
    assert Expressions([]).without("kill") == "kill"


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ('[explicit]\nkind = "crisis"\npatterns = ["x"]\n', "'explicit' is in patterns.toml too"),
        ('[further]\nkind = "crisis"\npatterns = ["(never closed"]\n', r"\(never closed"),
        ('[further]\nkind = "crisis"\npatterns = ["<nowhere> x"]\n', "nowhere"),
    ],
)
def test_a_broken_bank_is_refused(tmp_path: Path, added: str, said: str) -> None:
    for name in FILES:
        shutil.copy(HERE / name, tmp_path)
    load_patterns(tmp_path)
    with (tmp_path / FILES[1]).open("a", encoding="utf-8") as file:
        file.write(added)
    with pytest.raises((ValueError, KeyError), match=said):
        load_patterns(tmp_path)


def test_patterns_are_written_as_messages_are_read(bank: Patterns) -> None:
    patterns = " ".join(pattern for each in (bank.expressions, bank.idioms, bank.now) for pattern in each.patterns)
    for word in set(re.findall(r"[^\x00-\x7f]+", patterns)):
        assert plain(word) == word, f"{word} is never read so; write {plain(word)}"
