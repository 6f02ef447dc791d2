"""Figures of two checkpoints as numpy has them. python compare.py answer.json before.pth after.pth"""

import json
import sys

import numpy as np
import torch


def state(path: str) -> dict:
    read = torch.load(path, weights_only=True)
    return {name: value.double().numpy().ravel() for name, value in read.items() if value.is_floating_point()}


def figures(x: np.ndarray, y: np.ndarray) -> dict:
    lengths = np.linalg.norm(x) * np.linalg.norm(y)
    return {
        "weights": x.size,
        "zerosBefore": int((x == 0).sum()),
        "zerosAfter": int((y == 0).sum()),
        "changed": int((x != y).sum()),
        "becameZero": int(((x != 0) & (y == 0)).sum()),
        "wereZero": int(((x == 0) & (y != 0)).sum()),
        "lengthBefore": float(np.linalg.norm(x)),
        "lengthAfter": float(np.linalg.norm(y)),
        "distance": float(np.linalg.norm(y - x)),
        "most": float(np.abs(y - x).max()),
        **({"cosine": float(x @ y / lengths)} if lengths else {}),
    }


answer, before, after = sys.argv[1:]
one, other = state(before), state(after)
with open(answer, "w") as file:
    json.dump({name: figures(one[name], other[name]) for name in one}, file)
