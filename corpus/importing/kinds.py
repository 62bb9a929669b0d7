"""What a file is, by what stands in it; a name only decides between kinds of text."""

from __future__ import annotations

import codecs
import re

from corpus.importing.values import NotImportable

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "a program"), (b"\x7fELF", "a program"), (b"\xcf\xfa\xed\xfe", "a program"), (b"#!", "a program"),
    (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"), (b"BM", "a picture"),
    (b"II*\x00", "a picture"), (b"MM\x00*", "a picture"), (b"8BPS", "a picture"),
    (b"ID3", "a sound recording"), (b"OggS", "a recording"), (b"\x1aE\xdf\xa3", "a film"),
    (b"\x1f\x8b", "a packed file"), (b"7z\xbc\xaf", "a packed file"), (b"Rar!", "a packed file"),
    (b"BZh", "a packed file"),
    (b"SQLite format", "a database"),
)  # fmt: skip
_ADVICE = {
    "a program": "Do not open it; if somebody sent it to you as a document, tell whoever looks after your computers",
    "a picture": "Type its text, or find the page or the document that it was made from",
    "a packed file": "Unpack it first and choose the document inside",
}
_NAMED = {"docx": "a Word document", "docm": "a Word document", "pdf": "a PDF"}
_DATA = ("csv", "tsv", "json", "js", "css", "py", "toml", "yaml", "yml", "sql", "log", "ini", "svg")
_MARKDOWN = re.compile(
    r"^(?:---\s*\n|#{1,6} \S|\S.*\n(?:===+|---+)\s*$)|\[[^\]\n]+\]\([^)\s]+\)|\*\*\w[^*\n]*\*\*", re.M
)


def kind_of(data: bytes, name: str, content_type: str = "") -> str:
    """pdf, zip (Word or not), feed, html, markdown or text. Raises NotImportable for anything else."""
    if not data.strip():
        raise NotImportable(f"“{name}” is empty. Choose a file that has text in it.")
    end = name.lower().rpartition(".")[2] if "." in name else ""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return "zip"
    _refuse(data, name, end)
    if end in _NAMED:
        raise NotImportable(
            f"“{name}” is named like {_NAMED[end]} but is not one, or it is damaged. "
            "Open it in the program that made it and save it again, or paste its text."
        )
    return _kind_of_text(decoded(data, name, content_type), name, end, content_type.partition(";")[0].strip().lower())


def decoded(data: bytes, name: str, content_type: str = "") -> str:
    """The bytes as text: by their mark, by what the server or the page says, as UTF-8, or as Windows wrote it."""
    for mark, coding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(coding, "replace")
    if b"\x00" in data:
        raise _not_text(name)
    said = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type)
    meta = re.search(rb"(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", data[:2048])
    for charset in ("utf-8", said and said[1], meta and meta[1].decode("ascii", "replace"), "cp1252"):
        try:
            text = data.decode(charset) if charset else None
        except (UnicodeError, LookupError, ValueError):
            continue
        if isinstance(text, str):
            return text
    return data.decode("cp1252", "replace")


def _refuse(data: bytes, name: str, end: str) -> None:
    """Say what a file is that can never be an article."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotImportable(_old_office(data, name))
    if data.startswith(b"{\\rtf"):
        raise NotImportable(f"“{name}” is Rich Text. Open it in Word, save it as a Word document (.docx), import that.")
    if data[4:8] == b"ftyp":
        heif = data[8:12] in (b"heic", b"heix", b"mif1", b"avif", b"msf1")
        _raise_as(name, "a picture" if heif else "a film or a recording")
    if data.startswith(b"RIFF"):
        _raise_as(name, "a picture" if data[8:12] == b"WEBP" else "a recording")
    for magic, what in _MAGIC:
        if data.startswith(magic) and not (len(magic) < 3 and _looks_like_text(data)):
            _raise_as(name, what)
    if end in _DATA:
        raise NotImportable(
            f"“{name}” is a file of data (.{end}), not an article. Choose a text, Word, PDF or web file."
        )


def _raise_as(name: str, what: str) -> None:
    advice = _ADVICE.get(what, "Choose a text, Word, PDF or web file")
    raise NotImportable(f"“{name}” is {what}, not a document with text. {advice}.")


def _looks_like_text(data: bytes) -> bool:
    return not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", data[:4096]) and not data.startswith(b"#!")


def _old_office(data: bytes, name: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return (
            f"“{name}” is locked with a password. Open it in Word, remove the password, save it, and import it again."
        )
    if "WordDocument".encode("utf-16-le") in data or name.lower().endswith(".doc"):
        return (
            f"“{name}” is a Word document of the old kind (.doc). Open it in Word, save it as .docx, and import that."
        )
    return (
        f"“{name}” is an old Office file, not a Word document. Save its text as a Word document (.docx), import that."
    )


def _kind_of_text(text: str, name: str, end: str, content_type: str) -> str:
    shown = text.lstrip("\ufeff \t\r\n")
    if len(re.findall(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]", shown[:4096])) * 50 > len(shown[:4096]):
        raise _not_text(name)
    root = re.match(
        r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>|\s)*<([\w:]+)", shown[:20_000], re.S | re.I
    )
    tag = root[1].lower() if root else ""
    if tag in ("rss", "feed", "rdf:rdf"):
        return "feed"
    if tag in ("html", "head", "body") or end in ("html", "htm", "xhtml") or content_type.endswith("html"):
        return "html"
    if shown.startswith("<?xml") or end == "xml" or content_type.endswith("xml"):
        raise NotImportable(
            f"“{name}” is XML, but neither a feed nor a WordPress export. In WordPress: Tools, Export, Posts."
        )
    if end in ("md", "markdown") or content_type == "text/markdown":
        return "markdown"
    if tag in ("p", "div", "h1", "h2", "h3", "ul", "ol", "article", "section", "main", "span", "meta", "table"):
        return "html"
    return "markdown" if _MARKDOWN.search(text) else "text"


def _not_text(name: str) -> NotImportable:
    return NotImportable(
        f"“{name}” is not a kind of file that can be read here. Choose Word (.docx), PDF, a web page, Markdown or "
        "text, or paste the text."
    )
