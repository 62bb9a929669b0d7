"""What breaks on the disk, or jumps with the clock, gives no visitor a wrong answer and makes none wait."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import ROOT
from fakes import EDITION_FILES, SAMOVAR, SAMOVARS, write_corpus
from servers import wait_until

from chatbot import Service
from chatbot.journal import Database
from index import Built, EditionError, current_id, load_edition, publish

Build = Callable[..., Built]


def script(
    code: str, *given: object, seconds: float = 120, before: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own, with the rooms and the tests' helpers at hand."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    command = [*before, sys.executable, "-c", code, *map(str, given)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=seconds)


def test_a_build_that_is_killed_at_any_step_leaves_what_was_published_and_the_next_build_works(
    small_var: Path, words_encoder: Path, tmp_path: Path
) -> None:
    done = script((ROOT / "tests/killing.py").read_text(), words_encoder, small_var, tmp_path, seconds=600)
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert steps.pop() == {"ended": 0}, "the last build was not killed, and went well"
    assert len(steps) > 15, "the build has more steps than were seen"
    assert [step["step"] for step in steps if not step["good"]] == []
    assert sorted((step["old"] for step in steps), reverse=True) == [step["old"] for step in steps], "old, then new"
    assert steps[0]["old"]
    assert not steps[-1]["old"]


FULL = """
import resource, sys
from pathlib import Path
from fakes import builder
build = builder(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
try:
    build(Path(sys.argv[2]), Path(sys.argv[3]))
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("room", [10, 3000, 30_000])
def test_a_full_disk_stops_a_build_and_nothing_else(
    small_var: Path, words_encoder: Path, tmp_path: Path, room: int
) -> None:
    var = shutil.copytree(small_var, tmp_path / "var")
    published = current_id(var)
    corpus = write_corpus(tmp_path / "corpus", samovars=SAMOVARS.replace("from the top", "from above"))
    done = script(FULL, words_encoder, corpus, var, room)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip(), "the build should not have had room"
    assert load_edition(var).id == published
    assert [path.name for path in (var / "editions").iterdir() if path.is_dir()] == [published]


@pytest.fixture(scope="module")
def two_editions(small_var: Path, build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A var folder with two editions; the first is published."""
    folder = tmp_path_factory.mktemp("two")
    var = shutil.copytree(small_var, folder / "var")
    first = current_id(var)
    build(write_corpus(folder / "corpus", samovars=SAMOVARS.replace("from the top", "from above")), var)
    publish(var, first)
    return var


@pytest.mark.parametrize("name", ["manifest.json", *EDITION_FILES])
@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "gone", "folder"])
def test_an_edition_with_a_damaged_file_is_refused_and_the_last_good_one_serves_on(
    two_editions: Path, one_screen: None, tmp_path: Path, name: str, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatbot.service.LOOK_EVERY", 0.0)
    var = shutil.copytree(two_editions, tmp_path / "var")
    good = current_id(var)
    (other,) = (path.name for path in (var / "editions").iterdir() if path.is_dir() and path.name != good)
    service = Service(tmp_path, var)
    assert service.reply(SAMOVAR).edition == good
    spoil(var / "editions" / other / name, damage)
    publish(var, other)
    reply = service.reply(SAMOVAR)
    assert (reply.kind, reply.edition) == ("answer", good)
    assert name in service.trouble
    assert "chatbot build" in service.trouble
    with pytest.raises(EditionError, match=name.replace(".", r"\.")):
        load_edition(var)


def spoil(path: Path, damage: str) -> None:
    content = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "changed":
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "folder":
        path.mkdir()


def quick(service: Service) -> str:
    """The kind of reply to a question that is answered at once."""
    began = time.monotonic()
    kind = service.reply(SAMOVAR).kind
    assert time.monotonic() - began < 2, "a reply waited for the journal"
    return kind


def test_a_locked_journal_delays_nothing_and_is_written_again_once_it_is_free(
    small_var: Path, corpus: Path, one_screen: None, tmp_path: Path
) -> None:
    service = Service(corpus, shutil.copytree(small_var, tmp_path / "var"))
    quick(service)
    service.journal.flush()
    with sqlite3.connect(tmp_path / "var" / "journal.sqlite", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert [quick(service) for _ in range(5)] == ["answer"] * 5
        other.execute("ROLLBACK")
    quick(service)
    wait_until(lambda: entries(tmp_path / "var") >= 2)


def entries(var: Path) -> int:
    with sqlite3.connect(var / "journal.sqlite") as database:
        count: int = database.execute("SELECT count(*) FROM entry").fetchone()[0]
        return count


def test_a_journal_that_is_taken_away_is_made_anew(
    small_var: Path, corpus: Path, one_screen: None, tmp_path: Path
) -> None:
    var = shutil.copytree(small_var, tmp_path / "var")
    service = Service(corpus, var)
    quick(service)
    service.journal.flush()
    for path in var.glob("journal.sqlite*"):
        path.unlink()
    for _ in range(3):
        assert quick(service) == "answer"
        service.journal.flush()
    assert entries(var) >= 2


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to be looked at" * 50])
def test_a_damaged_journal_costs_counts_and_nothing_else(
    small_var: Path, corpus: Path, one_screen: None, tmp_path: Path, content: bytes
) -> None:
    var = shutil.copytree(small_var, tmp_path / "var")
    (var / "journal.sqlite").write_bytes(content)
    service = Service(corpus, var)
    assert [quick(service) for _ in range(3)] == ["answer"] * 3
    service.journal.flush()


READ_ONLY = """
import sys, time
from pathlib import Path
from chatbot import Service
service = Service(Path(sys.argv[1]), Path(sys.argv[2]))
began = time.monotonic()
print(service.reply("How is a samovar filled?").kind, service.reply("I want to kill myself").kind)
print(time.monotonic() - began < 5)
service.journal.flush()
"""

AS_ANYBODY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
"""Takes from root the right to write where its own files say read-only."""


@pytest.mark.parametrize("there", [True, False])
def test_a_journal_that_cannot_be_written_costs_counts_and_nothing_else(
    small_var: Path, corpus: Path, tmp_path: Path, there: bool
) -> None:
    var = shutil.copytree(small_var, tmp_path / "var")
    if there:
        Database.beside(var).migrate()
    for path in (*var.glob("journal.sqlite*"), var):
        path.chmod(0o555)
    done = script(READ_ONLY, corpus, var, before=AS_ANYBODY if os.geteuid() == 0 else [])
    assert done.stdout.split() == ["answer", "crisis", "True"], done.stderr
    assert "journal" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_clock_that_jumps_back_does_not_hide_a_new_edition(
    small_var: Path, build: Build, tmp_path: Path, one_screen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import datetime

    class Back(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2001, 2, 3, 4, 5, 6, tzinfo=tz)  # type: ignore[arg-type]

    monkeypatch.setattr("chatbot.service.LOOK_EVERY", 0.0)
    var = shutil.copytree(small_var, tmp_path / "var")
    service = Service(tmp_path, var)
    monkeypatch.setattr(sys.modules["index.build"], "datetime", Back)
    corpus = write_corpus(tmp_path / "corpus", samovars=SAMOVARS.replace("from the top", "from above"))
    made = build(corpus, var).edition_id
    assert made.startswith("20010203")
    assert service.reply(SAMOVAR).edition == made
    monkeypatch.undo()
    (corpus / "articles" / "samovars.md").write_text(SAMOVARS.replace("from the top", "from the side"))
    assert build(corpus, var).edition_id != made
    assert load_edition(var).id == current_id(var)


def test_a_clock_that_jumps_delays_no_reply(
    small_var: Path, corpus: Path, one_screen: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(corpus, shutil.copytree(small_var, tmp_path / "var"))
    now = time.time()
    for jump in (86_400 * 400, -86_400 * 400, 0):
        monkeypatch.setattr("time.time", lambda jump=jump: now + jump)
        assert quick(service) == "answer"
