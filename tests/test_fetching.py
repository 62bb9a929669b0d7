"""A fetch reaches the public web only, goes where the check went, and ends in time."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest

from corpus import Fetched, NotImportable, convert
from corpus.importing.addresses import Reach, is_public
from corpus.importing.fetching import fetch

PAGE = (
    b"<html><head><title>Lanterns</title></head><body><p>A lantern needs oil, and it burns all night.</p></body></html>"
)


class Site(BaseHTTPRequestHandler):
    """A small website with pages that behave well and pages that do not."""

    asked: list[tuple[str, str]] = []  # noqa: RUF012 - emptied by the fixture

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Host"]))
        path, _, rest = self.path[1:].partition("/")
        getattr(self, f"_{path.partition('?')[0]}", self._page)(rest)

    def _send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _page(self, _: str) -> None:
        self._send(PAGE, Content_Type="text/html; charset=utf-8")

    def _to(self, where: str) -> None:
        self._send(b"", 302, Location=where)

    def _round(self, _: str) -> None:
        self._send(b"", 301, Location="/round")

    def _status(self, number: str) -> None:
        self._send(b"no", int(number))

    def _large(self, _: str) -> None:
        for _each in range(100):
            self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" if not _each else b"x" * 100_000)

    def _bomb(self, _: str) -> None:
        self._send(gzip.compress(bytes(30_000_000)), Content_Encoding="gzip")

    def _packed(self, _: str) -> None:
        self._send(gzip.compress(PAGE), Content_Encoding="gzip", Content_Type="text/html")

    def _short(self, _: str) -> None:
        self._send(b"only this", Content_Length="5000")

    def _drip(self, where: str) -> None:
        self._drop(b"HTTP/1.0 200 OK\r\n" + (b"X-Slow: yes\r\n" if where == "head" else b"\r\n"))

    def _drop(self, first: bytes) -> None:
        self.wfile.write(first)
        for _each in range(200):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """The client hangs up: that is what is tried."""

    with Quiet(("127.0.0.1", 0), Site) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture
def reach(server: ThreadingHTTPServer) -> Reach:
    """Every name is this machine, which is allowed, at the port of the server."""
    Site.asked.clear()
    here = ip_address("127.0.0.1")
    return Reach(lambda *_: ["127.0.0.1"], lambda address: address == here, frozenset({server.server_port}), seconds=5)


def refused(address: str, reach: Reach | None = None) -> str:
    with pytest.raises(NotImportable) as caught:
        fetch(address, reach)
    return str(caught.value)


def test_a_page_is_fetched_by_its_name_and_can_be_converted(reach: Reach, server: ThreadingHTTPServer) -> None:
    address = f"http://clinic.example:{server.server_port}/lanterns%20all?x=1#part"
    found = fetch(address, reach)
    assert found == Fetched(PAGE, "lanterns all", "text/html; charset=utf-8", address.partition("#")[0])
    assert Site.asked == [("/lanterns%20all?x=1", f"clinic.example:{server.server_port}")]
    (article,) = convert(found.data, found.name, found.content_type, found.address)
    assert (article.title, article.url) == ("Lanterns", found.address)


def test_a_redirect_is_followed_and_named(reach: Reach, server: ThreadingHTTPServer) -> None:
    found = fetch(f"http://a.example:{server.server_port}/to//lanterns", reach)
    assert (found.data, found.address) == (PAGE, f"http://a.example:{server.server_port}/lanterns")
    assert fetch(f"http://a.example:{server.server_port}/packed", reach).data == PAGE


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1", "203.0.113.5", "::1", "::",
        "fe80::1", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::1", "::7f00:1",
    ],
)  # fmt: skip
def test_no_address_that_is_not_public_is_reached(address: str) -> None:
    assert not is_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    assert "not on the public internet" in refused(f"http://{host}/")
    assert "not on the public internet" in refused("http://a.example/", Reach(lambda *_: ["93.184.215.14", address]))


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "localhost."])
def test_other_spellings_of_this_machine_do_not_help(host: str) -> None:
    sentence = refused(f"http://{host}/")
    assert "not on the public internet" in sentence or "no website called" in sentence


@pytest.mark.parametrize(
    "address",
    ["ftp://example.org/a", "file:///etc/passwd", "gopher://a/", "javascript:alert(1)", "//example.org", "", "http://",
     "http:///x", "http://a b/", "http://x\\y/", "http://[::1", "http://a:99999/", "https://a..b/", "http://\ud800/"],
)  # fmt: skip
def test_only_web_addresses_are_taken(address: str) -> None:
    assert "address" in refused(address)


def test_names_passwords_and_other_ports_are_refused() -> None:
    assert "password" in refused("http://nurse:secret@example.org/")
    for port in (22, 25, 3306, 6379, 5432):
        assert "not where websites answer" in refused(f"http://example.org:{port}/")


@pytest.mark.parametrize(
    "inside", ["http://10.0.0.7:{port}/lanterns", "file:///etc/passwd", "http://inner.example:{port}/"]
)
def test_every_hop_of_a_redirect_is_checked(inside: str, reach: Reach, server: ThreadingHTTPServer) -> None:
    port = server.server_port
    names = {"a.example": "127.0.0.1", "inner.example": "192.168.0.1"}
    split = replace(reach, resolve=lambda host, _: [names.get(host, host)])
    sentence = refused(f"http://a.example:{port}/to/{inside.format(port=port)}", split)
    assert "not on the public internet" in sentence or "not a web address" in sentence
    assert len(Site.asked) == 1


def test_a_name_that_changes_its_answer_leads_only_where_the_check_went(
    reach: Reach, server: ThreadingHTTPServer
) -> None:
    """The name is looked up once: the second answer, this machine's own, is never asked for."""
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    asked: list[str] = []

    def turning(host: str, _: int) -> list[str]:
        asked.append(host)
        return next(answers)

    assert fetch(f"http://turning.example:{server.server_port}/x", replace(reach, resolve=turning)).data == PAGE
    assert asked == ["turning.example"]


def test_the_connection_goes_to_the_checked_address(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []

    def connect(address: object, **_: object) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", connect)
    refused("https://example.org/", Reach(lambda *_: ["93.184.215.14", "93.184.215.15"]))
    assert tried == [("93.184.215.14", 443), ("93.184.215.15", 443)]


@pytest.mark.parametrize("path", ["drip/head", "drip/body"])
def test_a_server_that_drips_is_left_in_time(path: str, reach: Reach, server: ThreadingHTTPServer) -> None:
    began = time.monotonic()
    assert "took longer than 1 second" in refused(
        f"http://a.example:{server.server_port}/{path}", replace(reach, seconds=1)
    )
    assert time.monotonic() - began < 2.5


def test_a_name_service_that_hangs_is_left_in_time(reach: Reach) -> None:
    def hang(*_: object) -> list[str]:
        time.sleep(3)
        return []

    began = time.monotonic()
    assert "cannot be looked up now" in refused("http://a.example/", Reach(hang, seconds=0.3))
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("large", "larger than 5 MB"), ("bomb", "larger than 5 MB"), ("round", "without end"),
        ("short", "does not answer"),
        ("status/404", "no such page"), ("status/403", "copy the text"), ("status/500", "Try again later"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_one_sentence(path: str, says: str, reach: Reach, server: ThreadingHTTPServer) -> None:
    sentence = refused(f"http://a.example:{server.server_port}/{path}", reach)
    assert says in sentence
    assert "\n" not in sentence


def test_a_server_that_speaks_no_http_or_no_tls_is_refused(reach: Reach, server: ThreadingHTTPServer) -> None:
    assert "certificate" in refused(f"https://a.example:{server.server_port}/", reach)
    with socket.create_server(("127.0.0.1", 0)) as odd:
        port = odd.getsockname()[1]

        def answer() -> None:
            client, _ = odd.accept()
            with client:
                client.recv(1000)
                client.sendall(b"220 mail ready\r\n")

        threading.Thread(target=answer, daemon=True).start()
        sentence = refused(f"http://a.example:{port}/", replace(reach, ports=frozenset({port})))
    assert "does not answer as a website does" in sentence


def test_a_host_that_nobody_knows(reach: Reach) -> None:
    def unknown(*_: object) -> list[str]:
        raise socket.gaierror

    assert "no website called" in refused("https://nowhere.example/", Reach(unknown))
