"""Writes small ONNX models whose weights lie in files beside them, as PyTorch and onnx write them.

    python tests/golden/external_data.py

`files/external/exported/net.onnx` and `net.onnx.data` are torch.onnx.export's own; `saved/net.onnx` has a file for each tensor,
by onnx.save. `expected.json` holds, for both, the SHA-256 of every tensor's elements as onnx loads them, and of the exported net:
which elements torch.nn.utils.prune takes when it prunes half of all convolution and linear weights together, and what ONNX Runtime
computes before and after, from a fixed input.

`checked/net.onnx` has a weight in `first.bin` under two names, and those of a Constant node and of one in a function in `second.bin`,
each with the SHA-1 of its file; `checked` in `expected.json` has the outputs, a threshold, and of the pruned files the SHA-1.
"""

import hashlib
import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import uses_external_data
from torch import nn
from torch.nn.utils import prune

folder = Path(__file__).parent / "files" / "external"


def make_net():
    torch.manual_seed(5)
    layers = [nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(128, 16), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(16, 10)).eval()


def export(net, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    example = (torch.zeros(2, 1, 8, 8),)
    with warnings.catch_warnings(action="ignore"):
        torch.onnx.export(net, example, str(path), dynamo=True, external_data=True, verbose=False)


def outputs_of(path, images):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: images})[0]


def tensors_of(path):
    """As onnx loads them: where they are, and what."""
    places = {each.name: uses_external_data(each) for each in onnx.load(path, load_external_data=False).graph.initializer}
    tensors = []
    for each in onnx.load(path).graph.initializer:
        elements = numpy_helper.to_array(each)
        digest = hashlib.sha256(elements.tobytes()).hexdigest()
        tensors.append({"name": each.name, "shape": list(each.dims), "outside": places[each.name], "sha256": digest})
    return tensors


def pointing(name, array, file, offset, digest):
    keys = {"location": file, "offset": str(offset), "length": str(array.nbytes), "checksum": digest}
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=array.shape, data_location=TensorProto.EXTERNAL)
    for key, text in keys.items():
        tensor.external_data.add(key=key, value=text)
    return tensor


def write_checked(path, first, inner, body):
    """Returns the SHA-1 of both data files."""
    files = {"first.bin": first.tobytes(), "second.bin": inner.tobytes() + body.tobytes()}
    path.parent.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (path.parent / name).write_bytes(content)
    digests = {name: hashlib.sha1(content).hexdigest() for name, content in files.items()}
    node, opset = helper.make_node, [helper.make_opsetid("", 21), helper.make_opsetid("golden", 1)]
    constant = node("Constant", [], ["inner"], value=pointing("", inner, "second.bin", 0, digests["second.bin"]))
    in_body = node("Constant", [], ["body"], value=pointing("", body, "second.bin", inner.nbytes, digests["second.bin"]))
    function = helper.make_function("golden", "Dense", ["v"], ["p"], [in_body, node("MatMul", ["v", "body"], ["p"])], opset[:1])
    nodes = [
        node("Flatten", ["x"], ["flat"]),
        node("MatMul", ["flat", "first"], ["a"]),
        node("MatMul", ["flat", "again"], ["b"]),
        node("Mul", ["a", "b"], ["h"]),
        constant,
        node("MatMul", ["h", "inner"], ["i"]),
        node("Dense", ["i"], ["y"], domain="golden"),
    ]
    weights = [pointing(name, first, "./first.bin", 0, digests["first.bin"]) for name in ("first", "again")]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "checked", [value("x", 1, ["n", 1, 8, 8])], [value("y", 1, ["n", 5])], weights)
    model = helper.make_model(graph, functions=[function], ir_version=10, opset_imports=opset)
    path.write_bytes(model.SerializeToString())
    return digests


def checked(images):
    random = np.random.default_rng(6)
    arrays = [random.standard_normal(shape).astype(np.float32) / 4 for shape in ((64, 12), (12, 8), (8, 5))]
    path = folder / "checked" / "net.onnx"
    write_checked(path, *arrays)
    before = outputs_of(path, images)
    threshold = 0.15
    pruned = [np.where(np.abs(array) > threshold, array, np.float32(0)) for array in arrays]
    scratch = folder / "pruned" / "net.onnx"
    digests = write_checked(scratch, *pruned)
    after = outputs_of(scratch, images)
    shutil.rmtree(scratch.parent)
    return {"threshold": threshold, "sha1": digests, "before": before.flatten().tolist(), "after": after.flatten().tolist()}


def main():
    shutil.rmtree(folder, ignore_errors=True)
    net = make_net()
    exported = folder / "exported" / "net.onnx"
    export(net, exported)
    images = np.random.default_rng(1).standard_normal((2, 1, 8, 8)).astype(np.float32)
    np.save(folder / "images.npy", images)
    before = outputs_of(exported, images)
    with torch.no_grad():
        assert np.allclose(before, net(torch.from_numpy(images)).numpy(), atol=1e-5)

    saved = folder / "saved" / "net.onnx"
    saved.parent.mkdir()
    # ONNX Runtime wants shapes in the model itself; onnx counts what Python adds to their bytes.
    onnx.save(onnx.load(exported), saved, save_as_external_data=True, all_tensors_to_one_file=False, size_threshold=60)
    assert np.array_equal(outputs_of(saved, images), before)

    weighted = [each for each in net if isinstance(each, nn.Conv2d | nn.Linear)]
    prune.global_unstructured([(each, "weight") for each in weighted], pruning_method=prune.L1Unstructured, amount=0.5)
    masks = {}
    for name, each in net.named_children():
        if each in weighted:
            masks[f"{name}.weight"] = "".join("01"[int(kept)] for kept in each.weight_mask.flatten())
            prune.remove(each, "weight")
    pruned = folder / "pruned" / "net.onnx"
    export(net, pruned)
    after = outputs_of(pruned, images)
    shutil.rmtree(pruned.parent)

    expected = {
        "exported": tensors_of(exported),
        "saved": tensors_of(saved),
        "kept": masks,
        "before": before.flatten().tolist(),
        "after": after.flatten().tolist(),
        "checked": checked(images),
    }
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    files = [path for path in folder.rglob("*") if path.is_file()]
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files)} bytes")


if __name__ == "__main__":
    main()
