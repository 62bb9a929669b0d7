"""Questions into vectors with onnxruntime: what serves, without torch.

This is the one home of onnxruntime and tokenizers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
"""Shape (texts, dimensions); every row has length 1."""

LONGEST = 256
"""How many word pieces the encoder reads; what is longer must be cut before."""

SHIPPED = Path(__file__).with_name("question_encoder")
"""The question encoder that comes with the program; its card is beside it."""


class EncoderError(Exception):
    """An encoder's files are missing or are not what they should be."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A folder holding ``model.onnx`` and ``tokenizer.json``: a network and its tokenizer."""

    session: onnxruntime.InferenceSession
    tokenizer: Tokenizer
    inputs: frozenset[str]
    digest: str

    def run(self, texts: Sequence[str | tuple[str, str]]) -> list[NDArray[np.float32]]:
        """The network's outputs, each of shape (texts, ...)."""
        encodings = self.tokenizer.encode_batch(list(texts))
        feed = {
            "input_ids": np.array([encoding.ids for encoding in encodings], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64),
            "token_type_ids": np.array([encoding.type_ids for encoding in encodings], dtype=np.int64),
        }
        return list(self.session.run(None, {name: feed[name] for name in self.inputs}))


def load_graph(folder: Path, threads: int = 1, longest: int = LONGEST, digest: str | None = None) -> Graph:
    """Load a network. Raises EncoderError when a file is missing, damaged, or not the one named by ``digest``."""
    missing = [name for name in ("model.onnx", "tokenizer.json") if not (folder / name).is_file()]
    if missing:
        raise EncoderError(f"{folder}: no {' and no '.join(missing)}; build again")
    content = (folder / "model.onnx").read_bytes()
    found = hashlib.sha256(content + (folder / "tokenizer.json").read_bytes()).hexdigest()
    if digest is not None and found != digest:
        raise EncoderError(f"{folder}: the model has digest {found[:12]}, expected {digest[:12]}; build again")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:
        raise EncoderError(f"{folder}: the model cannot be loaded ({type(error).__name__}); build again") from error
    tokenizer.enable_truncation(longest)
    tokenizer.enable_padding(pad_id=tokenizer.token_to_id("[PAD]") or 0)
    return Graph(session, tokenizer, frozenset(put.name for put in session.get_inputs()), found)


class OnnxEncoder:
    """An exported sentence encoder: token vectors averaged and scaled to length 1 inside the network."""

    def __init__(self, folder: Path, threads: int = 1, digest: str | None = None) -> None:
        self._graph = load_graph(folder, threads, digest=digest)
        self.digest = self._graph.digest
        details = folder / "encoder.json"
        self.name: str = json.loads(details.read_text())["name"] if details.is_file() else folder.name
        self._counter = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._counter.no_truncation()
        self._counter.no_padding()

    def encode(self, texts: Sequence[str | tuple[str, str]], batch: int = 64) -> Vectors:
        """One unit vector for each text, in order; float32, shape (texts, dimensions)."""
        if len(texts) == 1:
            return np.asarray(self._graph.run(texts)[0], dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda place: len("".join(texts[place])))
        rows: list[Vectors] = []
        for begin in range(0, len(order), batch):
            rows.append(self._graph.run([texts[place] for place in order[begin : begin + batch]])[0])
        vectors = np.concatenate(rows) if rows else np.zeros((0, 384))
        answer = np.empty_like(vectors, dtype=np.float32)
        answer[order] = vectors
        return answer

    def pieces(self, text: str) -> int:
        """How many word pieces the text has, the two marks around it included."""
        return len(self._counter.encode(text).ids)
