"""The pages without a browser's help: the whole visit, what is sent with it, and what never runs."""

from __future__ import annotations

import gzip
import html
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from test_api import alter

from chatbot import Service
from corpus import Article, Wording, default_wording
from web.articles import article_html, has_mark
from web.language import Languages, put_into
from web.quotes import quote_html

MARKDOWN = "It helps:\n\n1. First:\n   - one *thing*\n   - another\n2. Second & last\n   goes on\n\nThat said, 5 < 6."


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)))


def hidden(page: str) -> list[str]:
    return [
        html.unescape(value)
        for value in re.findall(r'name="after" value="([^"]*)"', page.split('id="remembered"')[1].split("</form>")[0])
    ]


def test_a_visit_works_without_javascript_follow_ups_included(client: FlaskClient, service: Service) -> None:
    first = client.post("/", data={"question": "Is it a cure?"})
    assert first.status_code == 200
    assert "ketamine is not a cure for depression" in text_of(first.text)
    assert service.wording["disclaimer.text"] in text_of(first.text)
    assert hidden(first.text) == ["Is it a cure?"]
    second = client.post("/", data={"after": hidden(first.text), "question": "What does it feel like?"})
    assert hidden(second.text) == ["Is it a cure?", "What does it feel like?"]
    assert service.wording["page.earlier"] in text_of(second.text)


def test_help_is_first_without_javascript(client: FlaskClient) -> None:
    page = client.post("/", data={"question": "I want to kill myself"}).text
    answer = page.split('class="answer"')[1].split('id="tools"')[0]
    assert answer.index('role="alert"') < answer.index("href=")
    assert 'href="tel:988"' in answer
    assert "<blockquote" not in answer
    assert 'class="questions"' not in answer


def test_help_stays_in_the_visit_without_javascript(client: FlaskClient) -> None:
    page = client.post("/", data={"after": ["I want to kill myself"], "question": "Is it a cure?"}).text
    assert 'href="tel:988"' in page.split('class="answer"')[1].split('id="tools"')[0]


def test_help_stays_however_long_the_visit_is_without_javascript(client: FlaskClient) -> None:
    earlier = ["I want to kill myself", *(f"How long is session {number}?" for number in range(30))]
    page = client.post("/", data={"after": earlier, "question": "Is it a cure?"}).text
    assert hidden(page) == [earlier[0], *earlier[-19:], "Is it a cure?"]
    again = client.post("/", data={"after": hidden(page), "question": "How long is it?"}).text
    assert 'href="tel:988"' in again.split('class="answer"')[1].split('id="tools"')[0]


def test_a_text_that_is_too_long_stays_in_the_box(client: FlaskClient) -> None:
    long = "How long does a session take, and what does it cost? Ω<b> " * 180
    response = client.post("/", data={"question": long, "after": ["before"]})
    assert response.status_code == 422
    box = re.search(r"<textarea[^>]*>(.*?)</textarea>", response.text, re.S)
    assert box
    assert html.unescape(box[1]) == long
    assert 'aria-invalid="true"' in response.text
    assert hidden(response.text) == ["before"]


def test_a_blank_question_gets_a_kind_sentence(client: FlaskClient, service: Service) -> None:
    page = client.post("/", data={"question": " \r\n"}).text
    assert service.wording["lead.empty"] in text_of(page)
    assert hidden(page) == []


def test_lines_that_a_form_sends_count_once(client: FlaskClient) -> None:
    assert client.post("/", data={"question": "\r\n".join(["a" * 99] * 20)}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/safety", "/nothing", "/embed", "/demo", "/healthz", "/api/known-questions"])
def test_every_response_is_closed_by_default(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ["/", "/embed", "/safety", "/nothing"])
def test_pages_are_kept_by_nobody_and_hold_no_inline_code(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", response.text)
    scripts = re.findall(r"<script([^>]*)>", response.text)
    assert all("src=" in script or 'type="application/json"' in script for script in scripts)


def test_static_files_are_named_by_their_content_and_kept(client: FlaskClient) -> None:
    address = re.search(r'href="(/static/chat\.[0-9a-f]{12}\.css)"', client.get("/").text)
    assert address
    response = client.get(address[1], headers={"Accept-Encoding": "gzip"})
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Encoding"] == "gzip"
    assert b":root" in gzip.decompress(response.data)
    assert client.get("/static/chat.css").status_code == 404
    assert client.get("/static/../app.py").status_code == 404


def test_the_chat_is_light(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept-Encoding": "gzip"})
    size = len(page.data)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', gzip.decompress(page.data).decode()):
        size += len(client.get(address, headers={"Accept-Encoding": "gzip"}).data)
    assert size < 30_000


def test_nothing_that_is_asked_runs(client: FlaskClient) -> None:
    attack = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'"
    page = client.post("/", data={"question": attack, "after": [attack]}).text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_nothing_in_an_article_or_in_the_wording_runs(
    client: FlaskClient, app: Flask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    attack = "<script>alert(1)</script>"
    body = f"{attack}\n\n[a](javascript:alert(1)) ![b](x) <img src=x onerror=alert(1)>\n\n<iframe src=x></iframe>"
    article = Article("attack", attack, attack, body, author=attack)
    wording = Wording({key: text + attack for key, text in service.wording.sentences.items()})
    alter(monkeypatch, app, service, article=lambda _: article, wording=wording)
    for page in (client.get("/articles/attack?start=0&end=40").text, client.get("/").text, client.get("/safety").text):
        assert attack not in page
        assert not re.search(r"<(img|iframe)|javascript:alert\(1\)\"", page)


def test_an_article_is_readable_with_the_quote_marked(client: FlaskClient, service: Service) -> None:
    article = service.articles()[0]
    words = article.body[article.body.index("\n\n") + 2 :][:60]
    start = article.body.index(words)
    page = client.get(f"/articles/{article.id}?start={start}&end={start + 60}").text
    marked = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", page))
    assert html.unescape(re.sub(r"<[^>]+>", "", marked)).split() == words.split()
    assert page.count('id="quote"') == 1
    assert article.title in text_of(page)
    assert article.source in text_of(page)


@pytest.mark.parametrize(
    "place",
    [
        "", "start=5", "start=9&end=5", "start=-1&end=5", "start=0&end=999999", "start=a&end=b", "start=1e3&end=²",
        "start=99999999999999&end=99999999999999",
    ],
)  # fmt: skip
def test_a_place_outside_the_article_marks_nothing(client: FlaskClient, service: Service, place: str) -> None:
    response = client.get(f"/articles/{service.articles()[0].id}?{place}")
    assert response.status_code == 200
    assert "<mark" not in response.text


def test_every_piece_of_every_article_can_be_marked(service: Service) -> None:
    for article in service.articles():
        for start in range(0, len(article.body) - 400, 397):
            page = article_html(article, start, start + 400)
            marked = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", page, re.S))
            shown = re.sub(r"<[^>]+>|\s", "", html.unescape(marked))
            there = re.sub(r"(?m)^#+ |^ *(?:-|\d+\.) |\s|[*<>]", "", article.body[start : start + 400])
            assert shown in there or there in shown or abs(len(shown) - len(there)) < 8
            assert page.count("<mark") == page.count("</mark>")


def test_marks_survive_emphasis_escapes_and_links() -> None:
    body = "Start **bold &amp; more** and [a link](https://example.org) `code` end.\n"
    page = article_html(Article("a", "A", "S", body), 6, body.index(" end"))
    assert has_mark(page)
    assert "<strong><mark" in page
    assert (
        html.unescape("".join(re.findall(r"<mark[^>]*>(.*?)</mark>", page)))
        == "bold & more and a link <code>code</code>"
    )


def test_an_unknown_article_still_shows_help_and_the_contact(client: FlaskClient, service: Service) -> None:
    response = client.get("/articles/never-written")
    assert response.status_code == 404
    assert 'href="tel:988"' in response.text
    assert service.wording["error.not_found"] in text_of(response.text)


def test_without_an_edition_the_page_shows_contact_and_help(
    client: FlaskClient, app: Flask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter(monkeypatch, app, service, ready=False, first_questions=(), known_questions=(), articles=list)
    page = text_of(client.get("/").text)
    assert service.wording["page.not_ready"] in page
    assert service.clinic.name in page
    assert "988" in page


def test_small_counts_are_not_shown(
    client: FlaskClient, app: Flask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter(monkeypatch, app, service, shown_counts=lambda: {"2026-05": 4, "2026-06": 12})
    page = text_of(client.get("/safety").text)
    assert "2026-06: 12" in page
    assert f"2026-05: {service.wording['safety.counts_few']}" in page


def test_a_quote_shows_its_lists_as_lists_and_its_words_in_order() -> None:
    start = MARKDOWN.index("another")
    page = quote_html(MARKDOWN, [[start, start + 7]])
    assert page == (
        "<p>It helps:</p><ol><li>First:<ul><li>one <em>thing</em></li><li><mark>another</mark></li></ul></li>"
        "<li>Second &amp; last goes on</li></ol><p>That said, 5 &lt; 6.</p>"
    )


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("es", "", "es"), ("", "es-MX,es;q=0.9", "es"), ("en", "es", "en"), ("xx", "", "en"), ("", "xx", "en"),
        ("../es", "", "en"),
    ],
)  # fmt: skip
def test_the_interface_speaks_the_language_asked_for(
    client: FlaskClient, asked: str, accepted: str, language: str
) -> None:
    page = client.get("/", query_string={"lang": asked}, headers={"Accept-Language": accepted}).text
    assert f'<html lang="{language}" dir="ltr">' in page
    assert default_wording(language)["page.send"] in page


def test_spanish_says_everything_that_english_says() -> None:
    english, spanish = default_wording().sentences, default_wording("es").sentences
    assert spanish.keys() == english.keys()
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", spanish[key])) == set(re.findall(r"\{\w+\}", text)), key


@pytest.mark.parametrize("question", ["I want to kill myself", "Is it a cure?", "how much does it cost?", ""])
def test_a_spanish_page_gets_spanish_words_and_unchanged_quotes(
    client: FlaskClient, service: Service, question: str
) -> None:
    english = client.post("/api/ask", json={"question": question}).get_json()
    spanish = client.post("/api/ask?lang=es", json={"question": question}).get_json()
    assert spanish["words"] != english["words"]
    assert spanish["disclaimer"] == default_wording("es")["disclaimer.text"]
    assert spanish["quotes"] == english["quotes"]
    assert (spanish["help"] or {}).get("lines") == (english["help"] or {}).get("lines")


def test_what_the_clinic_wrote_itself_is_not_replaced_by_a_translation(tmp_path: Path) -> None:
    own = Wording({**default_wording().sentences, "lead.crisis": "Our own words."})
    assert Languages(tmp_path).wording(own, "es")["lead.crisis"] == "Our own words."
    (tmp_path / "wording.es.toml").write_text('[lead]\ncrisis = "Palabras propias."\n', "utf-8")
    spanish = Languages(tmp_path).wording(own, "es")
    assert spanish["lead.crisis"] == "Palabras propias."
    reply: dict[str, Any] = {"words": "Our own words.", "disclaimer": "d", "help": None, "contact": None}
    assert put_into(reply, own, spanish)["words"] == "Palabras propias."


def test_a_right_to_left_language_turns_the_page(
    client: FlaskClient, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wording.ar.toml").write_text('[page]\nsend = "اسأل"\nlanguage_name = "العربية"\n', "utf-8")
    monkeypatch.setitem(app.extensions, "languages", Languages(tmp_path))
    page = client.get("/?lang=ar").text
    assert '<html lang="ar" dir="rtl">' in page
    assert "اسأل" in page


def test_an_article_shows_when_it_was_reviewed(
    client: FlaskClient, app: Flask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = replace(service.articles()[0], reviewed=date(2026, 3, 1), author="Dr. A", url="https://example.org/a")
    alter(monkeypatch, app, service, article=lambda _: article)
    page = client.get("/articles/a").text
    assert "2026-03-01" in page
    assert "Dr. A" in page
    assert 'href="https://example.org/a"' in page
