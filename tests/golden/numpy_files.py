"""Writes small files of NumPy arrays: what people keep the weights of small networks in.

    python tests/golden/numpy_files.py

`files/numpy/`: `stored.npz` and `deflated.npz` are one network, `expected.json` has, of each array, its shape and its values row by row,
and which elements torch.nn.utils.prune keeps (1) when it prunes half of both matrices together. `odd.npz` has what cannot be pruned.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils import prune

folder = Path(__file__).parent / "files" / "numpy"


def main():
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(4)
    arrays = {
        "W1": np.asfortranarray(draw.normal(size=(12, 8)).astype(np.float32)),
        "b1": draw.normal(size=(8,)).astype(np.float32),
        "W2": draw.normal(size=(8, 5)).astype(np.float32),
        "b2": draw.normal(size=(1, 5)).astype(np.float32),
        "steps": np.array(400),
    }
    np.savez(folder / "stored.npz", **arrays)
    np.savez_compressed(folder / "deflated.npz", **arrays)
    np.save(folder / "one.npy", arrays["W1"])
    with warnings.catch_warnings(action="ignore"):
        np.savez(
            folder / "odd.npz",
            weight=arrays["W2"],
            objects=np.array([{"a": 1}], dtype=object),
            text=np.array(["a", "bc"]),
            record=np.zeros(2, dtype=[("x", "<f4"), ("y", "<i4")]),
            swapped=arrays["W2"].astype(">f4"),
            longer=np.zeros(2, dtype=np.longdouble),
            nothing=np.zeros((0, 3), np.float32),
        )
    modules = {name: torch.nn.Module() for name in ("W1", "W2")}
    for name, module in modules.items():
        module.weight = torch.nn.Parameter(torch.from_numpy(np.ascontiguousarray(arrays[name])))
    prune.global_unstructured([(module, "weight") for module in modules.values()], prune.L1Unstructured, amount=0.5)
    kept = {
        name: "".join(str(int(bit)) for bit in module.weight_mask.flatten()) for name, module in modules.items()
    }
    described = {
        name: {"shape": list(array.shape), "values": array.astype(np.float64).flatten().tolist()}
        for name, array in arrays.items()
    }
    (folder / "expected.json").write_text(json.dumps({"arrays": described, "kept": kept}, indent=1) + "\n")


main()
