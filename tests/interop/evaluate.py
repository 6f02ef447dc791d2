"""What Python's ONNX Runtime makes of the models that Secateur evaluated.

    python evaluate.py question.json answer.json

`{"kind": "outputs"}`: the greatest difference of each output, relative to the output's greatest value.
`{"kind": "curve"}`: figures of each exported file against the original on a labelled set.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

DTYPES = {"F32": np.float32, "F64": np.float64, "F16": np.float16, "I64": np.int64, "I32": np.int32, "BOOL": np.bool_}


def session(path: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def load(values: dict) -> np.ndarray:
    return np.fromfile(values["path"], DTYPES[values["dtype"]]).reshape(values["shape"])


def compare_outputs(question: dict) -> dict[str, float]:
    model = session(question["model"])
    feeds = {values["name"]: load(values) for values in question["inputs"]}
    names = [output.name for output in model.get_outputs()]
    given = {values["name"]: load(values) for values in question["outputs"]}
    errors = {}
    for name, expected in zip(names, model.run(names, feeds)):
        if given[name].shape != expected.shape:
            errors[name] = float("1e9")
            continue
        difference = np.abs(given[name].astype(np.float64) - expected.astype(np.float64)).max()
        errors[name] = float(difference / np.abs(expected).max())
    return errors


def curve(question: dict) -> list[dict[str, float]]:
    data = np.load(question["testSet"])
    x, y = data["x"], data["y"]

    def scores(path: str) -> np.ndarray:
        model = session(path)
        return model.run(None, {model.get_inputs()[0].name: x})[0].astype(np.float64)

    a = scores(question["original"])
    return [figures(a, scores(path), y) for path in question["exports"]]


def figures(a: np.ndarray, b: np.ndarray, y: np.ndarray) -> dict[str, float]:
    log_p, log_q = log_softmax(a), log_softmax(b)
    return {
        "accuracy": float((b.argmax(1) == y).mean()),
        "cosine": float((a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b)),
        "relativeL2": float(np.linalg.norm(a - b) / np.linalg.norm(a)),
        "maxAbsolute": float(np.abs(a - b).max()),
        "top1Agreement": float((a.argmax(1) == b.argmax(1)).mean()),
        "klDivergence": float((np.exp(log_p) * (log_p - log_q)).sum(1).mean()),
    }


def log_softmax(rows: np.ndarray) -> np.ndarray:
    shifted = rows - rows.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))


def main() -> None:
    question = json.loads(Path(sys.argv[1]).read_text())
    answer = compare_outputs(question) if question["kind"] == "outputs" else curve(question)
    Path(sys.argv[2]).write_text(json.dumps(answer))


if __name__ == "__main__":
    main()
