"""What onnx and ONNX Runtime make of a model whose weights lie in another file, as Secateur and its script pruned it.

    python manyFiles.py original.onnx exported.onnx scripted.onnx images.npy answer.json
"""

import hashlib
import json
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from onnx.external_data_helper import uses_external_data


def about(path: str, images: np.ndarray) -> dict:
    onnx.checker.check_model(path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    outputs = session.run(None, {session.get_inputs()[0].name: images})[0]
    plain = onnx.load(path, load_external_data=False).graph.initializer
    arrays = {each.name: numpy_helper.to_array(each) for each in onnx.load(path).graph.initializer}
    return {
        "outputs": outputs.flatten().tolist(),
        "outside": [each.name for each in plain if uses_external_data(each)],
        "tensors": {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in arrays.items()},
        "zeros": {name: int((array == 0).sum()) for name, array in arrays.items()},
    }


def main() -> None:
    *models, images, answer = sys.argv[1:]
    given = np.load(images)
    with open(answer, "w") as file:
        json.dump([about(model, given) for model in models], file)


main()
