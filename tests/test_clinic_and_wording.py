"""What a visitor reads beside the articles stands in files that a clinician can change, and never has a hole."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import CORPUS, ROOT

from corpus import (
    Channel,
    Clinic,
    Severity,
    default_helplines,
    default_wording,
    errors,
    read_clinic,
    read_corpus,
    read_helplines,
    read_wording,
)

TODAY = date(2026, 6, 1)


def written(folder: Path, text: str) -> Path:
    path = folder / "file.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_clinic_is_read(tmp_path: Path) -> None:
    clinic, problems = read_clinic(
        written(
            tmp_path,
            'name = " The Lighthouse "\nwebsite = "https://example.org"\n'
            '[[contact]]\nlabel = "Call"\nhref = "tel:+1555"\n'
            '[embed]\nsites = ["https://www.Example.org/", "https://*.example.net", "http://localhost:8000"]\n',
        )
    )
    assert not problems
    sites = ("https://www.example.org", "https://*.example.net", "http://localhost:8000")
    assert clinic == Clinic("The Lighthouse", "https://example.org", (Channel("Call", "tel:+1555"),), sites)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("name = 7", 1, "no name"),
        ('name = "A"\nwebsite = "javascript:alert(1)"', 2, "expected website"),
        ('name = "A"\nphone = "1"', 2, "unknown key 'phone'"),
        ('name = "A"\n[[contact]]\nlabel = "Call"\nhref = "javascript:alert(1)"', 2, "expected href"),
        ('name = "A"\n[[contact]]\nlabel = ""\nhref = "tel:1"', 2, "expected label"),
        ('name = "A"\n[contact]\nlabel = "Call"', 2, "expected [[contact]]"),
        ('name = "A"\n[embed]\nsites = ["https://example.org/path"]', 3, "expected a site"),
        ('name = "A"\n[embed]\nsites = ["*"]', 3, "expected a site"),
        ('name = "A"\n[embed]\nsites = "https://example.org"', 2, "expected [embed]"),
        ('name = "A"\nname = "B"', 2, "not valid TOML"),
    ],
)
def test_a_wrong_clinic_file_is_an_error_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = written(tmp_path, text)
    found = errors(read_clinic(path)[1])
    assert len(found) == 1
    assert found[0].line == line
    assert found[0].message.startswith(message)


def test_the_shipped_clinic_has_no_invented_contact_and_check_warns() -> None:
    corpus = read_corpus(CORPUS)
    assert corpus.clinic.name == "Athens Ketamine Center"
    assert corpus.clinic.channels == ()
    assert corpus.clinic.sites == ()
    warnings = [problem.message for problem in corpus.problems if problem.severity is Severity.WARNING]
    assert [message for message in warnings if message.startswith("no way to reach the clinic")]


def test_an_absent_wording_file_says_the_built_in_sentences(tmp_path: Path) -> None:
    wording, problems = read_wording(tmp_path / "absent.toml")
    assert wording.sentences == default_wording().sentences
    assert not problems


def test_a_missing_key_falls_back_and_is_listed(tmp_path: Path) -> None:
    wording, problems = read_wording(written(tmp_path, '[lead]\nanswer = "Our articles:"\n'))
    assert wording["lead.answer"] == "Our articles:"
    assert wording["lead.crisis"] == default_wording()["lead.crisis"]
    listed = {problem.message.split("'")[1] for problem in problems}
    assert listed == default_wording().sentences.keys() - {"lead.answer"}
    assert {problem.severity for problem in problems} == {Severity.WARNING}


def test_the_shipped_wording_has_every_key() -> None:
    _, problems = read_wording(CORPUS / "wording.toml")
    assert not problems, "\n".join(map(str, problems))


def test_a_placeholder_is_filled_and_an_unknown_one_is_an_error(tmp_path: Path) -> None:
    assert "The Lighthouse" in default_wording().say("contact.words", clinic="The Lighthouse")
    assert "{" not in default_wording().say("contact.words")
    _, problems = read_wording(written(tmp_path, '[contact]\nwords = "Ask {clinic} or {me}"\n'))
    assert [problem.line for problem in errors(problems)] == [2]


def test_every_sentence_that_the_program_says_is_in_the_wording() -> None:
    keys = default_wording().sentences.keys()
    pattern = re.compile(
        r"""(?:wording|words|t)(?:\(\))?\[["']([a-z_]+\.[a-z_]+)["']\]|say\(\s*["']([a-z_]+\.[a-z_]+)["']"""
    )
    files = [
        path for room in ("chatbot", "web") for path in (ROOT / room).rglob("*") if path.suffix in (".py", ".html")
    ]
    used = {key for path in files for found in pattern.findall(path.read_text("utf-8")) for key in found if key}
    assert len(used) > 10
    assert used <= keys


def test_every_kind_of_reply_has_its_words() -> None:
    wording = default_wording()
    for kind in ("answer", "not_covered", "personal", "crisis", "emergency", "abuse", "empty", "trouble"):
        assert wording[f"lead.{kind}"].strip()
    assert wording["disclaimer.text"].strip()


def test_the_disclaimer_says_what_it_must() -> None:
    text = default_wording()["disclaimer.text"]
    for words in ("automated", "not medical advice", "not FDA-approved", "off-label", "911", "988"):
        assert words in text


def test_words_of_danger_are_kind_and_plain() -> None:
    wording = default_wording()
    said = " ".join(
        wording[key] for key in wording.sentences if key.startswith(("lead.c", "lead.e", "lead.ab", "help."))
    )
    assert "commit" not in said
    assert "988" in wording["help.crisis"]
    assert "911" in wording["help.emergency"]


def test_the_built_in_lines_are_there_for_every_moment() -> None:
    cards = default_helplines().cards
    assert {line.href for line in cards["crisis"]} >= {"tel:988", "sms:988"}
    assert cards["emergency"][0].href == "tel:911"
    assert "tel:+18002221222" in {line.href for line in cards["overdose"]}
    assert "tel:+18007997233" in {line.href for line in cards["abuse"]}
    assert [line.href for line in cards["foot"]] == ["tel:988", "tel:911"]


def test_the_shipped_lines_are_the_built_in_ones() -> None:
    lines, problems = read_helplines(CORPUS / "helplines.toml", default_helplines().checked)
    assert not problems
    assert lines.cards == default_helplines().cards


def test_lines_not_tried_for_90_days_are_a_warning() -> None:
    checked = default_helplines().checked
    _, problems = read_helplines(CORPUS / "helplines.toml", checked + timedelta(days=91))
    assert [problem.severity for problem in problems] == [Severity.WARNING]


@pytest.mark.parametrize("change", ["tel:988|tel:call-us", "tel:988|http://example.org", "checked = |chekced = "])
def test_a_wrong_file_of_lines_falls_back_to_the_built_in_ones(tmp_path: Path, change: str) -> None:
    text = (CORPUS / "helplines.toml").read_text("utf-8").replace(*change.split("|"))
    lines, problems = read_helplines(written(tmp_path, text), TODAY)
    assert errors(problems)
    assert lines == default_helplines()
