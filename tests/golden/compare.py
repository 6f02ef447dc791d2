"""Two checkpoints that differ in many ways, and what numpy finds: the oracle of comparing.

    python compare.py      # writes files/compare/
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

FOLDER = Path(__file__).parent / "files" / "compare"


def figures(before: np.ndarray, after: np.ndarray) -> dict:
    x, y = before.astype(np.float64).ravel(), after.astype(np.float64).ravel()
    finite = np.isfinite(x) & np.isfinite(y)
    same = (x == y) | (np.isnan(x) & np.isnan(y))
    u, v = x[finite], y[finite]
    return {
        "weights": x.size,
        "zerosBefore": int((x == 0).sum()),
        "zerosAfter": int((y == 0).sum()),
        "changed": int((~same).sum()),
        "becameZero": int((~same & (y == 0)).sum()),
        "wereZero": int((~same & (x == 0)).sum()),
        "lengthBefore": float(np.linalg.norm(u)),
        "lengthAfter": float(np.linalg.norm(v)),
        "distance": float(np.linalg.norm(v - u)),
        "relative": float(np.linalg.norm(v - u) / np.linalg.norm(u)),
        "most": float(np.abs(v - u).max()),
        "cosine": float(u @ v / np.linalg.norm(u) / np.linalg.norm(v)),
    }


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)

    def normal(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape).astype(np.float32)

    before = {
        "conv1.weight": normal(8, 3, 3, 3),
        "conv2.weight": normal(8, 8, 3, 3),
        "block.0.weight": normal(6, 10),
        "block.1.weight": normal(6, 10),
        "block.2.weight": normal(6, 10),
        "fc.weight": normal(12, 5),
        "head.weight": normal(4, 12),
        "same.weight": normal(3, 7),
        "strange.weight": np.array([[1, np.nan, np.inf, 0], [2, np.nan, 3, -0.0]], np.float32),
        "gone.weight": normal(2, 9),
        "counter": np.array([3, 4], np.int64),
    }
    # As another framework has them: kernels with the channels last, matrices turned, of two of one shape.
    before |= {
        "kernel.weight": normal(5, 4, 3, 2),
        "turned.0.weight": normal(7, 9),
        "turned.1.weight": normal(7, 9),
        "norm.0.weight": 1 + normal(40) / 50,
        "norm.1.weight": 1 + normal(40) / 50,
        "narrow.weight": normal(3, 11) * np.float32(1e-5),
    }
    pruned = before["conv1.weight"] * (np.abs(before["conv1.weight"]) > 0.5)
    after = {
        "conv1.weight": pruned,
        "conv2.weight": before["conv2.weight"].astype(np.float16),
        # In another order under other names, one of them changed a little.
        "layers.a": before["block.2.weight"] * np.float32(1.01),
        "layers.b": before["block.0.weight"],
        "layers.c": before["block.1.weight"] * (np.abs(before["block.1.weight"]) > 0.4),
        "dense": np.ascontiguousarray(before["fc.weight"].T),
        "module.head.weight": before["head.weight"] + np.float32(0.25),
        "same.weight": before["same.weight"],
        "strange.weight": np.array([[1, np.nan, 5, 0], [0, 7, 3, 0.0]], np.float32),
        "new.weight": normal(11, 2, 2),
        "counter": np.array([3, 5], np.int64),
        "conv/kernel": np.ascontiguousarray(before["kernel.weight"].transpose(2, 3, 1, 0)),
        "dense_b/kernel": np.ascontiguousarray(before["turned.0.weight"].T) * (rng.random((9, 7)) > 0.3).astype(np.float32),
        "dense_a/kernel": np.ascontiguousarray(before["turned.1.weight"].T),
        "gamma_b": before["norm.0.weight"],
        "gamma_a": before["norm.1.weight"] * np.float32(1.001),
        "narrow.weight": before["narrow.weight"].astype(np.float16),
    }
    save_file(before, FOLDER / "before.safetensors")
    save_file(after, FOLDER / "after.safetensors")
    torch.save({name: torch.from_numpy(value) for name, value in before.items()}, FOLDER / "before.pth")

    expected = {
        "conv1.weight": figures(before["conv1.weight"], after["conv1.weight"]),
        "conv2.weight": figures(before["conv2.weight"], after["conv2.weight"]),
        "block.0.weight": figures(before["block.0.weight"], after["layers.b"]),
        "block.1.weight": figures(before["block.1.weight"], after["layers.c"]),
        "block.2.weight": figures(before["block.2.weight"], after["layers.a"]),
        "fc.weight": figures(before["fc.weight"], after["dense"].T),
        "head.weight": figures(before["head.weight"], after["module.head.weight"]),
        "same.weight": figures(before["same.weight"], after["same.weight"]),
        "strange.weight": figures(before["strange.weight"], after["strange.weight"]),
        "kernel.weight": figures(before["kernel.weight"], after["conv/kernel"].transpose(3, 2, 0, 1)),
        "turned.0.weight": figures(before["turned.0.weight"], after["dense_b/kernel"].T),
        "turned.1.weight": figures(before["turned.1.weight"], after["dense_a/kernel"].T),
        "norm.0.weight": figures(before["norm.0.weight"], after["gamma_b"]),
        "norm.1.weight": figures(before["norm.1.weight"], after["gamma_a"]),
        "narrow.weight": figures(before["narrow.weight"], after["narrow.weight"]),
    }
    for name in ("conv2.weight", "narrow.weight"):
        x, y = before[name], after[name]
        expected[name]["rounded"] = int(((x != y) & (x != 0) & (y != 0) & (x.astype(np.float16) == y)).sum())
    (FOLDER / "expected.json").write_text(json.dumps(expected, indent=2))


if __name__ == "__main__":
    main()
