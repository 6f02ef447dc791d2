"""What numpy makes of pairs of outputs: the reference for src/evaluation/metrics/sums.ts.

    python tests/golden/metrics.py

Writes files/evaluation/metrics.json: cases of `original` and `pruned` (rows of `classes` values, f32) with every metric;
files/evaluation/sequences.json: samples x steps x classes, of which one is the blank.
"""

import functools
import itertools
import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).parent / "files" / "evaluation" / "metrics.json"
SEQUENCES = FILE.with_name("sequences.json")


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


def distance(a: list[int], b: list[int]) -> int:
    """Levenshtein's, from its definition."""

    @functools.cache
    def between(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return i + j
        return min(between(i - 1, j) + 1, between(i, j - 1) + 1, between(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    return between(len(a), len(b))


def sequences(original: np.ndarray, pruned: np.ndarray, blank: int) -> dict:
    """Greedy decoding of samples x steps x classes."""
    read = [
        [[key for key, _ in itertools.groupby(row) if key != blank] for row in scores.argmax(-1).tolist()]
        for scores in (original, pruned)
    ]
    a, b = original.argmax(-1), pruned.argmax(-1)
    counted = (a != blank) | (b != blank)
    edits = [distance(before, after) for before, after in zip(*read)]
    return {
        "shape": original.shape,
        "blank": blank,
        "original": original.flatten().tolist(),
        "pruned": pruned.flatten().tolist(),
        "sequenceAgreement": sum(edit == 0 for edit in edits) / len(edits),
        "stepAgreement": float((a == b)[counted].mean()),
        "symbolErrors": sum(edits) / sum(len(each) for each in read[0]),
    }


def lines(rng: np.random.Generator, blank: int) -> np.ndarray:
    """As a recogniser of text scores: symbols over one or two steps, blanks between most of them."""
    samples, steps, classes = 12, 24, 9
    scores = rng.normal(0, 1, (samples, steps, classes))
    symbols = [each for each in range(classes) if each != blank]
    for row in scores:
        at = 0
        while at < steps:
            for width, symbol in ((rng.integers(1, 3), rng.choice(symbols)), (rng.integers(0, 4), blank)):
                row[at : at + width, symbol] += 4
                at += width
    return scores.astype(np.float32)


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
    read = []
    for blank in (0, 8):
        before = lines(rng, blank)
        read.append(sequences(before, (before + rng.normal(0, 1.2, before.shape)).astype(np.float32), blank))
    FILE.parent.mkdir(exist_ok=True)
    SEQUENCES.write_text(json.dumps(read, indent=None, separators=(",", ":")) + "\n")
    FILE.write_text(json.dumps(cases, indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
