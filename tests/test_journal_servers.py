"""A database server that is gone, locked or misnamed makes no visitor wait, and is told of in one line."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import EPOCH
from postgresql import PostgreSQL, engine_of
from sqlalchemy import text

from chatbot import Database, JournalError, People, Service


def in_time(condition: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()


def test_replies_do_not_wait_for_a_server_that_stopped_and_are_counted_when_it_is_back(
    small_var: Path, postgresql: PostgreSQL, one_screen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatbot.journal.writing.AGAIN_AFTER", 0.2)
    service = Service(small_var.parent / "corpus", small_var, postgresql.new_database())
    assert service.reply("How is an urn filled?").kind == "answer"
    service.journal.flush(30)
    postgresql.stop()
    try:
        began = time.perf_counter()
        kinds = [service.reply(each).kind for each in ("How is an urn filled?", "do you sell zebras?", "i want to die")]
        assert time.perf_counter() - began < 2
        assert kinds == ["answer", "not_covered", "crisis"]
        assert service.referral_counts() == {}
        with pytest.raises(JournalError, match="the journal cannot be used"):
            service.journal.kinds_by_day(EPOCH)
    finally:
        postgresql.start()
    assert in_time(lambda: sum(service.referral_counts().values()) == 1)
    assert service.journal.kinds_by_day(EPOCH).popitem()[1] == {"answer": 2, "not_covered": 1, "crisis": 1}


def test_replies_do_not_wait_for_a_locked_server(small_var: Path, postgresql: PostgreSQL, one_screen: None) -> None:
    url = postgresql.new_database()
    service = Service(small_var.parent / "corpus", small_var, url)
    service.journal.flush(30)
    with engine_of(url).begin() as connection:
        connection.execute(text("lock table entry in access exclusive mode"))
        began = time.perf_counter()
        for _ in range(20):
            assert service.reply("How is an urn filled?").kind == "answer"
        assert time.perf_counter() - began < 2
    assert in_time(lambda: service.journal.counts(["answer"]) != {})


def test_replies_go_on_when_the_server_takes_no_writes(
    small_var: Path, postgresql: PostgreSQL, one_screen: None
) -> None:
    url = postgresql.new_database()
    service = Service(small_var.parent / "corpus", small_var, url)
    service.reply("How is an urn filled?")
    service.journal.flush(30)
    name = url.split("/")[3].split("?")[0]
    with engine_of(url).connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text(f"alter database {name} set default_transaction_read_only = on"))
    service.database.close()
    assert service.reply("How is an urn filled?").kind == "answer"
    service.journal.flush(30)
    assert sum(service.journal.kinds_by_day(EPOCH).popitem()[1].values()) == 1


def test_accounts_and_counts_share_the_database_that_the_url_names(
    small_var: Path, tmp_path: Path, one_screen: None, database_url: str
) -> None:
    service = Service(small_var.parent / "corpus", tmp_path / "var", database_url)
    People(service.database).invite("anna", "editor", "the test")
    assert [person.name for person in People(Database(database_url)).people()] == ["anna"]
    assert not (tmp_path / "var" / "journal.sqlite").exists()


@pytest.mark.parametrize("url", ["nonsense", "", "mysterious://host/name"])
def test_a_wrong_url_is_one_line_that_says_what_to_do(url: str) -> None:
    with pytest.raises(JournalError, match=r"journal") as caught:
        Database(url).migrate()
    assert "\n" not in str(caught.value)


def test_a_password_in_the_url_is_told_to_nobody() -> None:
    database = Database("postgresql://anna:marmalade@127.0.0.1:1/journal")
    with pytest.raises(JournalError) as caught:
        database.migrate()
    assert "marmalade" not in str(caught.value) + database.name
    assert "127.0.0.1:1" in str(caught.value)
