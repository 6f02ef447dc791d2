"""How many of the test digits exported files of the sample read, in the library that owns their format.

    python repaired_sample.py question.json answer.json

The question has `models` (paths) and the `testSet`; the answer is a list of accuracies.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from safetensors.torch import load_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "samples"))
from train_digits import DigitsCnn  # noqa: E402


def scores_of(path: str, x: np.ndarray) -> np.ndarray:
    if path.endswith(".onnx"):
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        return session.run(None, {session.get_inputs()[0].name: x})[0]
    state = load_file(path) if path.endswith(".safetensors") else torch.load(path, weights_only=True)
    model = DigitsCnn()
    model.load_state_dict(state)
    with torch.no_grad():
        return model.eval()(torch.tensor(x)).numpy()


def main() -> None:
    question = json.loads(Path(sys.argv[1]).read_text())
    data = np.load(question["testSet"])
    accuracies = [float((scores_of(path, data["x"]).argmax(1) == data["y"]).mean()) for path in question["models"]]
    Path(sys.argv[2]).write_text(json.dumps(accuracies))


if __name__ == "__main__":
    main()
