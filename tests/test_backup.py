"""A backup brings everything back, a damaged one changes nothing, and none writes where it should not."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes import write_corpus

from chatbot import Audit, Database, Journal, JournalError, People, Service, cli, secret_key
from chatbot.keeping import KeepingError, back_up, restore
from index import current_id

EPOCH = date(2000, 1, 1)


@dataclass
class House:
    """A corpus folder, a var folder and a database."""

    corpus: Path
    var: Path
    database: Database

    def files(self) -> dict[str, bytes]:
        """Every file that staff made, by name; what the program can make again is not among them."""
        found = {}
        for name, folder in (("corpus", self.corpus), ("var", self.var)):
            for path in folder.rglob("*"):
                if path.is_file() and not path.name.startswith(("journal.sqlite", "secret_key", "built.sqlite")):
                    found[f"{name}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
        return found

    def told(self) -> tuple[object, ...]:
        """What the database says."""
        journal, audit, people = Journal(self.database), Audit(self.database), People(self.database)
        return (
            journal.kinds_by_day(EPOCH),
            journal.feedback(EPOCH),
            journal.unanswered(),
            people.people(),
            audit.entries(),
        )


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


@pytest.fixture
def small_house(small_var: Path, tmp_path: Path) -> House:
    """A house in SQLite with one account and one article."""
    corpus = write_corpus(tmp_path / "house" / "corpus")
    var = tmp_path / "house" / "var"
    (var / "editions").mkdir(parents=True)
    (var / "editions" / "history.jsonl").write_text("{}\n")
    house = House(corpus, var, Database.beside(var))
    People(house.database).invite("anna", "administrator", "the test")
    return house


@pytest.fixture
def backup(small_house: House, tmp_path: Path) -> Path:
    file = tmp_path / "backup.tar.gz"
    back_up(small_house.corpus, small_house.var, small_house.database, file)
    return file


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


def refused(small_house: House, file: Path, words: str) -> None:
    """A restore of ``file`` is refused in one line, and leaves everything as it is, also where nothing is yet."""
    before, told = small_house.files(), small_house.told()
    with pytest.raises(KeepingError, match=words) as caught:
        restore(file, small_house.corpus, small_house.var, small_house.database, replace=True)
    assert "\n" not in str(caught.value)
    assert (small_house.files(), small_house.told()) == (before, told)
    assert not list(small_house.var.parent.rglob(".restoring-*"))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_backup_with_one_wrong_bit_is_refused(small_house: House, backup: Path, share: float) -> None:
    content = bytearray(backup.read_bytes())
    content[20 + int((len(content) - 21) * share)] ^= 0x10
    backup.write_bytes(content)
    refused(small_house, backup, "damaged|which no backup would|another version")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.95, 0.9999])
def test_a_backup_that_was_cut_off_is_refused(small_house: House, backup: Path, share: float) -> None:
    content = backup.read_bytes()
    backup.write_bytes(content[: int(len(content) * share)])
    refused(small_house, backup, "damaged")


@pytest.mark.parametrize("content", [b"", b"not a backup at all", gzip.compress(b"neither is this" * 100)])
def test_what_is_no_backup_is_refused(small_house: House, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    refused(small_house, tmp_path / "file", "damaged, or no backup")


Members = list[tuple[tarfile.TarInfo, bytes]]


def rewritten(backup: Path, change: Callable[[Members], None]) -> Path:
    """A backup whose members were changed by somebody who can write a sound archive."""
    with tarfile.open(backup) as tar:
        members = [(member, file.read()) for member in tar if (file := tar.extractfile(member))]
    change(members)
    with tarfile.open(backup, "w:gz") as tar:
        for member, content in members:
            member.size = len(content) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(content))
    return backup


def named(name: str, content: bytes = b"x") -> tuple[tarfile.TarInfo, bytes]:
    return tarfile.TarInfo(name), content


@pytest.mark.parametrize(
    "name",
    ["../evil", "/tmp/evil", "corpus/../../evil", "corpus/articles/../../../evil.md", "editions/../../evil", "evil",
     "corpus/__init__.py", "corpus/articles/evil.py", "corpus/evil.txt", "corpus/defaults/wording.toml", "secret_key",
     "editions/.hidden", "corpus/./clinic.toml", "corpus//clinic.toml", "editions\\..\\evil", "C:/evil", "editions",
     "manifest.json/x", "models/evil.pyc", "journal.sqlite/x", "corpus/articles/"],
)  # fmt: skip
def test_a_name_that_no_backup_has_is_refused(small_house: House, backup: Path, tmp_path: Path, name: str) -> None:
    everything = set(tmp_path.parent.rglob("*evil*"))
    refused(small_house, rewritten(backup, lambda members: members.insert(0, named(name))), "which no backup would")
    assert set(tmp_path.parent.rglob("*evil*")) == everything
    assert not Path("/tmp/evil").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_a_link_or_device_is_refused(small_house: House, backup: Path, kind: bytes) -> None:
    member, content = named("corpus/articles/x.md", b"")
    member.type, member.linkname = kind, "/etc/passwd"
    refused(small_house, rewritten(backup, lambda members: members.insert(0, (member, content))), "which no backup")


def _change_content(members: Members) -> None:
    members[1] = (members[1][0], members[1][1] + b" ")


def _add_unlisted(members: Members) -> None:
    members.insert(0, named("corpus/articles/x.md"))


def _twice(members: Members) -> None:
    members.insert(0, members[0])


def _after_the_end(members: Members) -> None:
    members.append(named("corpus/articles/x.md"))


def _other_format(members: Members) -> None:
    members[-1] = named("manifest.json", json.dumps(json.loads(members[-1][1]) | {"format": 99}).encode())


def _no_list(members: Members) -> None:
    members[-1] = named("manifest.json", json.dumps({"format": 1, "files": [1]}).encode())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda members: members.pop(), "it has no manifest.json"),
        (lambda members: members.pop(0), "damaged"),
        (lambda members: members.pop(1), "damaged"),
        (_change_content, "damaged"),
        (_add_unlisted, "damaged"),
        (_twice, "which no backup would"),
        (_after_the_end, "which no backup would"),
        (_other_format, "another version"),
        (_no_list, "damaged"),
    ],
)
def test_a_backup_that_does_not_hold_what_it_lists_is_refused(
    small_house: House, backup: Path, change: Callable[[Members], None], words: str
) -> None:
    refused(small_house, rewritten(backup, change), words)


def test_when_the_last_step_fails_everything_is_as_it_was(
    small_house: House, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small_house.corpus / "articles" / "parrots.md").write_text("changed since")
    before, told = small_house.files(), small_house.told()

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr("chatbot.keeping.restoring._exchange_journal", fails)
    with pytest.raises(OSError, match="No space left"):
        restore(backup, small_house.corpus, small_house.var, small_house.database, replace=True)
    assert (small_house.files(), small_house.told()) == (before, told)


def test_a_server_that_is_away_leaves_everything_as_it_was(small_house: House, backup: Path, tmp_path: Path) -> None:
    before = small_house.files()
    away = Database(f"postgresql://nobody@/nothing?host={tmp_path}")
    with pytest.raises(JournalError, match="the journal cannot be used"):
        restore(backup, small_house.corpus, small_house.var, away, replace=True)
    assert small_house.files() == before


def test_a_backup_of_a_newer_version_is_refused(small_house: House, tmp_path: Path) -> None:
    file = tmp_path / "newer.tar.gz"
    back_up(small_house.corpus, small_house.var, small_house.database, file)

    def newer(members: Members) -> None:
        import hashlib
        import sqlite3

        copy = tmp_path / "newer.sqlite"
        copy.write_bytes(members[0][1])
        with sqlite3.connect(copy) as connection:
            connection.execute("update alembic_version set version_num = '9999'")
        connection.close()
        manifest = json.loads(members[-1][1])
        content = copy.read_bytes()
        manifest["files"]["journal.sqlite"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        members[0] = named("journal.sqlite", content)
        members[-1] = named("manifest.json", json.dumps(manifest).encode())

    before = small_house.files()
    with pytest.raises(JournalError, match="made by a newer version"):
        restore(rewritten(file, newer), small_house.corpus, small_house.var, small_house.database, replace=True)
    assert small_house.files() == before


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(cli.main, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


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
