"""The server can be run for years by somebody who did not write it: it tells how it is, and counts."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import CORPUS
from fakes import DANGER, PARROTS, SAMOVAR, write_corpus
from servers import asking, serve

from chatbot.cli import main
from chatbot.doctor import examine
from chatbot.journal.database import NEWEST
from index import current_id
from index.encoder import files_digest
from web import create_app


@pytest.fixture
def kept(small_var: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A corpus and a var folder in order."""
    today = f"checked = {date.today()}"
    corpus = write_corpus(tmp_path / "corpus")
    text = (CORPUS / "helplines.toml").read_text()
    (corpus / "helplines.toml").write_text(re.sub(r"^checked = .*$", today, text, flags=re.M))
    return corpus, shutil.copytree(small_var, tmp_path / "var")


def states(corpus: Path, var: Path, **given: str) -> dict[str, str]:
    return {finding.subject: finding.state for finding in examine(corpus, var, given)}


def test_a_doctor_finds_nothing_broken_where_all_is_well(kept: tuple[Path, Path]) -> None:
    corpus, var = kept
    done = CliRunner().invoke(main, ["doctor", "--corpus", str(corpus), "--var", str(var)])
    assert done.exit_code == 0, done.output
    assert "broken" not in done.output
    for subject in ("edition", "journal", "disk", "helplines", "reviews", "safety screen"):
        assert f" {subject}: " in done.output


def no_edition(corpus: Path, var: Path) -> None:
    shutil.rmtree(var / "editions")


def damaged_edition(corpus: Path, var: Path) -> None:
    next(var.glob("editions/*/vectors.faiss")).write_bytes(b"")


def damaged_journal(corpus: Path, var: Path) -> None:
    (var / "journal.sqlite").write_bytes(b"not a database, but long enough to be looked at" * 50)


def broken_article(corpus: Path, var: Path) -> None:
    (corpus / "articles" / "bad.md").write_text("no front matter")


def broken_helplines(corpus: Path, var: Path) -> None:
    (corpus / "articles").rename(corpus / "elsewhere")


@pytest.mark.parametrize(
    ("harm", "subject"),
    [
        (no_edition, "edition"),
        (damaged_edition, "edition"),
        (damaged_journal, "journal"),
        (broken_article, "corpus"),
        (broken_helplines, "corpus"),
    ],
)
def test_a_doctor_names_what_is_broken_and_the_way_out(
    kept: tuple[Path, Path], harm: Callable[[Path, Path], None], subject: str
) -> None:
    harm(*kept)
    broken = [finding for finding in examine(*kept, {}) if finding.state == "broken"]
    assert [finding.subject for finding in broken] == [subject]
    assert broken[0].way_out
    done = CliRunner().invoke(main, ["doctor", "--corpus", str(kept[0]), "--var", str(kept[1])])
    assert done.exit_code == 1
    assert str(broken[0]) in done.output


def test_a_doctor_tells_what_will_need_care_soon(kept: tuple[Path, Path]) -> None:
    corpus, var = kept
    old = re.sub(r"reviewed: .*", "reviewed: 2015-01-01", PARROTS)
    (corpus / "articles" / "parrots.md").write_text(old)
    helplines = (corpus / "helplines.toml").read_text()
    (corpus / "helplines.toml").write_text(
        helplines.replace(str(date.today()), str(date.today() - timedelta(days=100)))
    )
    (var / "editions" / ".building-20200101-000000-01234567").mkdir()
    found = states(corpus, var, CHATBOT_LIMITS="off")
    assert {subject for subject, state in found.items() if state == "soon"} >= {
        "reviews",
        "helplines",
        "disk",
        "limits",
    }
    assert "broken" not in found.values()


def test_a_doctor_tells_of_an_edition_that_an_earlier_version_made(edition_var: Path, tmp_path: Path) -> None:
    var = shutil.copytree(edition_var, tmp_path / "earlier")
    assert "soon" not in {finding.state for finding in examine(CORPUS, var, {}) if finding.subject == "edition"}
    manifest = var / "editions" / current_id(var) / "manifest.json"
    written = json.loads(manifest.read_text())
    model = var / "models" / written["encoder"]["digest"]
    with (model / "tokenizer.json").open("a") as file:
        file.write("\n")
    written["encoder"]["digest"] = files_digest(model)
    model.rename(model.with_name(files_digest(model)))
    manifest.write_text(json.dumps(written))
    found = [finding for finding in examine(CORPUS, var, {}) if finding.subject == "edition"]
    assert [finding.state for finding in found] == ["good", "soon"]
    assert found[1].way_out == "run: chatbot build"


def test_a_doctor_reads_the_settings(kept: tuple[Path, Path]) -> None:
    assert states(*kept, CHATBOT_PROXIES="some")["proxies"] == "broken"


def test_metrics_are_off_unless_asked_for(small_var: Path, one_screen: None) -> None:
    assert create_app(CORPUS, small_var).test_client().get("/metrics").status_code == 404


def test_metrics_count_without_words_and_are_not_shown_outside(
    small_var: Path, one_screen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATBOT_METRICS", "on")
    client = create_app(CORPUS, small_var).test_client()
    for question in (SAMOVAR, SAMOVAR, DANGER):
        client.post("/api/ask", json={"question": question})
    client.get(f"/no-such-page-{SAMOVAR.split()[3]}")
    text = client.get("/metrics").text
    assert 'chatbot_replies_total{kind="answer"} 2.0' in text
    assert 'chatbot_replies_total{kind="crisis"} 1.0' in text
    assert 'chatbot_request_seconds_count{route="/api/ask",status="200"} 3.0' in text
    assert "chatbot_ready 1.0" in text
    assert float(re.findall(r"^chatbot_edition_made_seconds (\S+)", text, re.M)[0]) == pytest.approx(
        time.time(), abs=3600
    )
    assert "samovar" not in text.lower()
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.7"}).status_code == 404


def test_several_workers_count_together_and_their_log_holds_no_words(small_var: Path, tmp_path: Path) -> None:
    var = shutil.copytree(small_var, tmp_path / "var", ignore=shutil.ignore_patterns("journal*"))
    settings = {"CHATBOT_METRICS": "on", "CHATBOT_LOGS": "json", "CHATBOT_LIMITS": "off"}
    with serve(write_corpus(tmp_path / "corpus"), var, **settings) as server:
        for number in range(30):
            assert server.ask(f"{SAMOVAR} {number}").status == 200
        server.get("/?question=is+a+samovar+hot")
        counts = {
            server.get("/metrics").body.decode().count('chatbot_replies_total{kind="answer"} 30.0') for _ in range(6)
        }
        assert counts == {1}, "each worker tells the counts of both"
        server.stop()
    log = server.log.read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]  # libraries write of their own
    told = [line["message"] for line in lines if "journal" in line["logger"]]
    assert told == [f"the journal's tables are of revision {NEWEST} now"]
    assert not [line for line in lines if "alembic" in line["logger"]]
    assert "Traceback" not in log
    asked = [line for line in lines if line.get("route") == "/api/ask"]
    assert len(asked) == 30
    assert set(asked[0]) == {"time", "level", "logger", "message", "process", "method", "route", "status", "ms"}
    assert "samovar" not in log.lower()
    assert "127.0.0.1" not in "".join(json.dumps(line) for line in lines if "route" in line)


def test_a_request_is_asked_as_the_server_tests_ask_it() -> None:
    head, _, body = asking(SAMOVAR).partition(b"\r\n\r\n")
    assert int(re.findall(rb"Content-Length: (\d+)", head)[0]) == len(body)
