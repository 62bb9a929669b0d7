"""The journal counts, forgets in time, and never stands between a visitor and a reply."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import ROOT

from chatbot import Service
from chatbot.deciding import Decision
from chatbot.journal import Journal

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def journal(var: Path) -> Journal:
    return Journal.beside(var)


def execute(var: Path, statement: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(var / "journal.sqlite")
    try:
        with connection:
            return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


def record(journal: Journal, *kinds: str) -> None:
    for kind in kinds:
        journal.record(kind, "", ["parrots:0-5", "parrots:7-9"], 12.6, "an-edition")
    journal.flush(30)


def is_in_files(var: Path, word: str) -> bool:
    return any(word.encode() in path.read_bytes() for path in var.glob("journal*"))


def test_a_reply_is_one_row_without_words(journal: Journal, var: Path) -> None:
    record(journal, "answer")
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    ((_, noted, *rest),) = execute(var, "select * from entry")
    assert timedelta(0) <= hour - datetime.fromisoformat(str(noted)) <= timedelta(hours=1)
    assert rest == ["answer", "", "parrots:0-5 parrots:7-9", 13, "an-edition", ""]


def test_replies_are_counted_by_month(journal: Journal, var: Path) -> None:
    record(journal, *["crisis"] * 3, "abuse", "answer", "answer")
    for place, hour in enumerate(("2026-01-31 23:00", "2026-02-01 00:00", "2026-02-28 10:00"), 1):
        execute(var, "update entry set hour = ? where number = ?", (f"{hour}:00.000000", place))
    execute(var, "update entry set hour = '2026-02-10 09:00:00.000000' where kind = 'abuse'")
    assert journal.counts(["crisis", "abuse"]) == {"2026-01": {"crisis": 1}, "2026-02": {"crisis": 2, "abuse": 1}}
    assert journal.counts(["emergency"]) == {}
    assert journal.counts([]) == {}


def test_counts_are_forgotten_after_thirteen_months(journal: Journal, var: Path) -> None:
    record(journal, "answer", "crisis")
    journal.record_feedback("an-edition", ["parrots:0-5"], "wrong")
    journal.record_feedback("an-edition", ["parrots:0-5"], "useful")
    journal.flush(30)
    for table, column in (("entry", "kind"), ("feedback", "reason")):
        for days, name in ((397, "crisis"), (397, "wrong"), (395, "answer"), (395, "useful")):
            hour = (NOW - timedelta(days=days)).strftime("%Y-%m-%d %H:00:00.000000")
            execute(var, f"update {table} set hour = ? where {column} = ?", (hour, name))
    journal.expire(NOW)
    assert execute(var, "select kind from entry") == [("answer",)]
    assert execute(var, "select reason from feedback") == [("useful",)]


def test_text_is_forgotten_after_thirty_days_and_leaves_the_files(journal: Journal, var: Path) -> None:
    ages = {"yesterday": 1, "tolerably": 29, "marmalade": 30, "zebracrossing": 31, "antique": 400}
    for word in ages:
        journal.record_unanswered(f"do you sell {word}", "an-edition")
    journal.flush(30)
    for word, days in ages.items():
        day = (NOW - timedelta(days=days)).date().isoformat()
        execute(var, "update unanswered set day = ? where text like ?", (day, f"%{word}"))
    journal.expire(NOW)
    assert execute(var, "select text from unanswered") == [("do you sell yesterday",), ("do you sell tolerably",)]
    assert [word for word in ages if is_in_files(var, word)] == ["yesterday", "tolerably"]


def test_text_is_redacted_and_dated_by_the_day(journal: Journal, var: Path) -> None:
    journal.record_unanswered("my name is Ottilie, call 706-555-0142", "an-edition")
    journal.flush(30)
    ((_, day, text, edition),) = execute(var, "select * from unanswered")
    assert abs(date.fromisoformat(str(day)) - datetime.now(UTC).date()) <= timedelta(days=1)
    assert (text, edition) == ("my name is [name], call [phone]", "an-edition")
    assert not is_in_files(var, "Ottilie")


def test_a_program_that_starts_forgets_though_nobody_asks(journal: Journal, var: Path) -> None:
    record(journal, "answer")
    execute(var, "update entry set hour = '2020-01-01 00:00:00.000000'")
    Journal.beside(var).flush(30)
    assert execute(var, "select count(*) from entry") == [(0,)]


def test_a_journal_without_the_newest_table_gets_it(var: Path) -> None:
    var.mkdir()
    shutil.copy(ROOT / "tests" / "older" / "journal-0.1.0.sqlite", var / "journal.sqlite")
    execute(var, "drop table unanswered")
    later = Journal.beside(var)
    later.record_unanswered("do you sell zebras", "an-edition")
    later.flush(30)
    assert execute(var, "select text from unanswered") == [("do you sell zebras",)]


def test_an_unknown_reason_is_refused(journal: Journal) -> None:
    with pytest.raises(ValueError, match="a reason is one of useful"):
        journal.record_feedback("an-edition", [], "because")


def test_one_entry_that_cannot_be_written_does_not_stop_the_next(journal: Journal, var: Path) -> None:
    record(journal, "\ud800")
    record(journal, "answer")
    assert execute(var, "select kind from entry") == [("answer",)]


def test_a_locked_database_delays_nobody_and_is_written_later(journal: Journal, var: Path) -> None:
    record(journal, "answer")
    lock = sqlite3.connect(var / "journal.sqlite", isolation_level=None)
    lock.execute("begin exclusive")
    began = time.perf_counter()
    for _ in range(2000):
        journal.record("crisis", "", [], 1.0, "an-edition")
    assert time.perf_counter() - began < 2
    lock.execute("rollback")
    lock.close()
    journal.flush(30)
    record(journal, "abuse")
    assert execute(var, "select count(*) from entry where kind = 'abuse'") == [(1,)]


def test_a_folder_that_is_taken_away_is_made_again(journal: Journal, var: Path) -> None:
    record(journal, "answer")
    shutil.rmtree(var)
    record(journal, "crisis")
    assert execute(var, "select kind from entry") == [("crisis",)]


@pytest.mark.parametrize("blocked", ["a file in place of the folder", "no database"])
def test_a_journal_that_cannot_be_opened_counts_nothing(var: Path, blocked: str) -> None:
    if blocked == "no database":
        var.mkdir()
        (var / "journal.sqlite").write_bytes(b"this is no database, but it is long enough to be taken for one" * 50)
    else:
        var.write_text("a file")
    journal = Journal.beside(var)
    record(journal, "crisis")
    assert journal.counts(["crisis"]) == {}


def test_a_missing_var_folder_still_gets_a_reply(tmp_path: Path, one_screen: None) -> None:
    service = Service(tmp_path / "corpus", tmp_path / "nowhere" / "var")
    assert service.reply("How is an urn filled?").kind == "trouble"
    assert service.referral_counts() == {}


@pytest.mark.parametrize(("kind", "counted"), [("not_covered", {"cost": 2}), ("personal", {})])
def test_the_topic_of_what_is_not_covered_is_counted(
    small_var: Path,
    tmp_path: Path,
    one_screen: None,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    counted: dict[str, int],
) -> None:
    monkeypatch.setattr("chatbot.answering.decide", lambda *_, **__: Decision(kind, topic="cost"))
    service = Service(small_var.parent / "corpus", small_var, f"sqlite:///{tmp_path / 'journal.sqlite'}")
    for _ in range(2):
        assert service.reply("what does a zebra cost").kind == kind
    assert service.journal.topics(date(2000, 1, 1)) == counted


SCRIPT = """
import os, pathlib, resource, sys
import chatbot
corpus, var, trouble = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
service = chatbot.Service(corpus, var)
service.reply("How is an urn filled?")
if trouble == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))
else:
    os.chmod(var, 0o555)
    if os.geteuid() == 0:
        os.setresuid(65534, 65534, 65534)
for question in ("How is an urn filled?", "i want to kill myself", "do you sell zebras?"):
    print(service.reply(question).kind)
service._journal.flush(30)
print(service.referral_counts())
print(service.reply("Is a fiddle tuned?").kind)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_replies_go_on_when_the_disk_is_full_or_read_only(small_var: Path, tmp_path: Path, trouble: str) -> None:
    var = shutil.copytree(small_var, tmp_path / "var", ignore=shutil.ignore_patterns("journal*"))
    for folder in [parent for parent in var.parents if parent.is_relative_to(small_var.parents[1])]:
        os.chmod(folder, 0o755)
    command = [sys.executable, "-c", SCRIPT, str(small_var.parent / "corpus"), str(var), trouble]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n") == ["answer", "crisis", "not_covered", "{}", "answer", ""]
    assert "the journal cannot be written: " in done.stderr
    assert "zebras" not in done.stderr


def test_a_place_that_cannot_be_looked_at_stops_nobody(tmp_path: Path) -> None:
    journal = Journal.beside(tmp_path / ("x" * 300))
    journal.record("answer", "none", (), 1.0, "edition")
    journal.flush()
