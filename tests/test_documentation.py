"""What the documents say is so: every command, path and setting that they name is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest
from conftest import ROOT

from chatbot.cli import main

NEEDED = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE")
DOCUMENTS = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")) if path.is_file())
ROOMS = ("corpus", "index", "chatbot", "web", "tests", "docs", "benchmarks", ".ci")
WRITTEN = ("var/", ".venv/", "dist/")
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code(text: str) -> list[str]:
    """What stands in backticks, and the lines of fenced blocks."""
    fenced = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.M | re.S)
    outside = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return [*re.findall(r"`([^`\n]+)`", outside), *(line.strip() for block in fenced for line in block.splitlines())]


def complaints(path: Path) -> list[str]:
    """What a document names that is not there."""
    text, wrong = path.read_text("utf-8"), []
    for piece in code(text):
        words = piece.removeprefix("$ ").removeprefix(".venv/bin/").split()
        if words[:1] == ["make"]:
            wrong += [f"no target: make {word}" for word in words[1:] if word.isalpha() and word not in TARGETS]
        if words[:1] == ["chatbot"] and len(words) > 1:
            wrong += wrong_command(words[1:])
        wrong += wrong_path(piece)
    for target in re.findall(r"\]\(([^)#?\s]+)[^)]*\)", text):
        if (
            "://" not in target
            and not target.startswith(("mailto:", "tel:", "/"))
            and not (path.parent / target).exists()
        ):
            wrong.append(f"no such file: {target}")
    return wrong


def wrong_command(words: list[str]) -> list[str]:
    command = main.commands.get(words[0])
    if command is None:
        return [] if words[0].startswith(("-", "…", "...")) else [f"no command: chatbot {words[0]}"]
    known = {option for each in command.params if isinstance(each, click.Option) for option in each.opts} | {
        "--help",
        "-h",
    }
    given = [word.split("=")[0].strip("[]") for word in words[1:] if word.strip("[]").startswith("--")]
    return [f"no option: chatbot {words[0]} {option}" for option in given if option not in known]


def wrong_path(piece: str) -> list[str]:
    """A path of this repository that is not there; patterns and placeholders are looked for as patterns."""
    found = re.fullmatch(r"(\.?[\w.-]+(?:/[\w.*<>{}-]*)+|[\w-]+\.(?:py|md|toml|json|txt|sh))(?:::?[\w.]+)?", piece)
    if not found or piece.startswith(("/", *WRITTEN)) or (found[1].split("/")[0] not in ROOMS and "/" in found[1]):
        return []
    pattern = re.sub(r"<[^>]*>|\{[^}]*\}|NAME", "*", found[1]).rstrip("/")
    here = list(ROOT.glob(pattern)) or list(ROOT.glob(f"*/{pattern}")) or list(ROOT.glob(f"*/*/{pattern}"))
    return [] if here else [f"no such path: {piece}"]


@pytest.mark.parametrize("needed", NEEDED)
def test_the_documents_that_a_newcomer_looks_for_are_there(needed: str) -> None:
    assert (ROOT / needed).is_file()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_command_path_and_link_of_a_document_is_there(path: Path) -> None:
    wrong = complaints(path)
    assert not wrong, f"{name(path)}:\n" + "\n".join(wrong)


def test_the_checks_of_this_file_find_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "`make cake` `chatbot dance` `chatbot ask --loud` `corpus/nowhere.py` [a](nowhere.md)\n```\nmake tea\n```\n"
    )
    assert len(complaints(path)) == 6
    path.write_text(
        "`make test` `chatbot ask --json` `corpus/articles/*.md` `var/editions/current` [a](a.md) `make serve`\n"
    )
    assert complaints(path) == []


def test_the_readme_shows_the_two_commands_and_a_picture() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "make serve" in text
    assert "make test" in text
    assert re.search(r"!\[[^\]]+\]\([^)]+\.(png|jpg|svg)\)|<img [^>]*alt=", text)


def test_the_readme_names_every_command_that_staff_and_developers_use() -> None:
    text = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    missing = [command for command in main.commands if f"chatbot {command}" not in text]
    assert not missing


def test_every_setting_is_documented() -> None:
    sources = [path for room in ROOMS[:4] for path in (ROOT / room).rglob("*.py")]
    settings = {found for path in sources for found in re.findall(r"CHATBOT_[A-Z_]+", path.read_text("utf-8"))}
    documented = {found for path in DOCUMENTS for found in re.findall(r"CHATBOT_[A-Z_]+", path.read_text("utf-8"))}
    assert settings == documented


def test_the_changelog_has_a_safety_heading_for_the_version_of_the_package() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert re.search(r"^#+ Safety$", text, re.M)
    assert version in text or "Unreleased" in text


def test_every_package_and_its_data_is_in_the_distribution() -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    rooms = {path.parent for room in ROOMS[:4] for path in (ROOT / room).rglob("__init__.py")}
    assert {path.relative_to(ROOT).as_posix().replace("/", ".") for path in rooms} == set(setup["packages"])
    for package, patterns in setup["package-data"].items():
        folder = ROOT / package.replace(".", "/")
        assert all(list(folder.glob(pattern)) for pattern in patterns), package


def test_the_two_commands_of_the_readme_are_targets() -> None:
    assert {"serve", "test"} <= TARGETS
