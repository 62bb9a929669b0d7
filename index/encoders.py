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
        folder: Path = training_module("export").export_named(self.model, models)
        return folder

    def embed(self, texts: Sequence[str], advance: Callable[[int], None]) -> tuple[Vectors, str]:
        exporting = training_module("export")
        transformer, digest = exporting.load_sentence_transformer(self.name)
        return exporting.embed(transformer, texts, advance), digest


def training_module(name: str) -> Any:
    """A module of index.training; they need torch, which only a build has and which takes seconds to load.

    Raises EncoderError without torch.
    """
    try:
        return import_module(f"index.training.{name}")
    except ImportError as error:
        raise EncoderError(
            f"articles cannot be prepared here, for {error.name} is not installed; run: "
            "pip install --editable '.[build]', or prepare them on another machine and bring the edition here"
        ) from error
