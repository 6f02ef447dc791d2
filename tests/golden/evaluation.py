"""Models for the tests of src/evaluation/, and what PyTorch makes of them.

    python tests/golden/evaluation.py

Writes files/evaluation/: `folded.safetensors` and `folded.onnx`, a checkpoint and the graph that an exporter made of it
(batch normalisation folded in, the linear weight transposed, both renamed); `graphs.onnx`, operators that read weights
in every way; and `tokens.onnx` and `perplexity.json`, a small language model and its perplexity.
"""

import json
from pathlib import Path

import numpy as np
import torch
from onnx import TensorProto, checker, helper, numpy_helper, save
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

FOLDER = Path(__file__).parent / "files" / "evaluation"


def write_folded() -> None:
    torch.manual_seed(3)
    conv, bn, fc = nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 3)
    bn.running_mean.normal_()
    bn.running_var.uniform_(0.5, 2)
    bn.weight.data.normal_()
    bn.bias.data.normal_()
    parts = {"conv": conv, "bn": bn, "fc": fc}
    state = {f"module.{name}.{key}": value for name, part in parts.items() for key, value in part.state_dict().items()}
    save_file({name: tensor.contiguous() for name, tensor in state.items()}, FOLDER / "folded.safetensors")

    scale = bn.weight / torch.sqrt(bn.running_var + bn.eps)
    weights = {
        "onnx::Conv_7": conv.weight * scale[:, None, None, None],
        "onnx::Conv_8": (conv.bias - bn.running_mean) * scale + bn.bias,
        "onnx::MatMul_9": fc.weight.T,
        "fc.bias": fc.bias,
    }
    nodes = [
        helper.make_node("Conv", ["image", "onnx::Conv_7", "onnx::Conv_8"], ["c"]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("GlobalAveragePool", ["r"], ["g"]),
        helper.make_node("Flatten", ["g"], ["f"]),
        helper.make_node("MatMul", ["f", "onnx::MatMul_9"], ["m"]),
        helper.make_node("Add", ["fc.bias", "m"], ["scores"]),
    ]
    write_model(
        "folded.onnx",
        nodes,
        {name: tensor.detach().numpy() for name, tensor in weights.items()},
        [("image", ["n", 2, 5, 5])],
        [("scores", ["n", 3])],
    )


def write_graphs() -> None:
    """A weight that is transposed on its way, one that is reshaped, and one in a Constant node."""
    rng = np.random.default_rng(1)
    weight = {name: rng.normal(size=shape).astype(np.float32) for name, shape in SHAPES.items()}
    constant = numpy_helper.from_array(weight.pop("constant"), "constant_value")
    nodes = [
        helper.make_node("Transpose", ["turned"], ["turned_t"], perm=[1, 0]),
        helper.make_node("MatMul", ["x", "turned_t"], ["a"], name="a"),
        helper.make_node("Reshape", ["flat", "shape"], ["flat_2d"]),
        helper.make_node("MatMul", ["a", "flat_2d"], ["b"], name="b"),
        helper.make_node("Constant", [], ["constant"], value=constant),
        helper.make_node("Gemm", ["b", "constant"], ["y"], transB=1, name="c"),
    ]
    weight["shape"] = np.array([4, 5], np.int64)
    write_model("graphs.onnx", nodes, weight, [("x", ["n", 3])], [("y", ["n", 2])])


SHAPES = {"turned": (4, 3), "flat": (20,), "constant": (2, 5)}


def write_tokens() -> None:
    """An embedding and a head: every token scores the next one."""
    torch.manual_seed(5)
    embedding, head = torch.randn(40, 8), torch.randn(8, 40)
    nodes = [
        helper.make_node("Gather", ["embedding", "input_ids"], ["e"]),
        helper.make_node("MatMul", ["e", "head"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "sequence"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "sequence", 40])],
        [numpy_helper.from_array(embedding.numpy(), "embedding"), numpy_helper.from_array(head.numpy(), "head")],
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), FOLDER / "tokens.onnx")
    sequences = [[3, 14, 15, 9, 2, 6], [39, 0, 7]]
    losses = [
        functional.cross_entropy((embedding[torch.tensor(ids[:-1])] @ head), torch.tensor(ids[1:]), reduction="none")
        for ids in sequences
    ]
    perplexity = float(torch.exp(torch.cat(losses).double().mean()))
    (FOLDER / "perplexity.json").write_text(json.dumps({"sequences": sequences, "perplexity": perplexity}) + "\n")


def write_model(name: str, nodes: list, weights: dict, inputs: list, outputs: list) -> None:
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in inputs],
        [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in outputs],
        [numpy_helper.from_array(np.ascontiguousarray(value), key) for key, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model, full_check=True)
    save(model, FOLDER / name)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    write_folded()
    write_graphs()
    write_tokens()


if __name__ == "__main__":
    main()
