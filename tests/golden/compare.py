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
    }
    (FOLDER / "expected.json").write_text(json.dumps(expected, indent=2))


if __name__ == "__main__":
    main()
