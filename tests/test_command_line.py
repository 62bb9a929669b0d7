"""The command line keeps its contract: what goes in, what comes out, and where errors go."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import commands
import pytest
from click.testing import Result
from conftest import ROOT
from fakes import article_text, write_corpus
from test_replies import fits_the_contract

from index import current_id

pytestmark = pytest.mark.usefixtures("one_screen")
Run = Callable[..., Result]


@pytest.fixture
def run(small_var: Path, legible: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line over the small edition; builds use the legible encoder."""
    monkeypatch.setenv("CHATBOT_VAR", str(small_var))

    return commands.run


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


BATCH = [
    {"id": "b", "question": "How is a samovar filled?"},
    {"id": 7, "question": "Does it burn all night?", "after": ["What does a lantern need?"]},
    {"id": None, "question": "", "after": []},
    {"id": {"any": ["json"]}, "question": "Which bus goes to town?"},
    {"question": "I want to kill myself"},
]


def batch(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), "utf-8")
    return path


def test_ask_prints_the_quote_its_source_the_contact_and_the_disclaimer(run: Run) -> None:
    result = run("ask", "How is a samovar filled?")
    assert result.exit_code == 0
    assert "A samovar is filled from the top. The lid goes on afterwards." in result.stdout
    assert "Samovars and lanterns" in result.stdout
    assert "The Harbour Clinic" in result.stdout
    assert "not medical advice" in result.stdout
    assert result.stderr == ""


def test_ask_prints_help_before_all_else(run: Run) -> None:
    lines = run("ask", "I want to kill myself").stdout.splitlines()
    assert "988" in lines[0]
    assert "tel:988" in lines[1]


def test_ask_json_is_one_reply_of_the_contract(run: Run) -> None:
    (reply,) = rows(run("ask", "How is a samovar filled?", "--json"))
    fits_the_contract(reply)
    assert reply["quotes"][0]["text"] == "A samovar is filled from the top. The lid goes on afterwards."


def test_ask_understands_a_question_after_another(run: Run) -> None:
    (reply,) = rows(
        run("ask", "What does it need?", "--after", "Tell me of boats", "--after", "What is a lantern?", "--json")
    )
    assert reply["quotes"][0]["text"].startswith("A lantern needs oil")


@pytest.mark.parametrize("source", ["file", "-"])
def test_a_batch_answers_every_row_in_order(run: Run, tmp_path: Path, source: str) -> None:
    path = batch(tmp_path / "questions.jsonl", *BATCH)
    result = run("ask", "--batch", path) if source == "file" else run("ask", "--batch", "-", input=path.read_bytes())
    found = rows(result)
    assert [row["id"] for row in found] == ["b", 7, None, {"any": ["json"]}, None]
    assert [row["reply"]["kind"] for row in found] == ["answer", "answer", "empty", "not_covered", "crisis"]
    for row in found:
        assert set(row) == {"id", "reply"}
        fits_the_contract(row["reply"])


def test_a_batch_says_of_each_row_what_asking_it_alone_says(run: Run, tmp_path: Path) -> None:
    found = rows(run("ask", "--batch", batch(tmp_path / "a.jsonl", *BATCH)))
    for row, given in zip(found, BATCH, strict=True):
        after = [part for earlier in given.get("after", []) for part in ("--after", earlier)]  # type: ignore[attr-defined]
        assert rows(run("ask", given["question"], *after, "--json")) == [row["reply"]]


def test_an_empty_batch_has_no_answers(run: Run, tmp_path: Path) -> None:
    assert rows(run("ask", "--batch", batch(tmp_path / "a.jsonl", "", "  "))) == []


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    "line",
    ["not json", "[]", "7", '"text"', "null", "{}", '{"question": 7}', '{"question": null}', '{"question": ["a"]}',
     '{"question": "a", "after": "b"}', '{"question": "a", "after": [7]}', '{"question": "a", "after": null}',
     "[" * 100_000],
)  # fmt: skip
def test_a_wrong_row_is_wrong_usage_and_named_by_its_line(run: Run, tmp_path: Path, command: str, line: str) -> None:
    path = batch(tmp_path / "a.jsonl", BATCH[0], line)
    result = run(command, "--batch", path)
    assert result.exit_code == 2
    assert f"{path}:2: expected" in result.stderr
    assert len(result.stdout.splitlines()) == 1


def test_a_batch_that_is_not_utf8_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": 1, "question": "a"}\n{"id": 2, "question": "caf\xe9"}\n')
    result = run("ask", "--batch", path)
    assert result.exit_code == 2
    assert f"{path}:2: expected" in result.stderr


def test_half_a_character_crashes_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "\\ud83d", "question": "How is a samovar filled? \\ud83d", "after": ["\\udc00"]}\n')
    (found,) = rows(run("ask", "--batch", path))
    assert found["id"] == "\ud83d"
    assert found["reply"]["kind"] == "answer"
    (found,) = rows(run("search", "--batch", path))
    assert found["matches"]


def test_search_ranks_without_a_threshold(run: Run) -> None:
    (found,) = rows(run("search", "How is a samovar filled?", "--json", "--top", "3"))
    assert set(found) == {"id", "matches", "answerable"}
    assert 0 <= found["answerable"] <= 1
    assert len(found["matches"]) == 3
    scores = [match["score"] for match in found["matches"]]
    assert scores == sorted(scores, reverse=True)
    (found,) = rows(run("search", "Which bus goes to town?", "--json"))
    assert found["matches"]
    assert found["answerable"] < 0.5


def test_search_gives_exact_places(run: Run, small_var: Path) -> None:
    from index import load_edition

    edition = load_edition(small_var)
    (found,) = rows(run("search", "urn", "--json"))
    for match in found["matches"]:
        fields = {"article", "start", "end", "heading", "text", "highlights", "score"}
        assert set(match) == fields
        article = edition.texts.article(match["article"])
        assert article
        assert match["text"] == article.body[match["start"] : match["end"]]
        assert match["highlights"]
        for start, end in match["highlights"]:
            assert 0 <= start < end <= len(match["text"])
    best = found["matches"][0]
    assert best["heading"] == "How a samovar is filled"
    assert best["text"][slice(*best["highlights"][0])] == "A samovar is filled from the top."


def test_a_search_batch_has_the_same_matches(run: Run, tmp_path: Path) -> None:
    found = rows(run("search", "--top", "2", "--batch", batch(tmp_path / "a.jsonl", *BATCH)))
    assert [row["id"] for row in found] == [row.get("id") for row in BATCH]
    assert all(set(row) == {"id", "matches", "answerable"} for row in found)
    assert all(len(row["matches"]) == 2 for row in found)
    assert found[0]["matches"] == rows(run("search", "--top", "2", "--json", str(BATCH[0]["question"])))[0]["matches"]


def test_check_says_nothing_of_a_sound_corpus_but_warnings(run: Run, tmp_path: Path) -> None:
    result = run("check", "--corpus", write_corpus(tmp_path / "corpus"))
    assert result.exit_code == 0
    assert all(": warning: " in line for line in result.stdout.splitlines())
    assert "2 articles" in result.stderr


def test_check_fails_for_what_is_left_out_and_build_does_not(run: Run, tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", a=article_text("Short.\n\n" + "long " * 300 + "end.\n"))
    assert run("check", "--corpus", corpus).exit_code == 1
    result = run("build", "--corpus", corpus, "--var", tmp_path / "var")
    assert result.exit_code == 0
    assert f"{corpus}/articles/a.md:8: left out: " in result.stderr


def test_build_says_what_it_published_and_then_that_nothing_changed(run: Run, tmp_path: Path) -> None:
    corpus, var = write_corpus(tmp_path / "corpus"), tmp_path / "var"
    first = run("build", "--corpus", corpus, "--var", var)
    assert first.stdout == f"published edition {current_id(var)}\n"
    second = run("build", "--corpus", corpus, "--var", var)
    assert second.stdout == f"nothing has changed; still published is edition {current_id(var)}\n"
    assert (first.exit_code, second.exit_code) == (0, 0)


def test_build_shows_how_far_it_is(run: Run, tmp_path: Path) -> None:
    result = run("build", "--corpus", write_corpus(tmp_path / "corpus"), "--var", tmp_path / "var")
    assert "embedding passages" in result.stderr


def test_build_lists_errors_one_a_line_and_exits_1(run: Run, tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", a="no front matter", b="---\ntitle: B\n---\n\n")
    result = run("build", "--corpus", corpus, "--var", tmp_path / "var")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert [line.removeprefix(f"{corpus}/articles/")[:5] for line in result.stderr.splitlines()] == [
        "a.md:",
        "b.md:",
        "b.md:",
    ]
    assert not (tmp_path / "var").exists()


def test_the_folders_can_be_set_by_the_environment(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATBOT_CORPUS", str(write_corpus(tmp_path / "c")))
    monkeypatch.setenv("CHATBOT_VAR", str(tmp_path / "v"))
    assert run("build").exit_code == 0
    assert run("ask", "How is a samovar filled?").exit_code == 0
    assert (tmp_path / "v" / "editions" / "current").is_file()


# Errors are one line on standard error, and say what to do.


@pytest.mark.parametrize(
    "command",
    [("ask", "a?"), ("search", "a?"), ("serve", "--port", "0"), ("ask", "--batch", "-")],
)
def test_without_an_edition_every_command_says_how_to_build(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    result = run(*command, "--var", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == f"{tmp_path}/nowhere/editions: no edition is published; run: chatbot build\n"


def test_a_damaged_edition_is_one_line_that_names_the_file(run: Run, tmp_path: Path) -> None:
    var = tmp_path / "var"
    run("build", "--corpus", write_corpus(tmp_path / "corpus"), "--var", var)
    path = var / "editions" / current_id(var) / "vectors.faiss"
    path.write_bytes(b"")
    for command in ("ask", "search"):
        result = run(command, "a?", "--var", var)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"{path}: damaged or missing; run: chatbot build")
        assert result.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "models").write_text("a file where a folder belongs")
    result = run("build", "--corpus", write_corpus(tmp_path / "corpus"), "--var", tmp_path / "var")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert str(tmp_path / "var" / "models") in result.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("nonsense",), ("ask",), ("search",), ("ask", "a?", "--batch", "-"), ("ask", "a", "b"),
        ("ask", "--wrong", "a?"), ("ask", "--batch", "/no/such/file"), ("search", "a?", "--top", "0"),
        ("search", "a?", "--top", "many"), ("serve", "--port", "99999"), ("serve", "--workers", "0"),
        ("check", "extra"), ("build", "--model"), ("--wrong",),
    ],
)  # fmt: skip
def test_wrong_usage_exits_2(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command, input="")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error: " in result.stderr


@pytest.mark.parametrize("command", ["check", "build", "ask", "search", "serve"])
def test_every_command_takes_the_two_folders_and_explains_itself(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "--corpus" in result.stdout
    assert "--var" in result.stdout


def test_the_command_works_in_a_process_of_its_own(small_var: Path) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in BATCH)
    done = subprocess.run(
        [sys.executable, "-m", "chatbot.cli", "ask", "--batch", "-", "--var", small_var],
        input=lines, capture_output=True, text=True, cwd=ROOT, timeout=60, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == len(BATCH)


@pytest.mark.parametrize("option", [["--tune"], ["--model", "some-model"], []])
def test_preparing_where_torch_is_not_installed_says_what_to_do(option: list[str], tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus")
    without = "import sys; sys.modules['torch'] = None; from chatbot.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", without, "build", *option, "--corpus", tmp_path / "corpus", "--var", tmp_path / "var"],
        capture_output=True, text=True, cwd=ROOT, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0
    assert "articles cannot be prepared here" in done.stderr
    assert "Traceback" not in done.stderr


def test_nobody_reading_on_is_no_error_to_speak_of(small_var: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "chatbot.cli", "ask", "How is a samovar filled?", "--var", small_var],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert isinstance(process.stdout, io.TextIOBase)
    process.stdout.close()
    assert process.stderr
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait(timeout=60)
