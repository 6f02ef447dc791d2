"""Writes ONNX models with one weight each, and what ONNX Runtime shows the weight's axes to count.

    python tests/golden/onnx_axes.py

`files/onnx-axes/NAME` is the model, `axes.json` the answers by name. Nothing is said by hand: with a weight that is zero but for
one element, ONNX Runtime tells which channels of the input that element is multiplied with, and which of the output it adds to.
Along an axis of outputs only the latter change, along one of inputs only the former, along one of copies both, within a kernel
neither. An axis that counts outputs here and inputs there has no answer.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

folder = Path(__file__).parent / "files" / "onnx-axes"
random = np.random.default_rng(1)


def node(op, inputs, outputs="y", **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(), **attributes)


def session_of(shape, weight, nodes, constants, fed):
    """The model and a session; with `fed` the weight is an input as well."""
    names = {"x": shape} | ({"w": weight} if fed else {})
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in names.items()]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    values = np.round(random.standard_normal(weight), 3).astype(np.float32)
    initializers = [] if fed else [numpy_helper.from_array(values, "w")]
    initializers += [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "axes", inputs, [output], initializers)
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, producer_name="golden", ir_version=10, opset_imports=opsets)
    return model, onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def touched(run, shape, weight, index, spatial):
    """The channels of input and output that one element of the weight ties together."""
    w = np.zeros(weight, np.float32)
    w[index] = 1
    ins, outs = set(), set()
    for place in itertools.product(*map(range, shape)):
        x = np.zeros(shape, np.float32)
        x[place] = 1
        (y,) = run(None, {"x": x, "w": w})
        found = np.argwhere(y)
        if len(found) == 0:
            continue
        ins.add(channel(place, spatial))
        outs |= {channel(out, spatial) for out in found.tolist()}
    return ins, outs


def channel(place, spatial):
    return tuple(place[: len(place) - spatial])


def axes_of(run, shape, weight, spatial):
    counted = {"outputs": [], "inputs": [], "copies": []}
    for axis, size in enumerate(weight):
        kinds = set()
        for at in itertools.product(*(range(1 if i == axis else s) for i, s in enumerate(weight))):
            first = touched(run, shape, weight, at, spatial)
            for k in range(1, size):
                other = touched(run, shape, weight, at[:axis] + (k,) + at[axis + 1 :], spatial)
                kinds.add((first[0] != other[0], first[1] != other[1]))
        changes_in, changes_out, both, none = (True, False) in kinds, (False, True) in kinds, (True, True) in kinds, (False, False) in kinds
        if changes_in and (changes_out or both):
            return None
        if changes_out:
            if none:
                return None
            counted["outputs"].append(axis)
        elif changes_in:
            counted["inputs"].append(axis)
        elif both:
            counted["copies"].append(axis)
    return {role: axes for role, axes in counted.items() if axes or role != "copies"}


def einsum(equation, *, weight, shape, first=True):
    return dict(shape=shape, weight=weight, nodes=[node("Einsum", "x w" if first else "w x", equation=equation)])


def i64(*values):
    return np.array(values, np.int64)


msft = {"domain": "com.microsoft"}
cases = {
    "einsum-heads": einsum("bhd,hdo->bo", shape=[2, 2, 3], weight=[2, 3, 4]),
    "einsum-to-heads": einsum("bi,ihd->bhd", shape=[2, 3], weight=[3, 2, 4]),
    "einsum-experts": einsum("bei,eoi->beo", shape=[2, 2, 3], weight=[2, 4, 3]),
    "einsum-left": einsum("oi,bi->bo", shape=[2, 3], weight=[4, 3], first=False),
    "einsum-implicit": einsum("bi,io", shape=[2, 3], weight=[3, 4]),
    "einsum-ellipsis": einsum("...i,io->...o", shape=[2, 2, 3], weight=[3, 4]),
    "einsum-ellipsis-weight": einsum("b...i,...io->b...o", shape=[2, 2, 3], weight=[2, 3, 4]),
    "einsum-grouped": einsum("bgi,goi->bgo", shape=[2, 2, 3], weight=[2, 4, 3]),
    "matmul": dict(shape=[2, 3], weight=[3, 4], nodes=[node("MatMul", "x w")]),
    "matmul-left": dict(shape=[3, 2], weight=[4, 3], nodes=[node("MatMul", "w x")]),
    "matmul-stack": dict(shape=[2, 2, 3], weight=[2, 3, 4], nodes=[node("MatMul", "x w")]),
    "gemm": dict(shape=[2, 3], weight=[3, 4], nodes=[node("Gemm", "x w")]),
    "gemm-turned": dict(shape=[3, 2], weight=[4, 3], nodes=[node("Gemm", "x w", transA=1, transB=1)]),
    "fused-matmul": dict(shape=[2, 3], weight=[4, 3], nodes=[node("FusedMatMul", "x w", transB=1, **msft)]),
    "fused-matmul-batch": dict(shape=[2, 2, 3], weight=[3, 2, 4], nodes=[node("FusedMatMul", "x w", transBatchB=1, **msft)]),
    "fused-gemm": dict(shape=[2, 3], weight=[4, 3], nodes=[node("FusedGemm", "x w", transB=1, activation="Relu", **msft)]),
    "conv": dict(shape=[1, 2, 3, 3], weight=[4, 2, 2, 2], nodes=[node("Conv", "x w")], spatial=2),
    "conv-groups": dict(shape=[1, 4, 3], weight=[2, 2, 2], nodes=[node("Conv", "x w", group=2)], spatial=1, skip=True),
    "conv-transpose": dict(shape=[1, 2, 3, 3], weight=[2, 4, 2, 2], nodes=[node("ConvTranspose", "x w")], spatial=2),
    "fused-conv": dict(shape=[1, 2, 3, 3], weight=[4, 2, 2, 2], nodes=[node("FusedConv", "x w", activation="Relu", **msft)], spatial=2),
    # Through what only rearranges.
    "transposed": dict(shape=[2, 3], weight=[4, 3], nodes=[node("Transpose", "w", "t", perm=[1, 0]), node("MatMul", "x t")]),
    "heads-merged": dict(
        shape=[2, 6], weight=[2, 3, 4], nodes=[node("Reshape", "w s", "t"), node("MatMul", "x t")], constants={"s": i64(-1, 4)}
    ),
    "heads-merged-turned": dict(
        shape=[2, 6], weight=[2, 4, 3],
        nodes=[node("Transpose", "w", "a", perm=[2, 0, 1]), node("Reshape", "a s", "t"), node("MatMul", "x t")],
        constants={"s": i64(6, 4)},
    ),
    "heads-split": dict(
        shape=[2, 2, 3], weight=[6, 4], nodes=[node("Reshape", "w s", "t"), node("Einsum", "x t", equation="bhd,hdo->bo")],
        constants={"s": i64(2, 3, 4)},
    ),
    "split-into-both": dict(
        shape=[2, 3], weight=[6, 4], nodes=[node("Reshape", "w s", "t"), node("Einsum", "x t", equation="bi,iho->bho")],
        constants={"s": i64(3, 2, 4)},
    ),
    "across-bounds": dict(
        shape=[2, 4], weight=[2, 6], nodes=[node("Reshape", "w s", "t"), node("MatMul", "x t")], constants={"s": i64(4, 3)}
    ),
    "unsqueezed": dict(
        shape=[1, 3, 4], weight=[4, 3], nodes=[node("Unsqueeze", "w s", "t"), node("Conv", "x t")], constants={"s": i64(2)}, spatial=1
    ),
    "one-of-a-stack": dict(
        shape=[2, 3], weight=[2, 3, 4],
        nodes=[
            node("Gather", "w zero", "a", axis=0), node("Gather", "w one", "b", axis=0),
            node("MatMul", "x a", "p"), node("MatMul", "x b", "q"), node("Concat", "p q", axis=1),
        ],
        constants={"zero": np.int64(0), "one": np.int64(1)}, skip=True,
    ),
    "columns": dict(
        shape=[2, 3], weight=[4, 3], nodes=[node("Gather", "w order", "t"), node("Gemm", "x t", transB=1)],
        constants={"order": i64(3, 2, 1, 0)},
    ),
    "cut-and-joined": dict(
        shape=[2, 3], weight=[4, 3],
        nodes=[node("Split", "w", "a b", num_outputs=2), node("Concat", "b a", "t", axis=0), node("Gemm", "x t", transB=1)],
    ),
    "masked": dict(
        shape=[2, 3], weight=[4, 3], nodes=[node("Mul", "w w_mask", "t"), node("Gemm", "x t", transB=1)],
        constants={"w_mask": np.ones((4, 3), np.float32)},
    ),
    "scaled": dict(
        shape=[2, 3], weight=[4, 3], nodes=[node("Div", "w scale", "t"), node("Identity", "t", "u"), node("Gemm", "x u", transB=1)],
        constants={"scale": np.full((4, 1), 2, np.float32)},
    ),
}  # fmt: skip


def main():
    folder.mkdir(parents=True, exist_ok=True)
    answers = {}
    for name, case in cases.items():
        shape, weight, nodes = case["shape"], case["weight"], case["nodes"]
        constants, spatial = case.get("constants", {}), case.get("spatial", 0)
        model, _ = session_of(shape, weight, nodes, constants, fed=False)
        (folder / f"{name}.onnx").write_bytes(model.SerializeToString())
        if case.get("skip"):
            continue
        _, session = session_of(shape, weight, nodes, constants, fed=True)
        answers[name] = axes_of(session.run, shape, weight, spatial)
    (folder / "axes.json").write_text(json.dumps(answers, indent=1) + "\n")
    print(f"{len(cases)} models, {len(answers)} answers")


if __name__ == "__main__":
    main()
