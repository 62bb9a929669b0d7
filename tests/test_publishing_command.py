"""Publishing, going back and teaching from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import run
from fakes import SAMOVAR
from publications import check, edit, quoted

from chatbot.safety import Screen
from index import current_id

pytestmark = pytest.mark.usefixtures("legible", "remembering")


def test_the_command_line_publishes_and_goes_back(corpus: Path, var: Path) -> None:
    folders = ("--corpus", corpus, "--var", var)
    first = current_id(var)
    assert "no candidate is ready" in run("publish", *folders).stderr
    check(corpus)
    edit(corpus)
    refused = run("build", *folders)
    assert refused.exit_code == 1
    assert f"failed: {SAMOVAR!r}: expected an answer samovars “from the top”" in refused.stderr
    assert refused.stderr.endswith("give a reason to publish all the same\n")
    assert current_id(var) == first
    assert run("prepare", *folders).exit_code == 1
    assert run("publish", "--yes", *folders).exit_code == 1
    done = run("publish", "--yes", "--reason", "so be it", *folders)
    second = current_id(var)
    assert done.stdout.splitlines()[-1] == f"published edition {second}"
    assert second != first
    assert run("rollback", first, "--reason", "no", *folders).exit_code == 0
    assert current_id(var) == first
    assert [line[:30].split()[0] for line in run("editions", *folders).stdout.splitlines()] == ["*", second, first]
    assert "so be it" in run("editions", *folders).stdout
    assert run("build", "--reason", "again", *folders).exit_code == 0


def test_the_command_line_teaches_what_the_next_build_knows(corpus: Path, var: Path, screen: Screen) -> None:
    folders = ("--corpus", corpus, "--var", var)
    quote = "A lantern needs oil, and it burns all night."
    assert run("teach", "a macaw", "--article", "samovars", *folders).exit_code == 2
    for question in ("what of the macaw", "macaw, a macaw", "macaws"):
        assert run("teach", question, "--article", "samovars", "--quote", quote, *folders).exit_code == 0
    wrong = run("teach", "x", "--article", "samovars", "--quote", "Not there.", *folders)
    assert (wrong.exit_code, wrong.stderr.count("\n")) == (1, 1)
    chosen = run("teach", "urn", *folders, input="1\n")
    assert "A samovar is filled from the top.  (samovars)" in chosen.stdout
    assert run("build", *folders).exit_code == 0
    assert quote in quoted(var, screen, "what of the macaw")
