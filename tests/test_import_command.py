"""chatbot import shows, asks and writes a draft."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import commands
import pytest
from click.testing import Result
from imports import PAGE

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "corpus").mkdir()

    def call(*arguments: str | Path, input: str | None = None) -> Result:
        folders = ("--corpus", tmp_path / "corpus", "--var", tmp_path / "var")
        return commands.run("import", *arguments, *folders, input=input)

    return call


def test_the_command_shows_asks_and_writes(run: Run, tmp_path: Path) -> None:
    page, place = tmp_path / "page.html", tmp_path / "corpus/articles/after-the-session.md"
    page.write_text(PAGE, "utf-8")
    result = run(page, input="n\n")
    assert "## On the day itself" in result.stdout
    assert not place.exists()
    assert run(page, input="y\n").exit_code == 0
    assert "source: The Harbour Clinic\n" in place.read_text("utf-8")
    page.write_text(PAGE.replace("Drink water", "Drink tea"), "utf-8")
    result = run(page, "--yes")
    assert "Drink [-water-]{+tea+}" in result.stdout
    assert "Drink tea" in place.read_text("utf-8")
    assert "nothing has changed" in run(page, "--yes").stdout


def test_the_command_takes_pasted_text_and_only_shows_it_without_yes(run: Run, tmp_path: Path) -> None:
    assert run("-", "--as", "lamps", "--source", "Us", input="A lantern needs oil.").exit_code == 0
    assert not (tmp_path / "corpus/articles/lamps.md").exists()
    assert run("-", "--as", "lamps", "--source", "Us", "--yes", input="A lantern needs oil.").exit_code == 0
    assert (tmp_path / "corpus/articles/lamps.md").read_text("utf-8").endswith("---\n\nA lantern needs oil.\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("http://127.0.0.1/x",), "not on the public internet"),
        (("ftp://example.org/x",), "not a web address"),
        (("nowhere.docx",), "nowhere.docx"),
        (("-",), "Nothing was pasted"),
    ],
)
def test_the_command_says_in_one_line_what_it_cannot_do(
    run: Run, tmp_path: Path, arguments: tuple[str], says: str
) -> None:
    result = run(*arguments, input="")
    assert result.exit_code == 1
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list((tmp_path / "corpus").rglob("*"))


def test_nobody_named_as_the_source_is_asked_for(run: Run) -> None:
    result = run("-", "--yes", input="A lantern needs oil.")
    assert result.exit_code == 1
    assert "source" in result.stderr
