"""Writes small pickles of NumPy's arrays with Python's own pickle, and what it reads from them.

    python tests/golden/pickled_files.py

`files/pickled/net.pdparams` is as PaddlePaddle's `paddle.save` writes a state dict (python/paddle/framework/io.py: each tensor is reduced to
`tuple((name, array))`, protocol 4; the library itself was not at hand); `model_final.pkl` as Detectron2's zoo has models; `protocol3.pkl` and
`protocol5.pkl` hold Fortran's order, f16, bf16 and f64; `python2.pkl` is what Python 2 wrote, strings for bytes; `text.pkl` what Python 3 writes by
protocol 2. `expected.json` holds for each every array by its path: shape, dtype and the SHA-256 of its elements in their order in memory.
"""

import hashlib
import json
import pickle
import shutil
import struct
from pathlib import Path

import ml_dtypes
import numpy as np

folder = Path(__file__).parent / "files" / "pickled"
random = np.random.default_rng(9)


def weights(*shape: int) -> np.ndarray:
    return random.standard_normal(shape).astype(np.float32)


class PaddleTensor:
    def __init__(self, name: str, array: np.ndarray) -> None:
        self.name, self.array = name, array

    def __reduce__(self):
        return tuple, ((self.name, self.array),)


class Python2Pickler(pickle._Pickler):
    """Protocol 2 as Python 2 wrote it: str is SHORT_BINSTRING or BINSTRING, for text and bytes alike."""

    dispatch = pickle._Pickler.dispatch.copy()

    def save_string(self, each) -> None:
        content = each if isinstance(each, bytes) else each.encode()
        if len(content) < 256:
            self.write(pickle.SHORT_BINSTRING + bytes([len(content)]) + content)
        else:
            self.write(pickle.BINSTRING + struct.pack("<i", len(content)) + content)
        self.memoize(each)

    dispatch[bytes] = save_string
    dispatch[str] = save_string


def paddle() -> dict:
    names = {"conv.weight": (8, 3, 3, 3), "conv.bias": (8,), "bn.weight": (8,), "bn.bias": (8,), "bn._mean": (8,), "bn._variance": (8,), "fc.weight": (8, 8), "fc.bias": (8,)}
    tensors = {name: PaddleTensor(f"param_{i}", weights(*shape)) for i, (name, shape) in enumerate(names.items())}
    return {**tensors, "StructuredToParameterName@@": {name: f"param_{i}" for i, name in enumerate(names)}}


def detectron() -> dict:
    return {
        "model": {
            "backbone.stem.conv1.weight": weights(8, 3, 7, 7),
            "backbone.stem.conv1.norm.weight": weights(8),
            "backbone.stem.conv1.norm.bias": weights(8),
            "roi_heads.box_predictor.cls_score.weight": weights(5, 8),
            "roi_heads.box_predictor.cls_score.bias": weights(5),
        },
        "__author__": "golden",
        "matching_heuristics": True,
    }


def caffe2() -> dict:
    return {"blobs": {"conv1_w": weights(8, 3, 5, 5), "conv1_b": weights(8), "conv1_w_momentum": weights(8, 3, 5, 5), "fc6_w": weights(10, 8), "fc6_b": weights(10)}}


def mixed() -> dict:
    return {
        "first.weight": np.asfortranarray(weights(12, 16)),
        "first.bias": weights(12).astype(np.float64),
        "second.weight": weights(10, 12).astype(np.float16),
        "second.bias": weights(10).astype(np.float16),
        "third.weight": weights(6, 10).astype(ml_dtypes.bfloat16),
        "third.bias": weights(6).astype(ml_dtypes.bfloat16),
        "steps": np.arange(3),
    }


def arrays(value, path: str = ""):
    if isinstance(value, np.ndarray):
        yield path, value
    elif isinstance(value, tuple):  # PaddlePaddle's
        yield from arrays(value[1], path)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from arrays(each, f"{path}.{key}" if path else key)


def described(path: Path) -> dict[str, dict]:
    value = pickle.loads(path.read_bytes(), encoding="latin1")
    return {
        name: {"shape": list(each.shape), "dtype": each.dtype.name, "sha256": hashlib.sha256(each.tobytes("A")).hexdigest()}
        for name, each in arrays(value)
    }


def main() -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, value, protocol in [
        ("net.pdparams", paddle(), 4),
        ("model_final.pkl", detectron(), 4),
        ("protocol3.pkl", mixed(), 3),
        ("protocol5.pkl", mixed(), 5),
        ("text.pkl", detectron(), 2),
    ]:
        (folder / name).write_bytes(pickle.dumps(value, protocol=protocol))
    with open(folder / "python2.pkl", "wb") as file:
        Python2Pickler(file, protocol=2).dump(caffe2())
    expected = {path.name: described(path) for path in sorted(folder.iterdir())}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    print({path.name: path.stat().st_size for path in folder.iterdir()})


if __name__ == "__main__":
    main()
