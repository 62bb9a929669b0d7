"""Texts into vectors with onnxruntime: what serves, without torch.

The network that ships also listens: in the same pass it gives the
probabilities of the kinds of message that the safety screen tells apart.
This is the one home of onnxruntime and tokenizers. onnxruntime is imported
with the first network: it starts a thread, and a process that has one can no
longer be forked in safety, as a server does before its workers load anything.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.plain import spelled

if TYPE_CHECKING:
    import onnxruntime

Vectors = NDArray[np.float32]
"""Shape (texts, dimensions); every row has length 1."""

Text = str | tuple[str, str]
"""A text, or a pair: a question and what was asked before it."""

LONGEST = 256
"""How many word pieces the encoder reads; what is longer must be cut before."""

FILES = ("model.onnx", "tokenizer.json")
"""What an encoder's folder holds."""

SLOW = ["SkipLayerNormFusion"]
"""What onnxruntime must not do to a network: normalising and adding at once took 21 us where one after the other took 4
(12 word pieces of 384 numbers, onnxruntime 1.31)."""

REMEMBERED = 200_000
"""Words of which it is remembered how many pieces they have."""

_WHITE = re.compile(r"[ \t\n\r\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
"""What BERT's tokenizer takes for white space; control characters it leaves out."""

_READ = 1024 * 1024

SHIPPED = Path(__file__).with_name("network")
"""The network that comes with the program; its card is beside it."""


class EncoderError(Exception):
    """An encoder's files are missing or are not what they should be."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a network gives for texts: ``vectors``, and ``shares`` of shape (texts, classes)."""

    vectors: Vectors
    shares: NDArray[np.float32]


def files_digest(folder: Path) -> str:
    """The SHA-256 of an encoder's two files, one after the other. Raises EncoderError when one cannot be read."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise EncoderError(f"{folder}: no {' and no '.join(missing)}; build again")
    digest = hashlib.sha256()
    try:
        for name in FILES:
            with (folder / name).open("rb") as file:
                while piece := file.read(_READ):
                    digest.update(piece)
    except OSError as error:
        raise EncoderError(f"{folder}: cannot be read ({error.strerror}); build again") from error
    return digest.hexdigest()


class OnnxEncoder:
    """An exported sentence encoder: token vectors averaged and scaled to length 1 inside the network."""

    def __init__(self, folder: Path, threads: int = 1, digest: str | None = None) -> None:
        """Load the network of ``folder``.

        Raises EncoderError when a file is missing, damaged, or not the one named by ``digest``.
        """
        self.digest = files_digest(folder)
        if digest is not None and self.digest != digest:
            raise EncoderError(
                f"{folder}: the model has digest {self.digest[:12]}, expected {digest[:12]}; build again"
            )
        import onnxruntime

        network, words = (str(folder / name) for name in FILES)
        try:
            self._tokenizer = Tokenizer.from_file(words)
            self._session = onnxruntime.InferenceSession(
                network, _options(threads), providers=["CPUExecutionProvider"], disabled_optimizers=SLOW
            )
            known = self._session.get_modelmeta().custom_metadata_map
        except Exception as error:
            raise EncoderError(f"{folder}: the model cannot be loaded ({type(error).__name__}); build again") from error
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding(pad_id=self._tokenizer.token_to_id("[PAD]") or 0)
        self._inputs = [put.name for put in self._session.get_inputs()]
        self._last = threading.local()
        self._pieces: dict[str, int] = {}
        self.name: str = known.get("name", folder.name)
        self.classes = tuple(known.get("classes", "").split())
        self._plain = known.get("plain") == "yes"

    def encode(self, texts: Sequence[Text], batch: int = 64) -> Vectors:
        """One unit vector for each text, in order; float32, shape (texts, dimensions)."""
        if len(texts) == 1:
            return self.hear(texts[0]).vectors
        order = sorted(range(len(texts)), key=lambda place: len("".join(texts[place])))
        rows: list[Vectors] = []
        for begin in range(0, len(order), batch):
            rows.append(self.hear_all([texts[place] for place in order[begin : begin + batch]]).vectors)
        vectors = np.concatenate(rows) if rows else np.zeros((0, 384))
        answer = np.empty_like(vectors, dtype=np.float32)
        answer[order] = vectors
        return answer

    def hear(self, text: Text) -> Heard:
        """What the network gives for one text; the text that a thread has just read is not read again.

        The screen and the search both read a visitor's message; one pass does for both.
        """
        read = self._as_read(text)
        last = getattr(self._last, "pair", None)
        if last is None or last[0] != read:
            last = self._last.pair = (read, self._run([read]))
        return last[1]

    def hear_all(self, texts: Sequence[Text]) -> Heard:
        """What the network gives for several texts, in one batch."""
        return self._run([self._as_read(text) for text in texts])

    def pieces(self, text: str) -> int:
        """How many word pieces the text has, the two marks around it included.

        BERT's tokenizer cuts at white space before all else, so each word is cut once and remembered.
        """
        words = _WHITE.split(text)
        known = self._pieces
        missing = [word for word in dict.fromkeys(words) if word not in known]
        if missing:
            if len(known) > REMEMBERED:
                known.clear()
                missing = list(dict.fromkeys(words))
            cut = self._counter.encode_batch_fast(missing, add_special_tokens=False)
            known.update((word, len(encoding.ids)) for word, encoding in zip(missing, cut, strict=True))
        return int(self._counter.num_special_tokens_to_add(False)) + sum(map(known.__getitem__, words))

    @cached_property
    def _counter(self) -> Tokenizer:
        counter = Tokenizer.from_str(self._tokenizer.to_str())
        counter.no_truncation()
        counter.no_padding()
        return counter

    def _as_read(self, text: Text) -> Text:
        if not self._plain:
            return text
        return spelled(text) if isinstance(text, str) else (spelled(text[0]), spelled(text[1]))

    def _one(self, text: Text) -> Encoding:
        """A text cut into word pieces; for one alone ``encode_batch`` would wake other threads."""
        return self._tokenizer.encode(text) if isinstance(text, str) else self._tokenizer.encode(*text)

    def _run(self, texts: Sequence[Text]) -> Heard:
        encodings = self._tokenizer.encode_batch(texts) if len(texts) > 1 else [self._one(texts[0])]
        feed = {
            "input_ids": [encoding.ids for encoding in encodings],
            "attention_mask": [encoding.attention_mask for encoding in encodings],
            "token_type_ids": [encoding.type_ids for encoding in encodings],
        }
        given = self._session.run(None, {name: np.array(feed[name], dtype=np.int64) for name in self._inputs})
        shares = given[1] if len(given) > 1 else np.zeros((len(texts), 0), dtype=np.float32)
        return Heard(np.asarray(given[0], dtype=np.float32), shares)


_serving: WeakValueDictionary[str, OnnxEncoder] = WeakValueDictionary()


def serving_encoder(folder: Path, digest: str | None = None) -> OnnxEncoder:
    """The network of ``folder``, for answering one question at a time; one that is loaded already is shared.

    Raises EncoderError as ``OnnxEncoder`` does: the files are read and checked, also for a shared one.
    """
    found = files_digest(folder)
    encoder = _serving.get(found)
    if encoder is None or digest not in (None, found):
        encoder = _serving[found] = OnnxEncoder(folder, digest=digest)
    return encoder


def _options(threads: int) -> onnxruntime.SessionOptions:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
