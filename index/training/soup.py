"""Averages two exported int8 networks weight by weight (model soups, Wortsman et al. 2022)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

Weights = NDArray[Any]


def average_networks(first: Path, second: Path, folder: Path) -> None:
    """Write the mean of two networks of the same shape, with the first one's tokenizer, to ``folder``.

    Raises ValueError when their weights do not have the same names.
    """
    network = onnx.load(str(first / "model.onnx"))
    stored = {each.name: each for each in network.graph.initializer}
    mine = {name: numpy_helper.to_array(each) for name, each in stored.items()}
    other = onnx.load(str(second / "model.onnx"))
    theirs = {each.name: numpy_helper.to_array(each) for each in other.graph.initializer}
    if mine.keys() != theirs.keys():
        raise ValueError(f"{first} and {second} are not of one shape")
    for name in mine:
        base = name.removesuffix("_quantized")
        if name != base:
            mean = (_floats(mine, base) + _floats(theirs, base)) / 2
            for key, value in _quantised(mean, mine, base).items():
                stored[key].CopyFrom(numpy_helper.from_array(value, key))
        elif mine[name].dtype == np.float32 and not name.endswith("_scale"):
            stored[name].CopyFrom(numpy_helper.from_array((mine[name] + theirs[name]) / 2, name))
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(network, str(folder / "model.onnx"))
    for name in ("tokenizer.json", "encoder.json"):
        shutil.copyfile(first / name, folder / name)


def _floats(weights: dict[str, Weights], base: str) -> Weights:
    """A quantised weight as it is meant: (whole number - zero point) times scale."""
    whole = weights[f"{base}_quantized"].astype(np.float32)
    shape = _shape(whole, weights[f"{base}_scale"])
    zero = weights[f"{base}_zero_point"].astype(np.float32).reshape(shape)
    return np.asarray((whole - zero) * weights[f"{base}_scale"].reshape(shape))


def _shape(whole: Weights, scale: Weights) -> list[int]:
    """The shape in which scales, one for each channel of the last fitting axis, meet their weights."""
    shape = [1] * whole.ndim
    if scale.size > 1:
        shape[max(axis for axis in range(whole.ndim) if whole.shape[axis] == scale.size)] = scale.size
    return shape


def _quantised(mean: Weights, like: dict[str, Weights], base: str) -> dict[str, Weights]:
    """The mean in whole numbers again, with new scales and zero points, typed as before."""
    old, scale, zero = (like[f"{base}{part}"] for part in ("_quantized", "_scale", "_zero_point"))
    if old.dtype == np.uint8:
        low, high = min(0.0, float(mean.min())), max(0.0, float(mean.max()))
        step = np.float32((high - low) / 255)
        point = round(-low / float(step))
        whole = np.clip(np.round(mean / step) + point, 0, 255)
        scales, points = np.full(scale.shape, step), np.full(zero.shape, point)
    else:
        shape = _shape(old, scale)
        others = tuple(axis for axis, size in enumerate(shape) if size == 1)
        steps = np.maximum(np.abs(mean).max(axis=others, keepdims=True) / 127, 1e-12)
        whole = np.clip(np.round(mean / steps), -127, 127)
        scales, points = steps.reshape(scale.shape), np.zeros(zero.shape)
    return {
        f"{base}_quantized": whole.astype(old.dtype),
        f"{base}_scale": scales.astype(scale.dtype),
        f"{base}_zero_point": points.astype(zero.dtype),
    }
