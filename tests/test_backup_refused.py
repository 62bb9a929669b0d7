"""A damaged backup changes nothing, and none writes where it should not."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from houses import House

from chatbot import Database, JournalError
from chatbot.keeping import KeepingError, back_up, restore


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


@pytest.mark.parametrize("content", [b"", b"not a backup at all", gzip.compress(b"neither is this" * 100, mtime=0)])
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
