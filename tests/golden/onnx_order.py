"""Writes ONNX models whose initializers are listed in another order than they are used in, and that order.

    python tests/golden/onnx_order.py

`files/onnx-order/NAME.onnx` is the model, `orders.json` by name: its weights as they are used, what goes in and out, and, where all have one magnitude, how
many of each a global amount takes that has to choose among equals (NumPy's stable sort over the weights in the order of the file).
The order of `convolutions` is that in which PyTorch calls the modules, the order of the others that of the nodes once ONNX's own
inliner has put functions in their places.
"""

import io
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, inliner, numpy_helper

folder = Path(__file__).parent / "files" / "onnx-order"
weights_of = {"Conv", "MatMul", "Gemm"}


class Convolutions(torch.nn.Module):
    """Named as Keras names them. The last is called in the middle, and the shortcut's beside it."""

    def __init__(self):
        super().__init__()
        for i in range(12):
            self.add_module("conv2d" if i == 0 else f"conv2d_{i}", torch.nn.Conv2d(2, 2, 3, padding=1))
        for module in self.children():
            with torch.no_grad():
                module.weight.copy_(torch.sign(module.weight) * 0.5)

    def forward(self, x):
        modules = list(self.children())
        for module in [*modules[:6], modules[11]]:
            x = torch.relu(module(x))
        x = modules[10](x) + modules[6](x)
        for module in modules[7:10]:
            x = module(x)
        return x


def exported(model, x):
    buffer = io.BytesIO()
    torch.onnx.export(
        model, (x,), buffer, dynamo=False, opset_version=17, input_names=["x"], dynamic_axes={"x": {0: "batch"}}
    )
    return onnx.load_from_string(buffer.getvalue())


def called(model, x):
    """Names of the weights of modules in the order in which they are called."""
    names = []
    for name, module in model.named_children():
        module.register_forward_hook(lambda *_, name=name: names.append(f"{name}.weight"))
    model(x)
    return names


def used(model):
    """Names of weights in the order of the nodes that use them, functions inlined, bodies at the node that they are in."""
    inlined = inliner.inline_local_functions(model)
    names = []

    def walk(graph):
        for node in graph.node:
            names.extend(node.input[:2] if node.op_type in weights_of else [])
            for attribute in node.attribute:
                for body in [attribute.g] if attribute.type == onnx.AttributeProto.GRAPH else attribute.graphs:
                    walk(body)

    walk(inlined.graph)
    stored = {tensor.name for tensor in model.graph.initializer if len(tensor.dims) > 1}
    return list(dict.fromkeys(name for name in names if name in stored))


def in_functions():
    """Two layers share a function, which calls another twice; branches of an If use what no other does."""
    node = helper.make_node
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    linear = helper.make_function(
        "own", "Linear", ["x", "w"], ["y"], [node("MatMul", ["x", "w"], ["m"]), node("Relu", ["m"], ["y"])], opsets
    )
    block = helper.make_function(
        "own",
        "Block",
        ["x", "first", "second"],
        ["y"],
        [
            node("Linear", ["x", "first"], ["h"], domain="own"),
            node("Linear", ["h", "second"], ["y"], domain="own"),
        ],
        opsets,
    )

    def branch(weight):
        out = helper.make_tensor_value_info(f"of_{weight}", TensorProto.FLOAT, [1, 2])
        return helper.make_graph([node("MatMul", ["b", weight], [f"of_{weight}"])], weight, [], [out])

    nodes = [
        node("Block", ["x", "b2", "b1"], ["a"], domain="own"),
        node("Block", ["a", "a2", "a1"], ["b"], domain="own"),
        node("If", ["yes"], ["c"], then_branch=branch("t"), else_branch=branch("e")),
        node("MatMul", ["c", "aa"], ["y"]),
    ]
    names = ["a1", "a2", "aa", "b1", "b2", "e", "t"]
    initializers = [numpy_helper.from_array(np.full((2, 2), i + 1, np.float32), name) for i, name in enumerate(names)]
    initializers.append(numpy_helper.from_array(np.array(True), "yes"))
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2])
    graph = helper.make_graph(nodes, "functions", [x], [y], initializers)
    model = helper.make_model(graph, producer_name="golden", ir_version=8, opset_imports=opsets, functions=[linear, block])
    onnx.checker.check_model(model, full_check=True)
    return model


def values(listed):
    """Names, element types and sizes of what goes in or out."""
    return [
        [
            value.name,
            TensorProto.DataType.Name(value.type.tensor_type.elem_type),
            [size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim],
        ]
        for value in listed
    ]


def taken(model, count):
    """How many weights of each go where all are equal."""
    weights = {t.name: numpy_helper.to_array(t).ravel() for t in model.graph.initializer if len(t.dims) > 1}
    names = np.concatenate([np.full(values.size, name) for name, values in weights.items()])
    order = np.argsort(np.abs(np.concatenate(list(weights.values()))), kind="stable")
    gone = names[order[:count]].tolist()
    return {name: gone.count(name) for name in weights}


torch.manual_seed(1)
network, image = Convolutions(), torch.zeros(1, 2, 4, 4)
convolutions = exported(network, image)
listed = sorted(convolutions.graph.initializer, key=lambda tensor: tensor.name)
del convolutions.graph.initializer[:]
convolutions.graph.initializer.extend(listed)
calls = called(network, image)
assert used(convolutions) == calls, used(convolutions)
functions = in_functions()

folder.mkdir(parents=True, exist_ok=True)
onnx.save(convolutions, folder / "convolutions.onnx")
onnx.save(functions, folder / "functions.onnx")
orders = {
    "convolutions": {"order": calls, "amount": 100, "taken": taken(convolutions, 100)},
    "functions": {"order": used(functions)},
}
for name, model in {"convolutions": convolutions, "functions": functions}.items():
    orders[name] |= {"inputs": values(model.graph.input), "outputs": values(model.graph.output)}
(folder / "orders.json").write_text(json.dumps(orders, indent=1) + "\n")
