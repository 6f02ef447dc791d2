"""Magnitude that 2:4 keeps of a seeded normal matrix: plain, unstructured, and after a search over pairs of stripes (as NVIDIA
apex's permutation_search_kernels does it, exhaustive_search with eight columns), written here in NumPy.

    python permutation.py files/permutation
"""

import itertools
import json
import sys
from pathlib import Path

import numpy as np


def kept(stripe):
    return np.sort(stripe, axis=1)[:, 2:].sum(dtype=np.float64)


def searched(matrix):
    order = np.arange(matrix.shape[1])
    halves = [first for first in itertools.combinations(range(8), 4) if first[0] == 0]
    while True:
        best = None
        for a, b in itertools.combinations(range(len(order) // 4), 2):
            eight = np.concatenate([order[a * 4 : a * 4 + 4], order[b * 4 : b * 4 + 4]])
            now = kept(matrix[:, eight[:4]]) + kept(matrix[:, eight[4:]])
            for first in halves:
                second = [i for i in range(8) if i not in first]
                gain = kept(matrix[:, eight[list(first)]]) + kept(matrix[:, eight[second]]) - now
                if best is None or gain > best[0]:
                    best = gain, a, b, eight[list(first)], eight[second]
        if best is None or best[0] < 1e-6:
            return order
        _, a, b, first, second = best
        order[a * 4 : a * 4 + 4], order[b * 4 : b * 4 + 4] = first, second


def main(out):
    # In 16 bits: the file is short, and exact in float32.
    weights = np.round(np.random.default_rng(16).standard_normal((64, 128)) * 4096).astype(np.int16)
    magnitudes = np.abs(weights.astype(np.float32)) / 4096
    plain = sum(kept(magnitudes[:, i : i + 4]) for i in range(0, 128, 4))
    unstructured = np.sort(magnitudes, axis=None)[magnitudes.size // 2 :].sum(dtype=np.float64)
    order = searched(magnitudes)
    permuted = sum(kept(magnitudes[:, order[i : i + 4]]) for i in range(0, 128, 4))
    weights.astype("<i2").tofile(out / "permutation.i16")
    figures = {"rows": 64, "inputs": 128, "plain": plain, "unstructured": unstructured, "searched": permuted}
    (out / "permutation.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(figures)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
