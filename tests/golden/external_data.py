"""Writes small ONNX models whose weights lie in files beside them, as PyTorch and onnx write them.

    python tests/golden/external_data.py

`files/external/exported/net.onnx` and `net.onnx.data` are torch.onnx.export's own; `saved/net.onnx` has a file for each tensor,
by onnx.save. `expected.json` holds, for both, the SHA-256 of every tensor's elements as onnx loads them, and of the exported net:
which elements torch.nn.utils.prune takes when it prunes half of all convolution and linear weights together, and what ONNX Runtime
computes before and after, from a fixed input.
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
from onnx import numpy_helper
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


def main():
    shutil.rmtree(folder, ignore_errors=True)
    net = make_net()
    exported = folder / "exported" / "net.onnx"
    export(net, exported)
    images = np.random.default_rng(1).standard_normal((2, 1, 8, 8)).astype(np.float32)
    before = outputs_of(exported, images)
    with torch.no_grad():
        assert np.allclose(before, net(torch.from_numpy(images)).numpy(), atol=1e-5)

    saved = folder / "saved" / "net.onnx"
    saved.parent.mkdir()
    onnx.save(
        onnx.load(exported), saved, save_as_external_data=True, all_tensors_to_one_file=False, size_threshold=0, convert_attribute=True
    )

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
        "images": images.flatten().tolist(),
        "before": before.flatten().tolist(),
        "after": after.flatten().tolist(),
    }
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    files = [path for path in folder.rglob("*") if path.is_file()]
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files)} bytes")


if __name__ == "__main__":
    main()
