"""The widget as it is sent: small, for listed sites only, with the clinic's words."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from test_api import alter

from chatbot import Service
from corpus import default_wording


def test_the_launcher_is_under_5_kb(client: FlaskClient) -> None:
    response = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.data) < 5000


def test_the_launcher_carries_its_words_in_every_language(client: FlaskClient) -> None:
    script = client.get("/widget.js").text
    for language in ("en", "es"):
        assert json.dumps(default_wording(language)["widget.open"], ensure_ascii=False) in script
    assert "tel:988" in script
    assert "/*words*/" not in script


def test_the_launcher_is_asked_for_again_only_when_it_changed(client: FlaskClient) -> None:
    first = client.get("/widget.js")
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = client.get("/widget.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_no_site_may_embed_by_default(
    client: FlaskClient, app: Flask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter(monkeypatch, app, service, clinic=replace(service.clinic, sites=()))
    headers = client.get("/embed").headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


def test_listed_sites_may_embed_the_chat_and_nothing_else(
    client: FlaskClient, app: Flask, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = ("https://www.example.org", "https://*.example.net")
    alter(monkeypatch, app, service, clinic=replace(service.clinic, sites=sites))
    headers = client.get("/embed").headers
    assert "frame-ancestors https://www.example.org https://*.example.net" in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers
    assert "frame-ancestors 'none'" in client.get("/").headers["Content-Security-Policy"]


def test_the_demo_page_can_show_the_chat_but_no_other_site_can(client: FlaskClient) -> None:
    assert "frame-ancestors 'self'" in client.get("/demo/frame").headers["Content-Security-Policy"]
    assert "frame-src 'self'" in client.get("/demo").headers["Content-Security-Policy"]
