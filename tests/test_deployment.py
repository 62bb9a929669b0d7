"""What is deployed works as it is written: nginx, the unit, the image, a long run, the licences."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ROOT
from fakes import DANGER, SAMOVAR, write_corpus
from servers import free_port, serve

from chatbot.cli import main


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
        assert all(any(ROOT.glob(source)) for source in sources), line
    made = {
        word for line in re.findall(r"^COPY --from=build (.*)$", final, re.M) for word in line.split() if word[0] == "/"
    }
    assert all(place in build for place in made if place.count("/") == 1)
    assert "torch" in build
    assert "torch" not in re.sub(r"^#.*$", "", final, flags=re.M)
    assert "USER chatbot" in final


@pytest.mark.alone
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
    assert done.returncode == 0, done.stdout
    assert re.search(r"^flask +BSD-3-Clause$", done.stdout, re.M | re.I)
    assert not re.search(r"\b(AGPL|SSPL|proprietary)", done.stdout, re.I)
