"""The house keeps its shape: who may import whom, where heavy libraries live, and what the values are."""

from __future__ import annotations

import ast
import dataclasses
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import chatbot
import corpus
import index

ROOT = Path(__file__).parent.parent
ROOMS = ("corpus", "index", "chatbot", "web")
"""From the ground up: a room may import the rooms before it."""

HOMES = {
    "faiss": "index/vectors.py",
    "sentence_transformers": "index/training",
    "torch": "index/training",
    "onnxruntime": "index/",
    "re2": "chatbot/safety/patterns.py",
    "tokenizers": "index/encoder.py",
    "flask": "web/",
    "sqlalchemy": ("chatbot/journal", "chatbot/people"),
    "alembic": "chatbot/journal",
    "argon2": "chatbot/people",
    "pyotp": "chatbot/people",
    "flask_limiter": "web/limits.py",
    "flask_login": "web/staff/session.py",
    "flask_wtf": "web/staff",
    "segno": "web/staff/welcome.py",
    "gunicorn": "chatbot/serving",
    "prometheus_client": "web/metrics.py",
    "yaml": "corpus/reader.py",
    "trafilatura": "corpus/importing/webpages.py",
    "mammoth": "corpus/importing/word.py",
    "pypdf": "corpus/importing/pdf.py",
    "feedparser": "corpus/importing/feeds.py",
    "markdownify": "corpus/importing/markup.py",
    "bs4": "corpus/importing/markup.py",
}
SETTINGS = {
    "chatbot/commands/doctor.py",
    "chatbot/commands/frame.py",
    "chatbot/commands/serving.py",
    "chatbot/serving.py",
    "web/app.py",
}


def files(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, int, str]]:
    """Every module a file imports, with its line, and how: "import" or "from"."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno, "import") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write the whole name"
            yield node.module or "", node.lineno, "from"


def everything_imported() -> Iterator[tuple[str, Path, int, str, str]]:
    for room in ROOMS:
        for path in files(room):
            for module, line, how in imports(path):
                yield room, path.relative_to(ROOT), line, module, how


def test_rooms_look_down_only() -> None:
    wrong = [
        f"{path}:{line}: {room} imports {module}"
        for room, path, line, module, _ in everything_imported()
        if module.split(".")[0] in ROOMS[ROOMS.index(room) + 1 :]
    ]
    assert not wrong, "\n".join(wrong)


def test_rooms_are_entered_by_the_front_door() -> None:
    wrong = [
        f"{path}:{line}: {how} {module}"
        for room, path, line, module, how in everything_imported()
        if module.split(".")[0] in ROOMS and module.split(".")[0] != room and (how == "import" or "." in module)
    ]
    assert not wrong, "\n".join(wrong)


def test_a_front_door_shows_what_it_lists() -> None:
    for room in (corpus, index, chatbot):
        assert list(room.__all__) == sorted(room.__all__, key=lambda name: (not name.isupper(), name))
        assert all(hasattr(room, name) for name in room.__all__)


@pytest.mark.parametrize(("library", "home"), HOMES.items())
def test_each_heavy_library_has_one_home(library: str, home: str | tuple[str, ...]) -> None:
    found = [
        (path.as_posix(), line) for _, path, line, module, _ in everything_imported() if module.split(".")[0] == library
    ]
    wrong = [f"{path}:{line}: {library} lives in {home}" for path, line in found if not path.startswith(home)]
    assert not wrong, "\n".join(wrong)
    assert found, f"{library} is imported nowhere; take it out of this list and of pyproject.toml"


def test_settings_stop_at_the_doors() -> None:
    reads = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in files(room)
        if re.search(r"\bos\.(?:environb?|getenvb?)\b|from os import .*\b(?:environ|getenv)", path.read_text())
    }
    assert reads <= SETTINGS


def test_the_tests_folder_does_not_hide_a_room() -> None:
    assert not [room for room in ROOMS if (ROOT / "tests" / room).exists()]


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


LOADED = "; print(sorted({'torch', 'sentence_transformers', 'transformers', 'sklearn', 'scipy'} & sys.modules.keys()))"


def test_importing_the_doors_loads_no_torch() -> None:
    assert run(f"import sys, chatbot.cli, web; web.create_app{LOADED}") == "[]"


def test_the_command_line_does_not_import_the_web() -> None:
    assert (
        run("import sys, chatbot.cli, chatbot.serving; print('web' in sys.modules or 'flask' in sys.modules)")
        == "False"
    )


def test_answering_loads_no_torch(small_var: Path) -> None:
    code = "import sys, chatbot; from pathlib import Path"
    made = f"service = chatbot.Service(Path('corpus'), Path({str(small_var)!r}))"
    assert run(f"{code}; {made}; print(service.reply('How is a samovar filled?').kind){LOADED}") == "answer\n[]"


@pytest.mark.parametrize(
    "value",
    [
        corpus.Article, corpus.Span, index.Passage, index.Match, index.Edition,
        chatbot.Quote, chatbot.Reply, chatbot.Help, chatbot.Contact,
    ],
)  # fmt: skip
def test_values_cannot_be_changed(value: type) -> None:
    assert dataclasses.is_dataclass(value)
    assert value.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(value)


def test_a_span_cannot_hold_words_its_article_lacks() -> None:
    article = corpus.Article("a", "A", "S", "Some words.")
    assert corpus.Span(article, 5, 10).text == "words"
    with pytest.raises((AttributeError, TypeError)):
        corpus.Span(article, 5, 10).text = "other"  # type: ignore[misc]
    for start, end in ((-1, 4), (0, 12), (4, 4), (5, 4)):
        with pytest.raises(ValueError, match="is not a piece"):
            corpus.Span(article, start, end)
