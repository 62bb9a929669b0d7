"""The process that reads one file: bytes on standard input, articles as JSON on standard output.

The readers of each kind of file are imported only here, after the limits are
set, so that nothing else loads them or needs them installed.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import asdict
from typing import Any

from corpus.importing.kinds import decoded
from corpus.importing.pieces import MarkdownReading
from corpus.importing.text import text_pieces
from corpus.importing.tidying import article
from corpus.importing.values import Imported, NotImportable
from corpus.reader import plain_fields

_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_REFUSED = ("socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.system", "os.exec",
            "os.fork", "os.posix_spawn", "os.remove", "os.rename")  # fmt: skip


def main(memory: int, seconds: int) -> None:
    """Answer one request of ``apart.py`` under these limits."""
    _limit(memory, seconds)
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    answer: dict[str, Any]
    try:
        answer = {"articles": [asdict(each) for each in read(data, **json.loads(head))]}
    except NotImportable as error:
        answer = {"sentence": error.sentence}
    except ImportError as error:
        answer = {"missing": error.name or "a part of what reads such files"}
    except (MemoryError, RecursionError):
        answer = {"exhausted": True}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def read(data: bytes, kind: str, name: str, address: str = "") -> tuple[Imported, ...]:
    """The articles in the bytes of a file of this kind. Raises NotImportable, and whatever a reader raises."""
    if kind == "pdf":
        from corpus.importing.pdf import read_pdf

        return (read_pdf(data, name),)
    if kind == "zip":
        from corpus.importing.word import read_word

        return (read_word(data, name),)
    text = decoded(data, name)
    if kind == "feed":
        from corpus.importing.feeds import read_feed

        return read_feed(data, text, name)
    if kind == "html":
        from corpus.importing.webpages import read_page

        return (read_page(text, name, address),)
    return (read_markdown(text, name, address) if kind == "markdown" else read_text(text, name, address),)


def read_markdown(text: str, name: str, address: str = "") -> Imported:
    """A Markdown file, with or without front matter."""
    found = _FRONT_MATTER.match(text)
    fields = (plain_fields(found[1]) or {}) if found else {}
    reading = MarkdownReading(address)
    pieces = reading.pieces(text[found.end() :] if found and fields else text)
    if fields.keys() & {"reviewed", "author", "language"}:
        reading.notes.append("Its review date, author and language were not taken over; fill them in.")
    return article(
        pieces,
        fallback=title_of(name),
        nothing=no_text(name),
        title=fields.get("title", ""),
        source=fields.get("source", ""),
        url=fields.get("url") or address,
        original=text,
        notes=reading.notes,
    )


def read_text(text: str, name: str, address: str = "") -> Imported:
    """Plain text. Its first line is the title when it stands alone and reads like one."""
    return article(
        text_pieces(text), fallback=title_of(name), nothing=no_text(name), url=address, original=text, title=""
    )


def title_of(name: str) -> str:
    """A title made of a file's name, where nothing better is known."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", name.replace("\\", "/").rpartition("/")[2])
    words = " ".join(re.sub(r"[_\-+%.]+", " ", stem).split())
    return words[:1].upper() + words[1:] if words else "Untitled"


def no_text(name: str) -> str:
    """The sentence for a file without words."""
    return f"“{name}” holds no text. Choose another file, or paste the text."


def _limit(memory: int, seconds: int) -> None:
    """Bound the process; the files that Python itself still has to load stay readable."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the clock still ends the process
        pass
    else:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """No network, no programs, no written files: a reader of a file has no business there."""
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if event in _REFUSED or writes:
        raise PermissionError(f"{event} is refused while a file is read")
