"""A restore is killed at each of its steps: everything is as it was, or all of it is restored."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from children import die_at, in_child
from commands import run
from fakes import write_corpus
from houses import House, settle

from chatbot import Database, People
from chatbot.editorial import Busy
from chatbot.keeping import finish_restore, restore
from chatbot.keeping.swap import NOTE, Swap, swapping

if TYPE_CHECKING:
    from postgresql import PostgreSQL

CHANGES = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree")


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of a house with another article and another account than ``changed`` has."""
    house = settle(tmp_path / "earlier")
    return house.back_up(tmp_path / "backup.tar.gz")


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str], House]:
    """``changed(name)``: a house that has lived on since the backup."""

    def make(name: str) -> House:
        house = settle(tmp_path / name)
        write_corpus(house.corpus, samovars="A samovar is filled at dawn.", kettles="A kettle sings.")
        (house.corpus / "wording.toml").write_text('[lead]\nanswer = "So it is written:"\n')
        People(house.database).invite("berta", "editor", "anna")
        house.database.close()
        return house

    return make


def lived_in(house: House) -> tuple[dict[str, bytes], list[str]]:
    """The files that staff made, and who has an account."""
    return house.files(), [person.name for person in People(house.database).people()]


def never(mark: str) -> bool:
    raise AssertionError(f"asked for {mark}")


def left_over(house: House) -> list[str]:
    return [path.name for folder in (house.corpus, house.var) for path in folder.glob(".restoring-*")]


def test_a_restore_that_is_killed_at_any_step_leaves_all_or_nothing(
    changed: Callable[[str], House], backup: Path
) -> None:
    sure, restored = changed("sure"), changed("restored")
    before = lived_in(sure)
    restore(backup, restored.corpus, restored.var, restored.database, replace=True)
    after = lived_in(restored)
    assert before[0] != after[0]
    assert before[1] != after[1]
    seen, step = [], 0
    while True:
        step += 1
        house = changed(f"house-{step}")

        def killed(house: House = house, step: int = step) -> None:
            die_at(step, house.corpus.parent, CHANGES)
            restore(backup, house.corpus, house.var, Database.beside(house.var), replace=True)

        ended = in_child(killed)
        had_begun = (house.var / NOTE).exists()
        undone = finish_restore(house.var)
        now = lived_in(house)
        assert now in (before, after), f"step {step}"
        assert had_begun or not undone
        seen.append(now == after)
        if had_begun:
            assert not left_over(house)
        restore(backup, house.corpus, house.var, house.database, replace=True)
        assert lived_in(house) == after
        house.database.close()
        shutil.rmtree(house.corpus.parent)
        if ended != -signal.SIGKILL:
            assert ended == 0
            break
    assert step > 30, "a restore has more steps than were seen"
    assert seen == sorted(seen), "as it was, up to one step; from then on as it was backed up"
    assert set(seen) == {False, True}


def test_the_next_command_takes_back_what_was_killed_and_says_so(changed: Callable[[str], House], backup: Path) -> None:
    house = changed("house")
    before = house.files()

    def killed() -> None:
        die_at(1, house.corpus / "articles", ("os.rename",))
        restore(backup, house.corpus, house.var, Database.beside(house.var), replace=True)

    assert in_child(killed) == -signal.SIGKILL
    assert house.files() != before
    done = run("editions", "--corpus", house.corpus, "--var", house.var)
    assert "a restore was stopped on the way; everything is as it was before it" in done.stderr
    assert house.files() == before
    assert "restore" not in run("editions", "--corpus", house.corpus, "--var", house.var).stderr


@pytest.mark.parametrize(("last_step", "arrives"), [("rows", False), ("done", True)])
def test_a_restore_into_postgresql_that_is_killed_beside_its_commit_leaves_all_or_nothing(
    changed: Callable[[str], House],
    backup: Path,
    postgresql: PostgreSQL,
    monkeypatch: pytest.MonkeyPatch,
    last_step: str,
    arrives: bool,
) -> None:
    url = postgresql.new_database()
    here, sure = changed("house"), changed("sure")
    house = House(here.corpus, here.var, Database(url))
    People(house.database).invite("clara", "editor", "anna")
    before = lived_in(house)
    house.database.close()
    restore(backup, sure.corpus, sure.var, sure.database, replace=True)

    def killed() -> None:
        write_down = Swap.write_down

        def last(swap: Swap, step: str, *places: Path | str) -> None:
            if step == "rows":
                write_down(swap, step, *places)
            if step == last_step:
                os.kill(os.getpid(), signal.SIGKILL)
            if step != "rows":
                write_down(swap, step, *places)

        monkeypatch.setattr(Swap, "write_down", last)
        restore(backup, house.corpus, house.var, Database(url), replace=True)

    assert in_child(killed) == -signal.SIGKILL
    unknown = run("editions", "--corpus", house.corpus, "--var", house.var)
    assert unknown.exit_code == 1
    assert "name that database in CHATBOT_JOURNAL, and try again" in unknown.stderr
    monkeypatch.setenv("CHATBOT_JOURNAL", url)
    told = run("editions", "--corpus", house.corpus, "--var", house.var).stderr
    assert ("everything is as it was before it" in told) is not arrives
    assert lived_in(house) == (lived_in(sure) if arrives else before)
    assert not left_over(house)
    house.database.close()


def test_nothing_else_is_done_while_a_backup_is_restored(changed: Callable[[str], House], backup: Path) -> None:
    house = changed("house")
    before = house.files()
    with swapping(house.var, never) as swap:
        swap.folder_in(house.corpus)
        with pytest.raises(Busy, match="a backup is being restored; wait until that is done"):
            restore(backup, house.corpus, house.var, house.database, replace=True)
        done = run("editions", "--corpus", house.corpus, "--var", house.var)
        assert done.exit_code == 1
        assert done.stderr == "a backup is being restored; wait until that is done\n"
    assert house.files() == before
