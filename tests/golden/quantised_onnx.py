"""Writes small ONNX models whose weights are codes, as ONNX Runtime's own quantisers write them, and what ONNX Runtime makes of them.

    python tests/golden/quantised_onnx.py

`files/quantised/NAME.onnx` are one network in the forms that quantisers give it; `images.npy` is what goes in. `expected.json` holds of
each model its coded weights (shape, the SHA-256 of the numbers that DequantizeLinear makes of them, zero points), a threshold, the
elements at or below it as torch.nn.utils.prune takes them, and what ONNX Runtime computes before and after these are zero points.
"""

import hashlib
import json
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from torch import nn
from torch.nn.utils import prune

sys.path.append(str(Path(__file__).parents[1] / "interop"))
from codes import coded_weights, unpacked, with_zeros  # noqa: E402

folder = Path(__file__).parent / "files" / "quantised"
images = np.random.default_rng(1).standard_normal((2, 1, 8, 8)).astype(np.float32)


def make_net():
    torch.manual_seed(7)
    return nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3, groups=2), nn.ReLU(), nn.Flatten(), nn.Linear(128, 15), nn.ReLU(), nn.Linear(15, 10)
    ).eval()  # fmt: skip


class Images(CalibrationDataReader):
    def __init__(self, name):
        self.batches = iter([{name: images}])

    def get_next(self):
        return next(self.batches, None)


def run(model):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: images})[0]


def masks_of(weights, threshold):
    """As torch.nn.utils.prune has them: parameters whose magnitude is above the threshold stay."""

    class Threshold(prune.BasePruningMethod):
        PRUNING_TYPE = "unstructured"

        def compute_mask(self, t, default_mask):
            return default_mask * (t.abs() > threshold)

    masks = {}
    for name, (_, numbers, _) in weights.items():
        module = nn.Module()
        module.weight = nn.Parameter(torch.from_numpy(numbers.copy()))
        Threshold.apply(module, "weight")
        masks[name] = module.weight_mask.numpy().astype(bool)
    return masks


def described(model):
    weights = coded_weights(model)
    every = np.concatenate([np.abs(numbers).flatten() for _, numbers, _ in weights.values()])
    # Between two magnitudes: whoever rounds differently prunes the same.
    half, *above = sorted(set(every[every >= np.median(every)].tolist()))
    threshold = float(np.float32((half + above[0]) / 2))
    masks = masks_of(weights, threshold)
    before = run(model)
    tensors = {}
    for name, (codes, numbers, zeros) in weights.items():
        tensors[name] = {
            "shape": list(numbers.shape),
            "sha256": hashlib.sha256(np.ascontiguousarray(numbers, np.float32).tobytes()).hexdigest(),
            "kept": "".join("01"[int(each)] for each in masks[name].flatten()),
        }
        with_zeros(codes, masks[name], zeros)
    return {"threshold": threshold, "tensors": tensors, "before": before.flatten().tolist(), "after": run(model).flatten().tolist()}


def main():
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    np.save(folder / "images.npy", images)
    expected = {}
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings(action="ignore"):
        plain = Path(scratch) / "net.onnx"
        options = {"dynamo": False, "input_names": ["x"], "dynamic_axes": {"x": {0: "batch"}}, "opset_version": 17}
        torch.onnx.export(make_net(), (torch.from_numpy(images),), str(plain), **options)

        def save(name, path_or_model):
            model = onnx.load(path_or_model) if isinstance(path_or_model, Path) else path_or_model
            onnx.save(model, folder / name)
            expected[name] = described(model)

        out = Path(scratch) / "out.onnx"
        static = {"calibration_data_reader": Images("x"), "activation_type": QuantType.QUInt8}
        quantize_static(plain, out, quant_format=QuantFormat.QDQ, per_channel=True, weight_type=QuantType.QInt8, **static)
        save("qdq.onnx", out)
        static["calibration_data_reader"] = Images("x")
        quantize_static(plain, out, quant_format=QuantFormat.QOperator, weight_type=QuantType.QUInt8, **static)
        save("qoperator.onnx", out)
        quantize_dynamic(plain, out, weight_type=QuantType.QUInt8)
        save("dynamic.onnx", out)
        for name, form in (("nbits.onnx", QuantFormat.QOperator), ("blocks.onnx", QuantFormat.QDQ)):
            matmuls = matmuls_of(make_net())
            quantizer = MatMulNBitsQuantizer(matmuls, block_size=16, is_symmetric=False, quant_format=form)
            quantizer.process()
            save(name, quantizer.model.model)
        save("ragged.onnx", ragged())
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")
    files = list(folder.iterdir())
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files)} bytes")


def matmuls_of(net):
    """The linear layers alone, as the products that quantisers for less than a byte look for."""
    first, second = (each.weight.detach().numpy().T.copy() for each in net if isinstance(each, nn.Linear))
    nodes = [
        helper.make_node("Flatten", ["x"], ["flat"]),
        helper.make_node("MatMul", ["flat", "wide"], ["h"]),
        helper.make_node("Relu", ["h"], ["r"]),
        helper.make_node("MatMul", ["r", "narrow"], ["y"]),
    ]
    wide = np.random.default_rng(3).standard_normal((64, 15)).astype(np.float32) * np.abs(first).max()
    constants = [numpy_helper.from_array(wide, "wide"), numpy_helper.from_array(second, "narrow")]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "net", [value("x", 1, ["n", 1, 8, 8])], [value("y", 1, ["n", 10])], constants)
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])


def ragged():
    """Codes of four bits in odd numbers, and blocks that their axis does not fill."""
    local = np.random.default_rng(4)
    nodes = [
        helper.make_node("Flatten", ["x"], ["flat"]),
        helper.make_node("DequantizeLinear", ["first", "first_scale", "first_zero"], ["w1"], axis=0, block_size=20),
        helper.make_node("MatMul", ["flat", "w1"], ["h"]),
        helper.make_node("DequantizeLinear", ["second", "second_scale"], ["w2"], axis=1),
        helper.make_node("MatMul", ["h", "w2"], ["y"]),
    ]
    int4 = lambda name, *shape: helper.make_tensor(name, TensorProto.INT4, shape, local.integers(-8, 8, shape).flatten())  # noqa: E731
    constants = [
        int4("first", 64, 5),
        numpy_helper.from_array(local.uniform(0.01, 0.1, (4, 5)).astype(np.float32), "first_scale"),
        int4("first_zero", 4, 5),
        int4("second", 5, 3),
        numpy_helper.from_array(np.float32([0.5, 0.25, 1]), "second_scale"),
    ]
    for each in constants:
        # In bytes, as ONNX Runtime's quantisers write them.
        if each.data_type == TensorProto.INT4 and not each.raw_data:
            values = np.append(unpacked(each).astype(np.int32).flatten() & 15, [0] * (np.prod(each.dims) % 2)).astype(np.int32)
            each.ClearField("int32_data")
            each.raw_data = (values[::2] | values[1::2] << 4).astype(np.uint8).tobytes()
    value = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "ragged", [value("x", 1, ["n", 1, 8, 8])], [value("y", 1, ["n", 3])], constants)
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])


if __name__ == "__main__":
    main()
