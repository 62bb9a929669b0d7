"""The journal keeps the same promises in SQLite and in PostgreSQL, from a new one and from an older one."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from conftest import ROOT
from fakes import EPOCH
from postgresql import engine_of
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chatbot import Audit, Database, Journal, JournalError, People, Verdicts
from chatbot.journal import Base
from chatbot.journal.database import NEWEST
from chatbot.journal.migrating import MIGRATIONS

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Database:
    return Database(database_url)


@pytest.fixture
def journal(database: Database) -> Journal:
    return Journal(database)


def execute(database: Database, statement: str, **values: object) -> None:
    with database.writing() as connection:
        connection.execute(text(statement), values)


def rows(database: Database, statement: str) -> list[tuple[object, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def record(journal: Journal, kind: str, times: int = 1, passages: tuple[str, ...] = (), topic: str = "") -> None:
    for _ in range(times):
        journal.record(kind, "", passages, 12.6, "an-edition", topic)
    journal.flush(30)


def test_a_new_database_has_the_tables_that_the_program_uses(database: Database) -> None:
    database.migrate()
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_the_newest_revision_is_the_last_of_the_migrations() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == NEWEST


def test_tables_that_are_up_to_date_are_used_without_loading_alembic(tmp_path: Path) -> None:
    Journal.beside(tmp_path).database.migrate()
    code = (
        "import sys; from pathlib import Path; from chatbot import Journal; "
        f"Journal.beside(Path({str(tmp_path)!r})).database.migrate(); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "False\n", done.stderr


def test_replies_are_counted_by_month_day_topic_and_quote(journal: Journal) -> None:
    record(journal, "answer", 2, ("parrots:0-5", "parrots:7-9"))
    record(journal, "answer", 1, ("parrots:0-5",))
    record(journal, "not_covered", 3, topic="cost")
    record(journal, "not_covered", 1, topic="age")
    record(journal, "not_covered")
    today = datetime.now(UTC).date()
    assert journal.counts(["answer"]) == {f"{today:%Y-%m}": {"answer": 3}}
    assert journal.kinds_by_day(EPOCH) == {today: {"answer": 3, "not_covered": 5}}
    assert list(journal.topics(EPOCH).items()) == [("cost", 3), ("age", 1)]
    assert journal.quoted(EPOCH) == {"an-edition": {"parrots:0-5": 3, "parrots:7-9": 2}}
    tomorrow = today + timedelta(days=1)
    assert (journal.kinds_by_day(tomorrow), journal.topics(tomorrow), journal.quoted(tomorrow)) == ({}, {}, {})


def test_what_was_said_to_be_unsafe_comes_first(journal: Journal) -> None:
    for passages, reason in (
        (["a:0-1"], "useful"),
        (["a:0-1"], "useful"),
        (["b:0-1", "c:2-3"], "unsafe"),
        ([], "wrong"),
    ):
        journal.record_feedback("an-edition", passages, reason)
    assert journal.feedback(EPOCH) == [
        Verdicts(("b:0-1", "c:2-3"), "unsafe", 1),
        Verdicts(("a:0-1",), "useful", 2),
        Verdicts((), "wrong", 1),
    ]
    assert journal.feedback(datetime.now(UTC).date() + timedelta(days=1)) == []


def test_unanswered_questions_are_read_redacted_and_dismissed(journal: Journal) -> None:
    for question in ("do you sell zebras", "my name is Ottilie, do you sell urns", "is there parking"):
        journal.record_unanswered(question, "an-edition")
    newest, middle, oldest = journal.unanswered()
    assert [each.text for each in (newest, middle, oldest)] == [
        "is there parking",
        "my name is [name], do you sell urns",
        "do you sell zebras",
    ]
    assert journal.dismiss([oldest.number, newest.number, 4711]) == 2
    assert journal.unanswered() == [middle]


def test_what_is_old_is_forgotten(journal: Journal, database: Database) -> None:
    record(journal, "answer", 2)
    journal.record_feedback("an-edition", [], "wrong")
    journal.record_unanswered("do you sell zebras", "an-edition")
    journal.record_unanswered("do you sell urns", "an-edition")
    journal.flush(30)
    for number, days in ((1, 395), (2, 397)):
        execute(database, "update entry set hour = :at where number = :n", at=_before(days), n=number)
    execute(database, "update feedback set hour = :at", at=_before(397))
    for number, days in ((1, 29), (2, 30)):
        day = (NOW - timedelta(days=days)).date().isoformat()
        execute(database, "update unanswered set day = :day where number = :n", day=day, n=number)
    journal.expire(NOW)
    assert rows(database, "select number from entry") == [(1,)]
    assert rows(database, "select * from feedback") == []
    assert rows(database, "select text from unanswered") == [("do you sell zebras",)]


def _before(days: int) -> str:
    return (NOW - timedelta(days=days)).strftime("%Y-%m-%d %H:00:00.000000")


@pytest.mark.parametrize(
    "statement", ["update audit set who = 'x'", "delete from audit", "update audit set number = 9"]
)
def test_the_database_refuses_to_change_an_audit_row(database: Database, database_url: str, statement: str) -> None:
    Audit(database).record("anna", "published", "an-edition")
    with pytest.raises(DBAPIError, match="only added to"), engine_of(database_url).begin() as connection:
        connection.execute(text(statement))
    assert [(entry.who, entry.number) for entry in Audit(database).entries()] == [("anna", 1)]


def test_an_audit_row_is_not_replaced_or_swept_away_either(database: Database, database_url: str) -> None:
    audit = Audit(database)
    audit.record("anna", "published", "an-edition")
    values = "values (1, '2026-01-01', 'x', 'x', 'x', 'x')"
    sweep = "truncate audit" if "postgresql" in database_url else f"insert or replace into audit {values}"
    with pytest.raises(DBAPIError, match="only added to"), engine_of(database_url).begin() as connection:
        connection.execute(text(sweep))
    assert [entry.who for entry in audit.entries()] == ["anna"]


def test_audit_entries_come_newest_first_page_by_page(database: Database) -> None:
    audit = Audit(database)
    for number in range(5):
        audit.record("anna", "edited", f"article-{number}", "two words")
    page = audit.entries(2)
    assert [entry.subject for entry in page] == ["article-4", "article-3"]
    assert [entry.subject for entry in audit.entries(10, before=page[-1].number)] == [
        "article-2",
        "article-1",
        "article-0",
    ]
    assert (page[0].who, page[0].action, page[0].detail) == ("anna", "edited", "two words")
    assert abs(page[0].at - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=5)


OPEN = "import sys; from chatbot import Database; Database(sys.argv[1]).migrate()"


def test_processes_that_start_at_once_make_the_tables_once(database_url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN, database_url], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [(process.communicate(timeout=120)[1], process.returncode) for process in started] == [("", 0)] * 2
    record(Journal(database_url), "answer")
    assert sum(Journal(database_url).counts(["answer"]).popitem()[1].values()) == 1


def test_threads_that_start_at_once_make_the_tables_once(database_url: str) -> None:
    journals = [Journal(Database(database_url)) for _ in range(8)]
    threads = [threading.Thread(target=record, args=(journal, "answer")) for journal in journals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert rows(journals[0].database, "select count(*) from entry") == [(8,)]


OLDER = """
create table entry (number {number}, hour {time} not null, kind varchar not null, concern varchar not null,
    passages varchar not null, milliseconds integer not null, edition varchar not null);
create table feedback (number {number}, hour {time} not null, reason varchar not null, passages varchar not null,
    edition varchar not null);
create table unanswered (number {number}, day date not null, text varchar not null, edition varchar not null);
create index entry_hour_kind on entry (hour, kind);
insert into entry (hour, kind, concern, passages, milliseconds, edition)
    values ('2026-05-01 10:00:00.000000', 'crisis', 'help', '', 4, 'an-edition')
"""
"""The tables as the first journal made them, without migrations, and a row."""


@pytest.mark.parametrize("lacks", ["", "unanswered"])
def test_an_older_journal_is_taken_over_with_its_rows(database_url: str, lacks: str) -> None:
    serial = "serial primary key" if "postgresql" in database_url else "integer not null primary key"
    time_type = "timestamp" if "postgresql" in database_url else "datetime"
    with engine_of(database_url).begin() as connection:
        for statement in OLDER.format(number=serial, time=time_type).split(";"):
            if not lacks or lacks not in statement:
                connection.execute(text(statement))
    journal = Journal(database_url)
    assert journal.counts(["crisis"]) == {"2026-05": {"crisis": 1}}
    record(journal, "not_covered", topic="cost")
    journal.record_unanswered("do you sell zebras", "an-edition")
    assert journal.topics(EPOCH) == {"cost": 1}
    assert [each.text for each in journal.unanswered()] == ["do you sell zebras"]
    with journal.database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_journal_that_an_older_version_wrote_opens_with_everything_in_it(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parent / "older" / "journal-0.1.0.sqlite", tmp_path / "journal.sqlite")
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:  # it was written long ago, and would be forgotten
        hour = datetime.now(UTC).strftime("%Y-%m-%d %H:00:00.000000")
        connection.execute("update entry set hour = ?", (hour,))
        connection.execute("update feedback set hour = ?", (hour,))
        connection.execute("update unanswered set day = ?", (hour[:10],))
    connection.close()
    journal = Journal.beside(tmp_path)
    with journal.database.reading() as opened:
        assert compare_metadata(MigrationContext.configure(opened), Base.metadata) == []
    assert [each.text for each in journal.unanswered()] == ["my name is [name], do you sell zebras"]
    assert journal.kinds_by_day(EPOCH).popitem()[1] == {"answer": 3, "not_covered": 1, "crisis": 1}
    assert sum(journal.help_by_day(EPOCH).values()) == 2
    (quoted,) = journal.quoted(EPOCH).values()
    assert quoted == {"parrots:0-5": 2, "parrots:7-9": 1, "samovars:0-5": 1}
    assert journal.feedback(EPOCH) == [Verdicts(("parrots:0-5",), "unsafe", 1)]
    record(journal, "answer")
    assert journal.kinds_by_day(EPOCH).popitem()[1]["answer"] >= 1
    assert People(journal.database).people() == []


def test_a_database_of_a_newer_version_is_refused_in_one_line(database: Database, database_url: str) -> None:
    database.migrate()
    execute(database, "update alembic_version set version_num = '9999'")
    with pytest.raises(JournalError, match="made by a newer version; install that version"):
        Journal(database_url).kinds_by_day(EPOCH)


def test_entries_that_can_never_be_written_do_not_take_the_others_along(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal._writer, "start", lambda: None)
    for kind in ("answer", "\ud800", "crisis"):
        journal.record(kind, "", [], 1.0, "an-edition")
    monkeypatch.undo()
    record(journal, "abuse")
    assert journal.kinds_by_day(EPOCH).popitem()[1] == {"answer": 1, "crisis": 1, "abuse": 1}


def test_a_journal_file_that_is_replaced_is_read_anew(tmp_path: Path) -> None:
    one, other = (Journal.beside(tmp_path / name) for name in ("one", "other"))
    record(one, "answer")
    record(other, "crisis", 2)
    other.database.close()
    with sqlite3.connect(tmp_path / "other" / "journal.sqlite") as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    (tmp_path / "other" / "journal.sqlite").replace(tmp_path / "one" / "journal.sqlite")
    for left in (tmp_path / "one").glob("journal.sqlite-*"):
        left.unlink()
    assert one.counts(["answer", "crisis"]).popitem()[1] == {"crisis": 2}
