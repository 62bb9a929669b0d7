"""Fetches a page of the public web for an import, and nothing that is not public.

Every hop of a redirect is looked up once, checked, and connected to at the
address that was checked: a name that changes its answer in between leads
nowhere. Proxies and cookies are not used. The time limit covers everything,
so that a server that sends a byte a second holds nothing up.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import time
import zlib
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from corpus.importing.addresses import Reach, checked_addresses
from corpus.importing.values import Fetched, NotImportable

MOST_REDIRECTS = 5
_ASKED = {
    "Accept": "text/html,application/xhtml+xml,application/pdf,text/markdown,text/plain,application/rss+xml,"
    "application/atom+xml,application/xml;q=0.9,*/*;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "Mozilla/5.0 (compatible; patient-education-chatbot article import)",
}
_WAYS = {"http": 80, "https": 443}


def fetch(address: str, reach: Reach | None = None) -> Fetched:
    """What stands at a public web address: at most 5 MB, within 10 seconds. Raises NotImportable.

    ``reach`` is for tests, which have only a server of their own.
    """
    reach = reach or Reach()
    end = time.monotonic() + reach.seconds
    where = _whole(address)
    for _ in range(MOST_REDIRECTS + 1):
        try:
            found = _one(where, reach, end)
        except TimeoutError:
            raise NotImportable(
                f"{_host(where)} took longer than {reach.seconds:.0f} seconds. Try again later, "
                "or open the page, save it as a file and import that."
            ) from None
        except ssl.SSLError:
            raise NotImportable(
                f"{_host(where)} could not be trusted: its certificate is not in order. Open the page, "
                "save it as a file and import that."
            ) from None
        except (OSError, http.client.HTTPException, ValueError, zlib.error):
            raise NotImportable(
                f"{_host(where)} does not answer as a website does. Check the address, or try again later."
            ) from None
        if isinstance(found, Fetched):
            return found
        where = found
    raise NotImportable(
        f"{_host(where)} leads from one address to another without end. Copy the text and paste it here."
    )


def _one(where: str, reach: Reach, end: float) -> Fetched | str:
    """What stands at one address, or the address that it redirects to."""
    scheme, host, port, target = _parts(where, reach)
    places = checked_addresses(reach, host, port, end - time.monotonic())
    with _Connection(host, port, places, scheme == "https", end) as connection:
        connection.request("GET", target, headers=_ASKED)
        response = connection.getresponse()
        if response.status in (301, 302, 303, 307, 308) and response.getheader("Location"):
            return _whole(urljoin(where, response.getheader("Location") or ""))
        if response.status != 200:
            raise NotImportable(_refused(response.status, where))
        data = _body(response, reach.largest, host)
        kind = response.getheader("Content-Type") or ""
        name = _name(response.getheader("Content-Disposition") or "", where)
    return Fetched(data, name, kind, where)


class _Connection(http.client.HTTPConnection):
    """A connection to one of the addresses that were checked, and to no other, that ends at a fixed time."""

    def __init__(self, host: str, port: int, places: list[str], secure: bool, end: float) -> None:
        usual = _WAYS["https" if secure else "http"]
        super().__init__(f"[{host}]" if ":" in host else host, port)
        self.default_port = usual  # the Host header names the port only where it is not the usual one
        self._name, self._places, self._secure, self._end = host, places, secure, end
        self._open: socket.socket | None = None

    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        if self._open is not None:
            self._open.close()

    def connect(self) -> None:
        """Try the checked addresses in turn; the name is only told to the server and to its certificate."""
        for place in self._places:
            try:
                plain = socket.create_connection((place, self.port), timeout=_left(self._end))
                break
            except TimeoutError:
                raise
            except OSError:
                if place == self._places[-1]:
                    raise
        self._open = plain
        plain.settimeout(_left(self._end))
        if self._secure:
            self._open = ssl.create_default_context().wrap_socket(plain, server_hostname=self._name)
        self.sock = _Timed(self._open, self._end)


class _Timed:
    """A socket whose every step has only the time that is left in all; whoever opened it closes it."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock, self._end = sock, end

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(_left(self._end))
        self._sock.sendall(data)

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        return io.BufferedReader(_Stream(self._sock, self._end))

    def close(self) -> None:
        """Nothing: the answer is still to be read."""


class _Stream(io.RawIOBase):
    """What comes in from a socket, as long as there is time."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock, self._end = sock, end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._end))
        return self._sock.recv_into(buffer)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _body(response: http.client.HTTPResponse, largest: int, host: str) -> bytes:
    """The whole answer, unpacked where the server packed it all the same."""
    coding = (response.getheader("Content-Encoding") or "identity").strip().lower()
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if coding in ("gzip", "x-gzip", "deflate") else None
    if unpack is None and coding != "identity":
        raise NotImportable(f"{host} sends the page packed in an unusual way. Save the page as a file and import that.")
    data = b""
    while len(data) <= largest:
        part = response.read(64 * 1024)
        if not part and (response.length or (unpack and not unpack.eof)):
            raise http.client.IncompleteRead(data)
        if not part:
            return data
        data += unpack.decompress(part, largest + 1 - len(data)) if unpack else part
        if unpack and unpack.eof:
            return data
    raise NotImportable(
        f"What stands there is larger than {largest / 1024 / 1024:.0f} MB. Save it as a file, without its pictures, "
        "and import that."
    )


def _whole(address: str) -> str:
    """The address as it can be asked for; one that a person typed without its beginning gets it."""
    typed = address.strip()
    if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#].*)?", typed):
        typed = f"https://{typed}"
    if not re.fullmatch(r"https?://[^\s/?#].*", typed, re.I | re.S) or re.search(r"[\x00-\x1f\x7f\\]", typed):
        raise NotImportable(
            "That is not a web address. It begins with https:// or http://, followed by the site's name."
        )
    return typed.partition("#")[0]


def _parts(where: str, reach: Reach) -> tuple[str, str, int, str]:
    """Scheme, host, port and what to ask for. Raises NotImportable where there is more to it."""
    try:
        parts = urlsplit(where)
        scheme = parts.scheme.lower()
        host = (parts.hostname or "").rstrip(".")
        host = host if ":" in host else host.encode("idna").decode("ascii")
        port = parts.port or _WAYS[scheme]
    except (ValueError, KeyError):
        raise NotImportable("That is not a web address that can be read. Copy it again from the browser.") from None
    if not host or not re.fullmatch(r"[A-Za-z0-9._:%-]+", host):
        raise NotImportable("That is not a web address that can be read. Copy it again from the browser.")
    if parts.username is not None or parts.password is not None:
        raise NotImportable("The address holds a name or a password. Take it out, or save the page as a file.")
    if port not in reach.ports:
        raise NotImportable(f"{host}:{port} is not where websites answer. Use the address without its number.")
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return scheme, host, port, f"{target}?{query}" if query else target


def _host(where: str) -> str:
    found = re.match(r"https?://(?:[^/?#@]*@)?([^/?#]*)", where, re.I)
    return found[1] if found else where


def _refused(status: int, where: str) -> str:
    host = _host(where)
    if status in (404, 410):
        return f"{host} has no such page (it answers {status}). Check the address."
    if status in (401, 402, 403, 407, 429, 451):
        return (
            f"{host} does not give this page to a program (it answers {status}). Open it, copy the text and paste it."
        )
    return f"{host} did not give the page (it answers {status}). Try again later, or save the page as a file."


def _name(disposition: str, where: str) -> str:
    """A name for what was fetched: the server's own, else the last part of its address."""
    said = re.search(r"filename\s*=\s*\"?([^\";]+)", disposition)
    last = unquote(urlsplit(where).path.rstrip("/").rpartition("/")[2])
    return " ".join((said[1] if said else last or _host(where)).split())[:200]
