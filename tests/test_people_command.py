"""Accounts from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from accounts import PASSWORD, hash_quickly
from click.testing import Result
from commands import run

from chatbot import Database, People


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


def staff(var: Path, *arguments: str) -> Result:
    return run("staff", *arguments, "--var", var)


def test_accounts_are_made_listed_reset_and_disabled_from_the_command_line(tmp_path: Path) -> None:
    assert staff(tmp_path, "list").stdout == ""
    made = staff(tmp_path, "add", "anna", "--role", "administrator", "--address", "https://chat.example.org/")
    assert made.exit_code == 0
    address, token = made.stdout.strip().rsplit("/", 1)
    assert address == "https://chat.example.org/staff/welcome"
    people = People(Database.beside(tmp_path))
    assert staff(tmp_path, "list").stdout == "anna\tadministrator\tinvited\tnever\n"
    people.accept(token, PASSWORD)
    assert staff(tmp_path, "list").stdout == "anna\tadministrator\tno second factor yet\tnever\n"
    token = staff(tmp_path, "reset", "anna").stdout.strip().rsplit("/", 1)[1]
    assert people.accept(token, PASSWORD).name == "anna"
    staff(tmp_path, "add", "berta", "--role", "editor")
    assert staff(tmp_path, "disable", "berta").stdout == "berta can no longer log in\n"
    assert staff(tmp_path, "list").stdout.splitlines()[1] == "berta\teditor\tdisabled\tnever"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("add", "anna", "--role", "editor"), 1, "'anna' has an account already"),
        (("disable", "anna"), 1, "'anna' is the last administrator"),
        (("disable", "zoe"), 1, "'zoe' has no account; see: chatbot staff list"),
        (("reset", "zoe"), 1, "'zoe' has no account"),
        (("add", "berta", "--role", "owner"), 2, "'owner' is not one of"),
        (("add", "berta"), 2, "--role"),
        (("add", "x", "--role", "editor"), 1, "a name has 2 to 64 letters"),
        (("list", "--journal", "nonsense"), 1, "the journal's URL cannot be read"),
    ],
)
def test_what_cannot_be_done_is_one_line_on_standard_error(
    tmp_path: Path, arguments: tuple[str, ...], status: int, words: str
) -> None:
    assert staff(tmp_path, "add", "anna", "--role", "administrator").exit_code == 0
    result = staff(tmp_path, *arguments)
    assert result.exit_code == status
    assert words in result.stderr
    assert status == 2 or len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr
