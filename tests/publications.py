"""What the tests of publishing share: a draft is edited, checked and prepared, and its answer is read."""

from __future__ import annotations

from pathlib import Path

from fakes import SAMOVAR, SAMOVARS

from chatbot import Chatbot, Job, Publishing
from chatbot.safety import Screen
from index import load_edition


def edit(corpus: Path, words: str = "from above") -> None:
    (corpus / "articles" / "samovars.md").write_text(SAMOVARS.replace("from the top", words))


def prepared(publishing: Publishing, by: str = "Ana") -> Job:
    job = publishing.prepare(by)[0]
    assert job.state == "ready"
    return job


def quoted(var: Path, screen: Screen, question: str = SAMOVAR) -> str:
    edition = load_edition(var)
    quotes = Chatbot.of(edition, screen).reply(question).quotes
    edition.texts.close()
    return "\n".join(quote.text for quote in quotes)


def check(corpus: Path, quote: str = "from the top", ask: str = SAMOVAR) -> None:
    (corpus / "checks.toml").write_text(
        f'[[check]]\nask = "{ask}"\nexpect = "answer"\narticle = "samovars"\nquote = "{quote}"\nnote = "asked daily"\n'
    )
