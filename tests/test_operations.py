"""The server can be run for years by somebody who did not write it: it tells how it is, and counts."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import CORPUS, ROOT
from fakes import PARROTS, write_corpus
from servers import SAMOVAR, asking, free_port, serve

from chatbot.cli import main
from chatbot.doctor import examine
from web import create_app

DANGER = "I want to kill myself"


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
    var = shutil.copytree(small_var, tmp_path / "var")
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
    assert "Traceback" not in log
    asked = [line for line in lines if line.get("route") == "/api/ask"]
    assert len(asked) == 30
    assert set(asked[0]) == {"time", "level", "logger", "message", "process", "method", "route", "status", "ms"}
    assert "samovar" not in log.lower()
    assert "127.0.0.1" not in "".join(json.dumps(line) for line in lines if "route" in line)


@contextmanager
def nginx(port: int, folder: Path) -> Iterator[tuple[int, int]]:
    """The example's nginx in front of ``port``, with a certificate of its own: the ports for HTTP and TLS."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.fail("no nginx is installed; run: make services", pytrace=False)
    plain, tls = free_port(), free_port()
    certificate = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=chat.example.org",
    ]
    subprocess.run(
        [*certificate, "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True
    )
    example = (ROOT / "deploy" / "nginx.conf").read_text()
    for old, new in (
        ("127.0.0.1:8000", f"127.0.0.1:{port}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{tls} ssl"),
        ("/etc/letsencrypt/live/chat.example.org/fullchain.pem", str(folder / "cert.pem")),
        ("/etc/letsencrypt/live/chat.example.org/privkey.pem", str(folder / "key.pem")),
        ("/var/log/nginx", str(folder)),
    ):
        assert old in example, f"the example no longer holds {old}"
        example = example.replace(old, new)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    whole = f"daemon off; pid {folder}/pid; events {{}}\nhttp {{\n{places}\n{example}\n}}\n"
    (folder / "nginx.conf").write_text(whole if os.geteuid() else f"user root;\n{whole}")
    command = [program, "-p", str(folder), "-e", str(folder / "first.log"), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        for _ in range(100):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", tls)) == 0:
                    break
            time.sleep(0.05)
        try:
            yield plain, tls
        finally:
            process.terminate()


def test_the_nginx_example_works_as_it_is_written(small_var: Path, tmp_path: Path) -> None:
    var = shutil.copytree(small_var, tmp_path / "var")
    settings = {
        "CHATBOT_PROXIES": "1", "CHATBOT_HOSTS": "chat.example.org", "CHATBOT_METRICS": "on",
        "CHATBOT_LIMITS": "memory://", "CHATBOT_LIMITS_ASK": "4 per minute",
    }  # fmt: skip
    (tmp_path / "nginx").mkdir()
    with (
        serve(write_corpus(tmp_path / "corpus"), var, workers=1, **settings) as server,
        nginx(server.port, tmp_path / "nginx") as (plain, tls),
    ):

        def curl(path: str, *options: str, scheme: str = "https", name: str = "chat.example.org") -> tuple[int, str]:
            port = tls if scheme == "https" else plain
            done = subprocess.run(
                ["curl", "-sik", "--connect-to", f"::127.0.0.1:{port}", f"{scheme}://{name}{path}", *options],
                capture_output=True, text=True, timeout=30,
            )  # fmt: skip
            found = re.match(r"HTTP/\S+ (\d+)", done.stdout)
            return int(found[1]) if found else 0, done.stdout

        status, page = curl("/?words=lantern")
        assert status == 200, page
        assert "strict-transport-security: max-age=31536000" in page.lower()
        assert curl("/", scheme="http")[0] == 301
        assert curl("/metrics")[0] == 404
        assert curl("/", "-H", "Host: evil.example.net")[0] == 400
        body = (
            "-H",
            "Content-Type: application/json",
            "-H",
            "X-Forwarded-For: 6.6.6.6",
            "-d",
            '{"question": "lantern?"}',
        )
        assert [curl("/api/ask", *body)[0] for _ in range(6)] == [200] * 4 + [429] * 2, (
            "the visitor's own address counts"
        )
        assert '"kind":"crisis"' in curl("/api/ask", *body[:4], "-d", json.dumps({"question": DANGER}))[1]
        (tmp_path / "large").write_text("question=" + "x" * 1_200_000)
        assert curl("/", "-d", f"@{tmp_path / 'large'}")[0] == 413
    written = "".join(path.read_text() for path in (tmp_path / "nginx").glob("*.log"))
    assert "/api/ask 200" in written
    assert "lantern" not in written
    assert "127.0.0.1" not in written


def test_systemd_accepts_the_unit_and_finds_it_hardened(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd on this machine")
    unit = (ROOT / "deploy" / "chatbot.service").read_text()
    here = tmp_path / "chatbot.service"
    here.write_text(unit.replace("/opt/chatbot/.venv/bin/chatbot", "/bin/true"))
    done = subprocess.run([program, "verify", "--man=no", here], capture_output=True, text=True, timeout=60)
    assert "chatbot.service" not in done.stderr, done.stderr
    done = subprocess.run(
        [program, "security", "--offline=true", "--threshold=25", here], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout


def test_the_unit_and_the_image_start_the_server_as_it_takes_its_options() -> None:
    for name in ("chatbot.service", "Dockerfile"):
        text = (ROOT / "deploy" / name).read_text()
        assert set(re.findall(r"CHATBOT_[A-Z_]+", text)) <= set(documented())
        given = re.findall(r"--[a-z]+", re.findall(r"^(?:ExecStart|CMD) ?=?(.*serve.*)$", text, re.M)[-1])
        known = {option for each in main.commands["serve"].params for option in each.opts}
        assert given
        assert set(given) <= known


def documented() -> list[str]:
    return re.findall(r"CHATBOT_[A-Z_]+", "".join(path.read_text() for path in (ROOT / "docs").glob("*.md")))


def test_every_path_that_the_image_copies_is_there_and_no_stage_that_serves_has_torch() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    _, build, final = text.split("\nFROM ")
    for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.M):
        sources = [word for word in line.split()[:-1] if not word.startswith("--")]
        assert sources
        assert all((ROOT / source).exists() for source in sources), line
    made = {
        word for line in re.findall(r"^COPY --from=build (.*)$", final, re.M) for word in line.split() if word[0] == "/"
    }
    assert all(place in build for place in made if place.count("/") == 1)
    assert "torch" in build
    assert "torch" not in re.sub(r"^#.*$", "", final, flags=re.M)
    assert "USER chatbot" in final


def test_a_short_soak_stays_flat(small_var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from soak import draw, is_flat, soak

    var = shutil.copytree(small_var, tmp_path / "var")
    rate, seen = soak(write_corpus(tmp_path / "corpus"), var, 0.05, [SAMOVAR, "What is a parrot?"], looks=4)
    assert rate > 5
    assert is_flat(seen)
    assert not any(look.wrong for look in seen)
    draw(seen, rate, tmp_path / "soak.png")
    assert (tmp_path / "soak.png").stat().st_size > 5000


def test_every_installed_library_names_its_licence() -> None:
    done = subprocess.run([sys.executable, ROOT / "deploy/licences.py"], capture_output=True, text=True, timeout=60)
    assert re.search(r"^flask +BSD-3-Clause$", done.stdout, re.M | re.I)
    assert not re.search(r"\b(AGPL|SSPL|proprietary)", done.stdout, re.I)


def test_a_request_is_asked_as_the_server_tests_ask_it() -> None:
    head, _, body = asking(SAMOVAR).partition(b"\r\n\r\n")
    assert int(re.findall(rb"Content-Length: (\d+)", head)[0]) == len(body)
