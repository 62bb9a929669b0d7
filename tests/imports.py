"""Real files for the tests of importing, made here, and what every import must keep."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from markdown_it import MarkdownIt
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import ListFlowable, ListItem, Paragraph, SimpleDocTemplate

from corpus import Imported, NotImportable, article_text, convert, parse_article

TODAY = date(2026, 11, 21)
METHOD = "names a method or a deadly amount"
"""The one error that the words of an import may bring with them: a person must remove them."""

PAGE = """<!doctype html><html lang="en"><head><title>After the session | The Harbour Clinic</title>
<meta property="og:site_name" content="The Harbour Clinic"><meta property="og:title" content="After the session">
<script>alert(1)</script></head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/about">About us</a></li></ul></nav></header>
<main><article><h1>After the session</h1>
<p>Most people rest for the remainder of the day. Somebody has to drive you home, because reactions are slower.</p>
<h2>On the day itself</h2>
<p>Drink water &amp; eat lightly. Read <a href="/driving">our page on driving</a> and
 <a href="javascript:alert(1)">this</a> before you <strong>plan</strong> anything that needs a clear head.</p>
<ul><li>No driving until the next morning</li><li>No alcohol<ul><li>Not even a beer</li></ul></li></ul>
<ol><li>Keep a diary</li><li>Come to the follow-up</li></ol>
<h2>Nothing under it</h2>
<h2>In the days after</h2><p>Some people feel better within days. Others need several sessions first.</p>
<table><tr><th>Day</th><th>What to do</th></tr><tr><td>One</td><td>Rest</td></tr>
<tr><td>Two</td><td>Walk</td></tr></table>
<div class="sharedaddy"><h3>Share this:</h3><ul><li><a href="#">Facebook</a></li></ul></div>
<div class="related-posts"><h3>Related posts</h3><ul><li><a href="/x">Another article</a></li></ul></div>
</article></main><aside><form><input><button>Subscribe</button></form></aside>
<footer><p>Copyright The Harbour Clinic. All rights reserved.</p></footer></body></html>"""

EXPORT = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>The Harbour Clinic</title>
<wp:wxr_version>1.2</wp:wxr_version>
<item><title>Samovars &amp; tea</title><link>https://example.org/samovars</link><content:encoded><![CDATA[
A samovar is filled from the top.

The lid goes on <b>afterwards</b>.
<ul>
<li>Warm the pot</li>
</ul>
[gallery ids="1,2"]]]></content:encoded><wp:post_type>post</wp:post_type><wp:status>publish</wp:status></item>
<item><title>urn.jpg</title><link>https://example.org/urn</link><content:encoded></content:encoded>
<wp:post_type>attachment</wp:post_type></item>
<item><title>Parrots</title><link>https://example.org/parrots</link><content:encoded><![CDATA[<!-- wp:heading -->
<h2>What it repeats</h2><!-- /wp:heading --><!-- wp:paragraph --><p>A parrot repeats what it hears.</p>
<!-- /wp:paragraph -->]]></content:encoded><wp:post_type>page</wp:post_type></item>
<item><title>Empty</title><content:encoded></content:encoded><wp:post_type>post</wp:post_type></item>
</channel></rss>"""

ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">
<title>News</title><entry><title>Lanterns</title>
<link href="https://example.org/lanterns"/><content type="html">
&lt;p&gt;A lantern needs oil.&lt;/p&gt;</content></entry>
</feed>"""


def sound(imported: Imported) -> str:
    """The body of an article that the corpus accepts as it stands."""
    tokens = MarkdownIt().parse(imported.body)
    marks = [*tokens, *(child for token in tokens for child in token.children or ())]
    assert not [mark for mark in marks if mark.type.startswith("html")]
    text = article_text(imported, "The Harbour Clinic")
    article, problems = parse_article(text, Path("imported.md"), TODAY)
    wrong = [str(each) for each in problems if each.severity.value == "error" and METHOD not in each.message]
    assert not wrong
    assert article is not None
    assert article.body.strip() == imported.body.strip()
    assert article.title == imported.title
    return imported.body


def refused(data: bytes, name: str) -> str:
    with pytest.raises(NotImportable) as caught:
        convert(data, name)
    sentence = str(caught.value)
    assert sentence.endswith((".", "]'"))
    assert "\n" not in sentence
    return sentence


def word(*paragraphs: tuple[str, str], title: str = "") -> bytes:
    """A Word document of (style, text) paragraphs."""
    document = Document()
    document.core_properties.title = title
    for style, text in paragraphs:
        document.add_paragraph(text, style=style)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return out.getvalue()


def pdf(pages: int = 3) -> bytes:
    """A leaflet with running head, page numbers, headings, a list, and lines that a page breaks."""
    style, out = getSampleStyleSheet(), io.BytesIO()

    def margins(canvas: Canvas, page: object) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, 800, "The Harbour Clinic: leaflet 7")
        canvas.drawString(280, 30, f"Page {canvas.getPageNumber()} of 9")

    story = [Paragraph("After the session", style["Title"])]
    for number in range(pages * 2):
        story += [
            Paragraph(f"Part {'ABCDEFGHIJ'[number]} of it", style["Heading2"]),
            Paragraph(
                "Most people rest for the remainder of the day, since their reactions are slow. " * 9, style["BodyText"]
            ),
            Paragraph("Bring these with you:", style["BodyText"]),
            ListFlowable(
                [ListItem(Paragraph(each, style["BodyText"])) for each in ("A friend", "Some water")],
                bulletType="bullet",
            ),
        ]
    SimpleDocTemplate(out, pagesize=A4).build(story, onFirstPage=margins, onLaterPages=margins)
    return out.getvalue()


def lines_pdf(*lines: str, encrypt: str | None = None) -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption

    out = io.BytesIO()
    secret = None if encrypt is None else StandardEncryption(encrypt, ownerPassword="owner", strength=128)
    canvas = Canvas(out, pagesize=A4, encrypt=secret)
    for number, line in enumerate(lines):
        canvas.drawString(72, 700 - 14 * number, line)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def aes_locked(data: bytes, password: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(data))), io.BytesIO()
    writer.encrypt(password, owner_password="owner", algorithm="AES-256")
    writer.write(out)
    return out.getvalue()
