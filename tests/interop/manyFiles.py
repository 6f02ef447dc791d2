"""What onnx and ONNX Runtime make of a model whose weights lie in another file, as Secateur and its script pruned it.

    python manyFiles.py original.onnx exported.onnx scripted.onnx images.npy answer.json
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from onnx.external_data_helper import uses_external_data


def stale(path: str) -> list[str]:
    """Tensors whose checksum is not the SHA-1 of the file that they are in: initializers, Constant nodes, those of functions."""
    model = onnx.load(path, load_external_data=False)
    nodes = [*model.graph.node, *(node for function in model.functions for node in function.node)]
    constants = [each.t for node in nodes for each in node.attribute if each.type == onnx.AttributeProto.TENSOR]
    found = []
    for tensor in [*model.graph.initializer, *constants]:
        keys = {each.key: each.value for each in tensor.external_data}
        if "checksum" in keys:
            content = (Path(path).parent / keys["location"]).read_bytes()
            if hashlib.sha1(content).hexdigest() != keys["checksum"]:
                found.append(tensor.name or keys["offset"])
    return found


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
        "stale": stale(path),
        "zeros": {name: int((array == 0).sum()) for name, array in arrays.items()},
    }


def main() -> None:
    *models, images, answer = sys.argv[1:]
    given = np.load(images)
    with open(answer, "w") as file:
        json.dump([about(model, given) for model in models], file)


main()
