"""What was imported and waits to be looked at: kept for a day, in files that only this program's user can read."""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from chatbot.editorial.files import EditorialError, write_whole
from corpus import Imported

KEPT = 24 * 3600
"""Seconds after which what nobody saved is forgotten."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,40}")


@dataclass(frozen=True, slots=True)
class Batch:
    """The articles that one import gave; ``saved`` names the draft that each number became."""

    token: str
    origin: str
    items: tuple[Imported, ...]
    saved: Mapping[int, str]


class Imports:
    """What was imported lately, below ``var``."""

    def __init__(self, var: Path) -> None:
        self._folder = var / "imports"

    def keep(self, items: Sequence[Imported], origin: str) -> str:
        """Keep what an import gave, until it is saved or a day has passed; the token that finds it again."""
        self._forget_old()
        token = secrets.token_urlsafe(16)
        self._write(Batch(token, origin, tuple(items), {}))
        return token

    def batch(self, token: str) -> Batch:
        """What was kept under the token. Raises EditorialError when it is not there any more."""
        gone = EditorialError("This import is not kept any more; import it once again.")
        if not _TOKEN.fullmatch(token):
            raise gone
        try:
            kept = json.loads(self._path(token).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise gone from None
        items = tuple(Imported(**{**item, "notes": tuple(item["notes"])}) for item in kept["items"])
        return Batch(token, kept["origin"], items, {int(key): value for key, value in kept["saved"].items()})

    def saved(self, token: str, number: int, article_id: str) -> None:
        """Note which draft an imported article became."""
        batch = self.batch(token)
        self._write(Batch(token, batch.origin, batch.items, {**batch.saved, number: article_id}))

    def _write(self, batch: Batch) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        os.chmod(self._folder, 0o700)
        kept = {"origin": batch.origin, "items": [asdict(item) for item in batch.items], "saved": dict(batch.saved)}
        write_whole(self._path(batch.token), json.dumps(kept, ensure_ascii=False), lasting=False)

    def _path(self, token: str) -> Path:
        return self._folder / f"{token}.json"

    def _forget_old(self) -> None:
        for path in self._folder.glob("*.json"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > KEPT:
                    path.unlink()
