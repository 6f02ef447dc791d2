"""What numpy makes of pairs of outputs: the reference for src/evaluation/metrics/sums.ts.

    python tests/golden/metrics.py

Writes files/evaluation/metrics.json: cases of `original` and `pruned` (rows of `classes` values, f32) with every metric.
"""

import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).parent / "files" / "evaluation" / "metrics.json"


def softmax(rows: np.ndarray) -> np.ndarray:
    shifted = np.exp(rows - rows.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def log_softmax(rows: np.ndarray) -> np.ndarray:
    shifted = rows - rows.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def case(name: str, original: np.ndarray, pruned: np.ndarray, labels: np.ndarray, probabilities: bool) -> dict:
    a, b = original.astype(np.float64), pruned.astype(np.float64)
    p, q = (a, b) if probabilities else (softmax(a), softmax(b))
    ranked = np.argsort(-b, axis=-1, kind="stable")
    return {
        "name": name,
        "classes": original.shape[1],
        "probabilities": probabilities,
        "original": original.flatten().tolist(),
        "pruned": pruned.flatten().tolist(),
        "labels": labels.tolist(),
        "cosine": float(np.dot(a.ravel(), b.ravel()) / (np.linalg.norm(a) * np.linalg.norm(b))),
        "relativeL2": float(np.linalg.norm(a - b) / np.linalg.norm(a)),
        "maxAbsolute": float(np.abs(a - b).max()),
        "top1Agreement": float((a.argmax(-1) == b.argmax(-1)).mean()),
        "klDivergence": float((p * (np.log(p) - np.log(q))).sum(-1).mean()),
        "top1": float((ranked[:, 0] == labels).mean()),
        "top5": float((ranked[:, :5] == labels[:, None]).any(-1).mean()),
        # Each row scores the token of the next row's label.
        "perplexity": float(np.exp(-np.mean(log_softmax(b)[np.arange(len(labels) - 1), labels[1:]]))),
    }


def main() -> None:
    rng = np.random.default_rng(5)
    rows, classes = 40, 12
    original = rng.normal(0, 3, (rows, classes)).astype(np.float32)
    pruned = (original + rng.normal(0, 1.5, (rows, classes))).astype(np.float32)
    labels = rng.integers(0, classes, rows)
    ties = np.round(original).astype(np.float32)
    cases = [
        case("logits", original, pruned, labels, False),
        case("large logits", original * 40, pruned * 40, labels, False),
        case("ties", ties, np.round(pruned).astype(np.float32), labels, False),
        case("probabilities", softmax(original).astype(np.float32), softmax(pruned).astype(np.float32), labels, True),
        case("two classes", original[:, :2], pruned[:, :2], labels % 2, False),
    ]
    # A difference beyond exp(-27) is cut off by the least probability that a logarithm is taken of: not for gold.
    cases[1].pop("klDivergence")
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(cases, indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
