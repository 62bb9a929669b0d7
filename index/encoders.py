"""Which encoders a build uses: one that reads passages, and one that reads questions into the same space.

Tests put a legible pair of their own in the place of the real one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from index.encoder import SHIPPED, EncoderError, Vectors

TUNED = "tuned"
"""The folder below ``var`` that holds a question encoder tuned on this corpus, where one won."""


class Encoders(Protocol):
    """A pair of encoders; ``name`` is the passage encoder's and stands in the manifest."""

    @property
    def name(self) -> str: ...

    def question_folder(self, models: Path) -> Path:
        """The folder of the question encoder that will serve; ``models`` may hold it."""

    def embed(self, texts: Sequence[str], advance: Callable[[int], None]) -> tuple[Vectors, str]:
        """Unit vectors of passages, shape (texts, dimensions), and the digest of what made them."""


@dataclass(frozen=True, slots=True)
class SentenceTransformers:
    """A sentence-transformers model by name or folder; without one, the default and the encoder that ships."""

    model: str | None = None

    @property
    def name(self) -> str:
        return self.model or "all-MiniLM-L6-v2"

    def question_folder(self, models: Path) -> Path:
        if self.model is None:
            tuned = models.parent / TUNED
            return tuned if tuned.is_dir() else SHIPPED
        folder: Path = _exporting().export_named(self.model, models)
        return folder

    def embed(self, texts: Sequence[str], advance: Callable[[int], None]) -> tuple[Vectors, str]:
        exporting = _exporting()
        transformer, digest = exporting.load_sentence_transformer(self.name)
        return exporting.embed(transformer, texts, advance), digest


def _exporting() -> Any:
    """What needs torch, which only a build needs, and which takes seconds to load. Raises EncoderError without it."""
    try:
        return import_module("index.training.export")
    except ImportError as error:
        raise EncoderError(
            f"articles cannot be prepared here, for {error.name} is not installed; run: "
            "pip install --editable '.[build]', or prepare them on another machine and bring the edition here"
        ) from error
