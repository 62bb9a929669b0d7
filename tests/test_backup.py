"""A backup brings everything back, in either database, and holds nothing that it should not."""

from __future__ import annotations

import shutil
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import run
from fakes import write_corpus
from houses import House

from chatbot import Audit, Database, Journal, People, Service, secret_key
from chatbot.keeping import KeepingError, back_up, restore
from index import current_id


@pytest.fixture
def house(small_var: Path, tmp_path: Path, database_url: str) -> House:
    """A house that is lived in."""
    corpus = write_corpus(tmp_path / "house" / "corpus")
    (corpus / "clinic.toml").write_text('name = "The Harbour Clinic"\n')
    (corpus / "questions").mkdir()
    (corpus / "questions" / "taught.toml").write_text("# taught\n")
    (corpus / ".removed").mkdir()
    (corpus / ".removed" / "old.md").write_text("an old article")
    var = shutil.copytree(small_var, tmp_path / "house" / "var", ignore=shutil.ignore_patterns("journal*"))
    house = House(corpus, var, Database(database_url))
    journal = Journal(house.database)
    for kind in ("answer", "answer", "crisis"):
        journal.record(kind, "", ["parrots:0-5"], 1.0, "an-edition")
    journal.record_feedback("an-edition", ["parrots:0-5"], "unsafe")
    journal.record_unanswered("do you sell zebras", "an-edition")
    journal.flush(30)
    people = People(house.database)
    people.accept(people.invite("anna", "administrator", "the test"), "marmalade zeppelin umbrella")
    people.invite("berta", "editor", "anna")
    return house


def empty(tmp_path: Path, url: str | None = None) -> House:
    new = tmp_path / "new"
    return House(new / "corpus", new / "var", Database.of(url, new / "var"))


def test_a_backup_brings_everything_back_somewhere_else(house: House, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    made = back_up(house.corpus, house.var, house.database, file)
    assert (made.files, made.size) == (len(house.files()) + 1, file.stat().st_size)
    new = empty(tmp_path)
    restore(file, new.corpus, new.var, new.database)
    assert new.files() == house.files()
    assert new.told() == house.told()
    assert People(new.database).log_in("anna", "marmalade zeppelin umbrella").role == "administrator"
    assert (new.var / "journal.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_restored_house_answers(house: House, tmp_path: Path, one_screen: None) -> None:
    back_up(house.corpus, house.var, house.database, tmp_path / "backup.tar.gz")
    new = empty(tmp_path)
    restore(tmp_path / "backup.tar.gz", new.corpus, new.var, new.database)
    assert current_id(new.var) == current_id(house.var)
    assert Service(new.corpus, new.var).reply("How is an urn filled?").kind == "answer"


def test_a_backup_of_either_database_is_restored_into_either(
    house: House, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    back_up(house.corpus, house.var, house.database, tmp_path / "backup.tar.gz")
    new = empty(tmp_path, request.getfixturevalue("postgresql").new_database())
    restore(tmp_path / "backup.tar.gz", new.corpus, new.var, new.database)
    assert new.told() == house.told()
    Audit(new.database).record("anna", "logged in", "anna")
    People(new.database).invite("celia", "editor", "anna")
    numbers = [entry.number for entry in Audit(new.database).entries()]
    assert numbers == sorted(set(numbers), reverse=True)
    assert not (new.var / "journal.sqlite").exists()


def test_a_restore_replaces_everything_only_when_told_to(house: House, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    back_up(house.corpus, house.var, house.database, file)
    before, told = house.files(), house.told()
    (house.corpus / "articles" / "parrots.md").write_text("changed")
    (house.corpus / "articles" / "new.md").write_text("new")
    (house.corpus / "wording.toml").write_text("# new")
    (house.corpus / "program.py").write_text("# the program's own")
    People(house.database).invite("celia", "editor", "anna")
    changed, told_then = house.files(), house.told()
    with pytest.raises(KeepingError, match="is there already; restore into an empty place, or replace it: --replace"):
        restore(file, house.corpus, house.var, house.database)
    assert (house.files(), house.told()) == (changed, told_then)
    restore(file, house.corpus, house.var, house.database, replace=True)
    assert house.files() == before | {"corpus/program.py": b"# the program's own"}
    assert house.told() == told


def test_accounts_alone_are_not_replaced_unasked_either(house: House, tmp_path: Path) -> None:
    back_up(house.corpus, house.var, house.database, tmp_path / "backup.tar.gz")
    told = house.told()
    with pytest.raises(KeepingError, match="holds rows already"):
        restore(tmp_path / "backup.tar.gz", tmp_path / "c", tmp_path / "v", house.database)
    assert house.told() == told


def test_a_server_that_runs_sees_what_was_restored(small_house: House, backup: Path) -> None:
    running = People(Database.beside(small_house.var))
    running.invite("celia", "editor", "anna")
    restore(backup, small_house.corpus, small_house.var, Database.beside(small_house.var), replace=True)
    assert [person.name for person in running.people()] == ["anna"]


def test_a_backup_holds_no_key_no_program_and_nothing_hidden(small_house: House, tmp_path: Path) -> None:
    secret_key(small_house.var)
    for name in ("__init__.py", "articles/x.py", ".git", "articles/.swp", "notes.txt", "defaults/wording.toml"):
        path = small_house.corpus / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    for name in ("editions/.lock", "candidate", "other"):
        (small_house.var / name).write_text("x")
    (small_house.corpus / "articles" / "link.md").symlink_to("/etc/hostname")
    back_up(small_house.corpus, small_house.var, small_house.database, tmp_path / "backup.tar.gz")
    with tarfile.open(tmp_path / "backup.tar.gz") as tar:
        assert sorted(tar.getnames()) == [
            "corpus/articles/parrots.md",
            "corpus/articles/samovars.md",
            "editions/history.jsonl",
            "journal.sqlite",
            "manifest.json",
        ]
    assert (tmp_path / "backup.tar.gz").stat().st_mode & 0o777 == 0o600


def test_a_backup_that_fails_leaves_no_file(
    small_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small_house.var / "editions" / "current").write_text("20260101-101010-0123abcd\n")
    target = tmp_path / "backups"
    with pytest.raises(KeepingError, match="an edition was published meanwhile; run the backup again"):
        back_up(small_house.corpus, small_house.var, small_house.database, target / "a.tar.gz")
    assert list(target.iterdir()) == []
    (target / "a.tar.gz").write_text("the one of yesterday")
    with pytest.raises(KeepingError, match="is there already"):
        back_up(small_house.corpus, small_house.var, small_house.database, target / "a.tar.gz")
    assert (target / "a.tar.gz").read_text() == "the one of yesterday"


def test_backup_and_restore_from_the_command_line(small_house: House, tmp_path: Path) -> None:
    file = tmp_path / "backups" / "today.tar.gz"
    made = run("backup", file, "--corpus", small_house.corpus, "--var", small_house.var)
    assert (made.exit_code, made.stdout.split(":")[0]) == (0, str(file))
    assert "keep it where only administrators can read it" in made.stderr
    new = empty(tmp_path)
    done = run("restore", file, "--corpus", new.corpus, "--var", new.var)
    assert done.exit_code == 0, done.stderr
    assert new.files() == small_house.files()
    assert [entry.action for entry in Audit(new.database).entries()][:2] == ["restored a backup", "made a backup"]
    again = run("restore", file, "--corpus", new.corpus, "--var", new.var)
    assert (again.exit_code, len(again.stderr.splitlines())) == (1, 1)
    assert "--replace" in again.stderr
    assert run("restore", file, "--replace", "--corpus", new.corpus, "--var", new.var).exit_code == 0
    assert run("restore", tmp_path / "nowhere", "--var", new.var).exit_code == 2


def test_a_restored_house_says_when_the_backup_was_made(small_house: House, backup: Path, tmp_path: Path) -> None:
    new = empty(tmp_path)
    manifest = restore(backup, new.corpus, new.var, new.database)
    assert abs(datetime.fromisoformat(manifest["made"]) - datetime.now(UTC)).total_seconds() < 300
