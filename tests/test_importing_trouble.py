"""What cannot become an article is one clear sentence, and a file made to do harm harms nobody."""

from __future__ import annotations

import io
import sys
import time
import zipfile
from pathlib import Path

import pytest
from imports import aes_locked, lines_pdf, packed, refused, sound, word

import corpus.importing.apart
from corpus import NotImportable, convert

PROGRAM = b"MZ\x90\x00\x03" + b"\x00" * 200
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "WordDocument".encode("utf-16-le") + b"\x00" * 100
LOCKED_WORD = OLD_WORD.replace("WordDocument".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "a.docx", "is empty"),
        (b" \n\t ", "a.txt", "is empty"),
        (PROGRAM, "a.docx", "is a program"),
        (PROGRAM, "a.txt", "is a program"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "a.pdf", "is a picture"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 50, "a.docx", "is a picture"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 50, "a.heic", "is a picture"),
        (OLD_WORD, "a.doc", "save it as .docx"),
        (OLD_WORD, "a.docx", "save it as .docx"),
        (LOCKED_WORD, "a.docx", "password"),
        (b"{\\rtf1 hello}", "a.rtf", "Rich Text"),
        (b"just words", "a.docx", "not one"),
        (b"just words", "a.pdf", "not one"),
        (b"a,b\n1,2\n", "a.csv", "file of data"),
        (bytes(range(256)) * 9, "a.bin", "not a kind of file"),
        (b"<?xml version='1.0'?><x>words</x>", "a.xml", "neither a feed nor a WordPress export"),
        (b"<rss><channel><title>t</title></channel></rss>", "a.xml", "no article with text"),
        (b"---\ntitle: x\nsource: y\n---\n", "a.md", "holds no text"),
        (b"# Only a title\n", "a.md", "holds no text"),
        (b"%PDF-1.7\nnot really", "a.pdf", "damaged"),
        (b"PK\x03\x04 not really", "a.docx", "damaged"),
        (packed(**{"Index/Document.iwa": b"x"}), "a.pages", "Pages"),
        (packed(**{"ppt/presentation.xml": b"x"}), "a.docx", "slides"),
        (packed(**{"letter.txt": b"x"}), "a.zip", "Unpack it"),
        (b"x" * (20 * 1024 * 1024 + 1), "a.txt", "MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_an_article_is_named_with_what_to_do(data: bytes, name: str, says: str) -> None:
    sentence = refused(data, name)
    assert f"“{name}”" in sentence
    assert says in sentence


def test_two_hundred_megabytes_are_refused_at_once() -> None:
    began = time.monotonic()
    assert "200 MB" in refused(bytes(200 * 1024 * 1024), "film.pdf")
    assert time.monotonic() - began < 2


def test_a_scan_says_that_it_has_no_text() -> None:
    assert "is a scan" in refused(lines_pdf(), "scan.pdf")


def test_a_locked_pdf_says_so_and_one_without_a_password_is_read() -> None:
    line = "A lantern needs oil, and it burns all night."
    open_one = lines_pdf(line, encrypt="")
    assert line in sound(convert(open_one, "a.pdf")[0])
    assert line in sound(convert(aes_locked(lines_pdf(line), ""), "a.pdf")[0])
    assert "locked with a password" in refused(lines_pdf(line, encrypt="secret"), "a.pdf")
    assert "locked with a password" in refused(aes_locked(lines_pdf(line), "secret"), "a.pdf")


def test_a_word_document_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    whole = word(("Normal", "Some words."))
    out = io.BytesIO(whole)
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file,
        file.open("word/media/1.png", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(bytes(1024 * 1024))
    assert len(out.getvalue()) < 1024 * 1024
    assert "unpacks to far more" in refused(out.getvalue(), "a.docx")


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + each, b"&%c;" % (97 + each) * 10) for each in range(12))
    + b"]>"
)


@pytest.mark.parametrize(
    "root", [b"<rss><channel><item><title>&m;</title></item></channel></rss>", b"<feed><title>&m;</title></feed>"]
)
def test_an_xml_bomb_is_refused_before_it_goes_off(root: bytes) -> None:
    began = time.monotonic()
    assert "made to do harm" in refused(BOMB + root, "feed.xml")
    assert time.monotonic() - began < 20


def test_an_xml_bomb_in_a_word_document_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word(("Normal", "Some words.")))) as whole, zipfile.ZipFile(out, "w") as made:
        for part in whole.namelist():
            made.writestr(part, BOMB + b"<x>&m;</x>" if part == "word/document.xml" else whole.read(part))
    assert "made to do harm" in refused(out.getvalue(), "a.docx")


def test_a_file_that_takes_too_long_is_given_up() -> None:
    deep = b"<ul><li>" * 60_000
    began = time.monotonic()
    with pytest.raises(NotImportable):
        corpus.importing.apart.read_apart(deep, "html", "deep.html", seconds=2)
    assert time.monotonic() - began < 15


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("bytearray(2 << 30)", "more time or memory"),
        ("exec('while True: pass')", "more time or memory"),
        ("__import__('socket').create_connection(('127.0.0.1', 9))", "may be damaged"),
        ("__import__('subprocess').run(['true'])", "may be damaged"),
        ("open({path!r}, 'w')", "may be damaged"),
        ("__import__('os').abort()", "more time or memory"),
    ],
)
def test_a_reader_that_goes_wrong_harms_nobody(
    does: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader itself is replaced by code of an attacker; its process holds it."""
    path = str(tmp_path / "written")
    does = does.format(path=path)
    code = f"import corpus.importing.reading as r; r.read = lambda *_, **__: {does}; r.main({{memory}}, {{seconds}})"
    monkeypatch.setattr(corpus.importing.apart, "_PROGRAM", "import sys; sys.path[:] = {path!r}; " + code)
    with pytest.raises(NotImportable, match=says):
        corpus.importing.apart.read_apart(b"words", "text", "a.txt", seconds=2)
    assert not Path(path).exists()


def test_without_the_libraries_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    hide = "import sys; sys.path[:] = {path!r}; sys.modules['pypdf'] = None; "
    monkeypatch.setattr(corpus.importing.apart, "_PROGRAM", hide + corpus.importing.apart._PROGRAM.partition("; ")[2])
    assert "pip install --editable '.[import]'" in refused(lines_pdf("words " * 9), "a.pdf")
