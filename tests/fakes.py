"""A legible encoder: a reader can tell by eye which passage wins.

Each line of AXES is one axis. A text points along the axes of the words it
holds, and words that are not listed point nowhere: "my urn" and "a samovar
is filled" point the same way (cosine 1), "my urn" and "a parrot" do not
(cosine 0). It is a real network in a real file, so everything that reads,
checks and runs an encoder is tried as it is.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np

import index

AXES = (
    ("samovar", "samovars", "urn"),
    ("lantern", "lanterns", "lamp"),
    ("parrot", "parrots", "macaw"),
    ("violin", "violins", "fiddle"),
    ("dinghy", "dinghies", "rowboat"),
)
SAMOVAR = "How is a samovar filled?"
DANGER = "I want to kill myself"
EDITION_FILES = ("texts.sqlite", "vectors.faiss", "rows.npy", "classifier.npz")
"""What an edition holds beside its manifest and its corpus."""
EPOCH = date(2000, 1, 1)
"""Before anything that is counted."""
LAST_MONTH = date.today() - timedelta(days=30)
SAMOVARS = f"""---
title: Samovars and lanterns
source: The Harbour Clinic
reviewed: {LAST_MONTH}
url: https://example.org/samovars
---
## How a samovar is filled

A samovar is filled from the top. The lid goes on afterwards.

Before you pour:

- Warm the pot
- Count to ten

## What a lantern needs

A lantern needs oil, and it burns all night.

That said, not every lantern does.

## Sources & References

- <https://example.org/all-about-samovars>
"""
PARROTS = f"""---
title: Parrots
source: The Harbour Clinic
reviewed: {LAST_MONTH}
---
A parrot repeats what it hears.

## Is a violin tuned by ear?

A violin is tuned by ear, and by nothing else.
"""


def write_corpus(folder: Path, **articles: str) -> Path:
    """A corpus folder of these articles (name=text), or of SAMOVARS and PARROTS."""
    place = folder / "articles"
    place.mkdir(parents=True, exist_ok=True)
    for name, text in (articles or {"samovars": SAMOVARS, "parrots": PARROTS}).items():
        (place / f"{name}.md").write_text(text, encoding="utf-8", newline="")
    return folder


def article_text(body: str, title: str = "An article") -> str:
    """A sound file around a body."""
    return f"---\ntitle: {title}\nsource: The Harbour Clinic\nreviewed: {LAST_MONTH}\n---\n{body}"


def write_encoder(folder: Path, axes: Sequence[Sequence[str]] = AXES) -> Path:
    """Write the encoder as the files of a real one: ``model.onnx`` and ``tokenizer.json``."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    folder.mkdir(parents=True, exist_ok=True)
    words = ["[PAD]", "[UNK]", *(word for axis in axes for word in axis)]
    table = np.zeros((len(words), len(axes)), dtype=np.float32)
    for number, axis in enumerate(axes):
        table[[words.index(word) for word in axis], number] = 1.0
    constants = [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(np.array([1], dtype=np.int64), "pieces"),
        numpy_helper.from_array(np.array(1e-6, dtype=np.float32), "least"),
    ]
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["each"]),
        helper.make_node("ReduceSum", ["each", "pieces"], ["sum"], keepdims=0),
        helper.make_node("ReduceL2", ["sum"], ["length"], axes=[1], keepdims=1),
        helper.make_node("Max", ["length", "least"], ["divisor"]),
        helper.make_node("Div", ["sum", "divisor"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes,
        "words",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "pieces_each"])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["texts", len(axes)])],
        constants,
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), str(folder / "model.onnx")
    )
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, "[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@dataclass
class WordEncoders:
    """The legible encoder for passages and for questions; ``embedded`` keeps every passage text it was given."""

    folder: Path
    name: str = "words"
    embedded: list[str] = field(default_factory=list)

    def question_folder(self, models: Path) -> Path:
        return self.folder

    def embed(self, texts: Sequence[str], advance: Callable[[int], None]) -> tuple[np.ndarray, str]:
        self.embedded += texts
        advance(len(texts))
        content = (self.folder / "model.onnx").read_bytes()
        return index.OnnxEncoder(self.folder).encode(texts), hashlib.sha256(content).hexdigest()


def builder(folder: Path) -> Callable[..., index.Built]:
    """``build`` with the legible encoder, which stands in ``folder``."""
    return partial(index.build, encoders=WordEncoders(folder))


def copy_corpus(source: Path, folder: Path) -> Path:
    """A corpus folder's articles and toml files, without the program that reads them."""
    shutil.copytree(source / "articles", folder / "articles")
    shutil.copytree(source / "questions", folder / "questions")
    for path in source.glob("*.toml"):
        shutil.copy(path, folder / path.name)
    return folder
