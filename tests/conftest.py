"""What the tests share. Fast tests use the legible encoder; whatever needs the real one is marked ``model``.

Nothing heavy is imported here: a run without model and browser loads no torch.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from accounts import Clock
    from desks import Clinic
    from flask import Flask
    from flask.testing import FlaskClient
    from houses import House
    from playwright.sync_api import Browser, BrowserContext, Page
    from postgresql import PostgreSQL

    from chatbot import People, Publishing, Service
    from chatbot.safety import Screen
    from index import Built

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
LOCAL = ("127.0.0.1", "::1", "localhost")


def pytest_configure() -> None:
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ["CHATBOT_LIMITS"] = "off"  # tests ask more than a visitor may; those of the limits set their own
    settings.register_profile("tests", deadline=None, max_examples=60, derandomize=True, database=None)
    settings.load_profile("tests")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that uses the real model or a browser, so that none hides among the fast ones."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "edition_var" in names:
            item.add_marker(pytest.mark.model)
        if "browser" in names:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Only this machine can be reached."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOCAL:
            raise AssertionError(f"a test reached for the network: {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The developer's settings do not reach a test, and a test does not reach the real var folder."""
    for name in [name for name in os.environ if name.startswith("CHATBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CHATBOT_LIMITS", "off")
    monkeypatch.setenv("CHATBOT_VAR", str(tmp_path / "var"))


@pytest.fixture(scope="session")
def words_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the legible encoder (tests/fakes.py)."""
    from fakes import write_encoder

    return write_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="session")
def build(words_encoder: Path) -> Callable[..., Built]:
    """``index.build`` with the legible encoder."""
    from fakes import builder

    return builder(words_encoder)


@pytest.fixture(scope="session")
def small_var(tmp_path_factory: pytest.TempPathFactory, build: Callable[..., Built]) -> Path:
    """A var folder with one edition of the two small articles of tests/fakes.py. Not to be changed."""
    from fakes import write_corpus

    folder = tmp_path_factory.mktemp("small")
    build(write_corpus(folder / "corpus"), folder / "var")
    return folder / "var"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus folder of the test's own with the two small articles."""
    from fakes import write_corpus

    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def var(tmp_path: Path, small_var: Path) -> Path:
    """A var folder of the test's own in which ``corpus``, as it is at first, is published."""
    return Path(shutil.copytree(small_var, tmp_path / "var"))


@pytest.fixture(scope="session")
def screen() -> Screen:
    """The safety screen that ships, loaded once."""
    from chatbot.safety import load_screen

    return load_screen()


@pytest.fixture
def one_screen(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every service and command of a test shares one loaded screen; it is the real one, and it keeps nothing."""
    monkeypatch.setattr("chatbot.service.load_screen", lambda: screen)
    monkeypatch.setattr("chatbot.commands.asking.load_screen", lambda: screen)
    monkeypatch.setattr("chatbot.editorial.candidate.load_screen", lambda: screen)


@pytest.fixture
def legible(words_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test prepares to be published is made with the legible encoder."""
    from fakes import WordEncoders

    from index import prepare

    def prepared(folder: Path, var: Path, model: str | None, progress: Any, _: object) -> Built:
        return prepare(folder, var, model, progress, WordEncoders(words_encoder))

    monkeypatch.setattr("chatbot.editorial.candidate.prepare", prepared)


@pytest.fixture(scope="module")
def remembering(screen: Screen) -> Iterator[None]:
    """What the screen heard of the safety set once, it does not hear again for every candidate."""
    from chatbot.editorial.known import RememberingScreen

    heard = RememberingScreen.of(screen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chatbot.editorial.candidate.load_screen", lambda: heard)
        yield


@pytest.fixture
def publishing(corpus: Path, var: Path) -> Publishing:
    from chatbot import Publishing

    return Publishing(corpus, var)


@pytest.fixture
def clinic(tmp_path: Path, build: Callable[..., Built], words_encoder: Path, one_screen: None) -> Clinic:
    """A clinic whose staff are at work (tests/desks.py)."""
    from desks import open_clinic

    return open_clinic(tmp_path, build, words_encoder)


@pytest.fixture
def small_house(tmp_path: Path) -> House:
    """A house with one account (tests/houses.py)."""
    from houses import settle

    return settle(tmp_path / "house")


@pytest.fixture
def backup(small_house: House, tmp_path: Path) -> Path:
    """The file of a backup of ``small_house``."""
    return small_house.back_up(tmp_path / "backup.tar.gz")


@pytest.fixture
def clock() -> Clock:
    from accounts import Clock

    return Clock()


@pytest.fixture
def people(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> People:
    """The accounts of an empty database; their passwords are hashed with little work."""
    from accounts import hash_quickly

    from chatbot import Database, People

    hash_quickly(monkeypatch)
    return People(Database.beside(tmp_path), clock)


@pytest.fixture(scope="session")
def edition_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A var folder with one edition of the real corpus, made by the real model. Not to be changed."""
    from filelock import FileLock

    from index import EncoderError, build

    run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # the processes of a run build it once, and each has a copy
        run = run.parent
    with FileLock(run / "real.lock"):
        if not (run / "real/editions/current").exists():
            try:
                build(CORPUS, run / "real")
            except (ImportError, EncoderError) as error:
                pytest.fail(
                    f"the real model is not here ({error}); run: make test, or leave out: -m 'not model'", pytrace=False
                )
    return Path(shutil.copytree(run / "real", tmp_path_factory.mktemp("real") / "var"))


@pytest.fixture(scope="session")
def service(edition_var: Path) -> Service:
    """What a door holds on to, over the real edition."""
    from chatbot import Service

    return Service(CORPUS, edition_var)


@pytest.fixture(scope="session")
def app(edition_var: Path) -> Flask:
    """The web application over the real edition."""
    from web import create_app

    app = create_app(CORPUS, edition_var)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def server_url(app: Flask) -> Iterator[str]:
    """The address of ``app`` itself, so that what a test changes in it shows in a browser."""
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A real PostgreSQL server (tests/postgresql.py), running; who stops it starts it again."""
    from postgresql import PostgreSQL

    server = PostgreSQL()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once in SQLite and once in PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'journal.sqlite'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium (tests/browsers.py)."""
    from browsers import chromium

    with chromium() as started:
        yield started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1000, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, server_url: str) -> Page:
    page = context.new_page()
    page.goto(server_url)
    return page
