"""Writes small ONNX models, and beside each a JSON of what the real onnx library says is in it.

    python tests/golden/onnx_files.py

`files/onnx/NAME` is the model, `NAME.json` its tensors: the graph they sit in, their name there, dtype, shape, the SHA-256 of
their elements as raw_data would hold them, and the one place of these bytes in the file, where there is only one. What a
tensor is for (`kind`, `axes`) and why it cannot be patched (`readOnly`, a part of the reason) are said by hand.
"""

import hashlib
import json
import struct
import warnings
from io import BytesIO
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

folder = Path(__file__).parent / "files" / "onnx"
opset = 21
random = np.random.default_rng(1)

tokens = {
    "FLOAT": "F32", "UINT8": "U8", "INT8": "I8", "UINT16": "U16", "INT16": "I16", "INT32": "I32", "INT64": "I64",
    "STRING": "STRING", "BOOL": "BOOL", "FLOAT16": "F16", "DOUBLE": "F64", "UINT32": "U32", "UINT64": "U64",
    "COMPLEX64": "C64", "COMPLEX128": "C128", "BFLOAT16": "BF16", "FLOAT8E4M3FN": "F8_E4M3",
    "FLOAT8E4M3FNUZ": "F8_E4M3FNUZ", "FLOAT8E5M2": "F8_E5M2", "FLOAT8E5M2FNUZ": "F8_E5M2FNUZ", "UINT4": "U4",
    "INT4": "I4", "FLOAT4E2M1": "F4", "FLOAT8E8M0": "F8_E8M0", "UINT2": "U2", "INT2": "I2",
}  # fmt: skip


# --- protobuf by hand, for what the library's writer never writes ---


def varint(value):
    value &= 2**64 - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def number(field, value):
    return varint(field << 3) + varint(value)


def record(field, payload):
    return varint(field << 3 | 2) + varint(len(payload)) + payload


def floats(field, values):
    return b"".join(varint(field << 3 | 5) + struct.pack("<f", value) for value in values)


def doubles(field, values):
    return b"".join(varint(field << 3 | 1) + struct.pack("<d", value) for value in values)


def tensor_bytes(name, data_type, dims, content):
    head = b"".join(number(1, size) for size in dims) + number(2, data_type)
    return head + content + record(8, name.encode())


def with_initializers(model, initializers, graphs=1):
    """The model with further initializers, each in the last graph record; `graphs` records make up the graph."""
    rest = onnx.ModelProto()
    rest.CopyFrom(model)
    rest.ClearField("graph")
    parts = [model.graph.SerializeToString(), *(record(5, initializer) for initializer in initializers)]
    records = [b"".join(parts)] if graphs == 1 else parts
    return rest.SerializeToString() + b"".join(record(7, part) for part in records)


# --- models ---


def weights(*shape, dtype=np.float32):
    return random.standard_normal(shape).astype(dtype)


def tensor(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def value(name, shape, data_type=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, data_type, shape)


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(), **attributes)


def constant(name, **attributes):
    return helper.make_node("Constant", [], [name], **attributes)


def make_model(graph, ir_version=10, version=opset, domains=(), **fields):
    opsets = [helper.make_opsetid("", version), *(helper.make_opsetid(domain, 1) for domain in domains)]
    return helper.make_model(graph, producer_name="golden", ir_version=ir_version, opset_imports=opsets, **fields)


def walk(graph, container=""):
    """(container, name, TensorProto, shape) of every initializer and Constant, also in subgraphs."""
    for initializer in graph.initializer if isinstance(graph, onnx.GraphProto) else ():
        yield container, initializer.name, initializer, initializer.dims
    for sparse in graph.sparse_initializer if isinstance(graph, onnx.GraphProto) else ():
        yield container, sparse.values.name, dense(sparse), sparse.dims
    for index, each in enumerate(graph.node):
        for attribute in each.attribute:
            if each.op_type == "Constant":
                constant = value_of(attribute)
                if constant is not None:
                    yield container, each.output[0], constant, constant.dims
                elif attribute.name == "sparse_value":
                    yield container, each.output[0], dense(attribute.sparse_tensor), attribute.sparse_tensor.dims
            path = f"{container}/" if container else ""
            path += f"{each.name or f'{each.op_type}#{index}'}.{attribute.name}"
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from walk(attribute.g, path)


def dense(sparse):
    """With its zeros: places are those of flattened elements, or one for each dimension."""
    values, places = numpy_helper.to_array(sparse.values), numpy_helper.to_array(sparse.indices)
    array = np.zeros(sparse.dims, values.dtype)
    if places.ndim == 1:
        array.reshape(-1)[places] = values
    else:
        array[tuple(places.T)] = values
    return numpy_helper.from_array(array)


def value_of(attribute):
    match attribute.name:
        case "value":
            return attribute.t
        case "value_float":
            return tensor("", np.float32(attribute.f))
        case "value_floats":
            return tensor("", np.array(attribute.floats, np.float32))


def walk_model(model):
    yield from walk(model.graph)
    for function in model.functions:
        yield from walk(function, f"{function.domain}.{function.name}")
    for training in model.training_info:
        for graph in (training.initialization, training.algorithm):
            yield from walk(graph, "training_info")


def save(name, model, kinds, read_only=None):
    """
    `kinds` are by name (that of the graph before it where it matters): a kind, or a kind with the axes of outputs, inputs and
    copies (an axis, or several; those of inputs may be left out of matrices); tensors that are not in it are integers.
    `read_only`, by name: words of the reason.
    """
    data = model if isinstance(model, bytes) else model.SerializeToString()
    (folder / name).write_bytes(data)
    facts = []
    for container, key, proto, dims in walk_model(onnx.load(folder / name)):
        kind, axes = kinds.get(f"{container}.{key}", kinds.get(key, "integer")), None
        if isinstance(kind, tuple):
            kind, *axes = kind
        data_type = TensorProto.FLOAT if proto is None else proto.data_type
        fact = {"container": container, "key": key, "dtype": tokens[TensorProto.DataType.Name(data_type)], "shape": list(dims)}
        fact["kind"] = kind
        if axes:
            axes = [axes[0], 1 - axes[0]] if len(axes) == 1 else axes
            fact["axes"] = dict(zip(("outputs", "inputs", "copies"), ([a] if isinstance(a, int) else list(a) for a in axes)))
        if read_only and key in read_only:
            fact["readOnly"] = read_only[key]
        elements = elements_of(proto)
        if elements is not None:
            fact["sha256"] = hashlib.sha256(elements).hexdigest()
            if len(elements) > 8 and data.count(elements) == 1:
                fact["start"] = data.index(elements)
        facts.append(fact)
    rows = ",\n".join(f" {json.dumps(fact)}" for fact in facts)
    (folder / f"{name}.json").write_text(f"[\n{rows}\n]\n")


def elements_of(proto):
    """As raw_data would hold them; None where the library makes no array of numbers."""
    if proto is None or proto.data_type == TensorProto.STRING:
        return None
    try:
        return numpy_helper.from_array(numpy_helper.to_array(proto)).raw_data
    except ValueError:  # Chunks, or nothing at all.
        return None


def raw():
    """The four dtypes that can be pruned, in raw_data."""
    dtypes = {"f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16, "f64": np.float64}
    nodes, initializers = [], []
    for name, dtype in dtypes.items():
        initializers.append(tensor(name, weights(4, 6).astype(dtype)))
        nodes.append(node("Cast", name, f"{name}_cast", to=TensorProto.FLOAT))
        nodes.append(node("MatMul", f"x {name}_cast", f"y_{name}"))
    graph = helper.make_graph(nodes, "raw", [value("x", [2, 4])], [value(f"y_{n}", [2, 6]) for n in dtypes], initializers)
    save("raw.onnx", make_model(graph), dict.fromkeys(dtypes, ("linear", 1)))


def dtypes():
    """Every data type that numpy and ml_dtypes can express, in raw_data."""
    initializers = []
    for data_type, token in ((getattr(TensorProto, name), token) for name, token in tokens.items() if name != "STRING"):
        dtype = helper.tensor_dtype_to_np_dtype(data_type)
        array = np.array([1, 0, 1, 0, 0], np.uint8).astype(dtype)
        initializers.append(tensor(token, array))
    initializers.append(helper.make_tensor("STRING", TensorProto.STRING, [2], [b"a", b"bc"]))
    initializers.append(tensor("scalar", np.float32(1.5)))
    initializers.append(tensor("empty", np.zeros((0, 3), np.float32)))
    graph = helper.make_graph([node("Identity", "x", "y")], "dtypes", [value("x", [1])], [value("y", [1])], initializers)
    floats = [each.name for each in initializers if each.name[0] in "FBCSse" and each.name != "BOOL"]
    save("dtypes.onnx", make_model(graph, 13, 25), dict.fromkeys(floats, "parameter") | {"empty": "unknown"}, {"STRING": "strings"})


def typed():
    """Elements outside raw_data, in all the ways that protobuf allows."""
    names = ["packed", "unpacked", "split", "doubles", "unpacked_doubles", "twice", "dims_packed", "half", "brain"]
    nodes = []
    for name in names:
        nodes += [node("Cast", name, f"{name}_f32", to=TensorProto.FLOAT), node("MatMul", f"x {name}_f32", f"y_{name}")]
    nodes.append(node("Reshape", "x shape", "reshaped"))
    outputs = [value(f"y_{name}", [1, 3]) for name in names] + [value("reshaped", [2, 1])]
    graph = helper.make_graph(nodes, "typed", [value("x", [1, 2])], outputs)
    w = [weights(6).tolist() for _ in names]
    pack = lambda values, letter: struct.pack(f"<{len(values)}{letter}", *values)  # noqa: E731
    half = weights(6, dtype=np.float16)
    brain = weights(6).astype(ml_dtypes.bfloat16)
    varints = lambda array: b"".join(varint(int(bits)) for bits in array.view(np.uint16))  # noqa: E731
    initializers = [
        tensor_bytes("packed", TensorProto.FLOAT, [2, 3], record(4, pack(w[0], "f"))),
        tensor_bytes("unpacked", TensorProto.FLOAT, [2, 3], floats(4, w[1])),
        # One packed record, two single elements, an empty record, and the rest.
        tensor_bytes(
            "split",
            TensorProto.FLOAT,
            [2, 3],
            record(4, pack(w[2][:2], "f")) + floats(4, w[2][2:4]) + record(4, b"") + record(4, pack(w[2][4:], "f")),
        ),
        tensor_bytes("doubles", TensorProto.DOUBLE, [2, 3], record(10, pack(w[3], "d"))),
        tensor_bytes("unpacked_doubles", TensorProto.DOUBLE, [2, 3], doubles(10, w[4])),
        # Of singular fields the last counts: data type, raw_data and name.
        number(2, TensorProto.DOUBLE)
        + record(8, b"before")
        + record(9, bytes(48))
        + tensor_bytes("twice", TensorProto.FLOAT, [2, 3], record(9, pack(w[5], "f"))),
        # Dimensions packed; 2 as an overlong varint; a field that no version of onnx.proto has.
        record(1, b"\x82\x80\x00\x03") + number(99, 7) + tensor_bytes("dims_packed", 1, [], record(9, pack(w[6], "f"))),
        tensor_bytes("half", TensorProto.FLOAT16, [2, 3], record(5, varints(half))),
        tensor_bytes("brain", TensorProto.BFLOAT16, [2, 3], record(5, varints(brain))),
        tensor_bytes("shape", TensorProto.INT64, [2], number(7, 2) + number(7, -1)),
    ]
    why = {"shape": "i64: not floating point"}
    save("typed.onnx", with_initializers(make_model(graph), initializers), dict.fromkeys(names, ("linear", 1)), why)


def merged():
    """The graph in several records, and one initializer for two layers."""
    nodes = [node("MatMul", "x shared", "a"), node("Gemm", "a shared bias", "y", transB=1)]
    inputs, outputs = [value("x", [1, 4])], [value("y", [1, 4])]
    graph = helper.make_graph(nodes, "merged", inputs, outputs, [tensor("shared", weights(4, 4))])
    model = with_initializers(make_model(graph), [tensor("bias", weights(4)).SerializeToString()], graphs=2)
    save("merged.onnx", model, {"shared": ("linear", 1), "bias": "bias"})


def odd():
    """What no library runs: an initializer given twice, an operator that nobody knows, elements cut into chunks."""
    domain = "somebody.else"
    nodes = [node("Conv", "x custom", "a", domain=domain), node("Gemm", "a chunked twice", "y")]
    initializers = [tensor("custom", weights(4, 4)), tensor("twice", weights(4)), tensor("twice", weights(4))]
    initializers += [tensor("chunked", weights(4, 4)), tensor("missing", weights(2))]
    initializers[3].segment.begin, initializers[3].segment.end = 0, 16
    initializers[4].ClearField("raw_data")
    graph = helper.make_graph(nodes, "odd", [value("x", [1, 4])], [value("y", [1, 4])], initializers)
    save(
        "odd.onnx",
        make_model(graph, domains=[domain]),
        {"custom": "unknown", "twice": "bias", "chunked": ("linear", 1), "missing": "parameter"},
        {"chunked": "chunks", "missing": "not in the file"},
    )


def layers():
    """What weights are for, told by the operators that use them, at once or after rearranging."""
    nodes, initializers, outputs = [], [], []

    def use(op, inputs, **attributes):
        outputs.append(f"y{len(nodes)}")
        nodes.append(node(op, inputs, outputs[-1], **attributes))

    def add(name, *shape, array=None):
        initializers.append(tensor(name, weights(*shape) if array is None else array))

    def rearrange(op, inputs, output, **attributes):
        nodes.append(node(op, inputs, output, **attributes))

    kinds = {}
    # x is [1, 4, 6, 6], row [2, 4], ids [2], seq [3, 1, 4].
    add("conv", 6, 4, 3, 3), add("conv_bias", 6)
    use("Conv", "x conv conv_bias")
    add("depthwise", 4, 1, 3, 3)
    use("Conv", "x depthwise", group=4)
    add("deconv", 4, 5, 2, 2)
    use("ConvTranspose", "x deconv")
    kinds |= {"conv": ("conv", 0, 1), "conv_bias": "bias", "depthwise": ("conv", 0, 1), "deconv": ("conv", 1, 0)}
    add("gemm", 4, 3), add("gemm_bias", 3)
    use("Gemm", "row gemm gemm_bias")
    add("gemm_t", 3, 4)
    use("Gemm", "row gemm_t", transB=1)
    add("gemm_left", 4, 3)
    use("Gemm", "gemm_left row_t", transA=1)
    rearrange("Transpose", "row", "row_t")
    kinds |= {"gemm": ("linear", 1), "gemm_bias": "bias", "gemm_t": ("linear", 0), "gemm_left": ("linear", 1)}
    add("matmul", 2, 6, 3), add("matmul_bias", 3)
    rearrange("MatMul", "x matmul_pair", "product")
    rearrange("Concat", "matmul matmul", "matmul_pair", axis=0)
    use("Add", "product matmul_bias")
    add("matmul_left", 5, 2)
    use("MatMul", "matmul_left row")
    add("vector", 4)
    use("MatMul", "row vector")
    kinds |= {"matmul": ("linear", 2, 1, 0), "matmul_bias": "bias", "matmul_left": ("linear", 0), "vector": "linear"}
    add("table", 7, 3)
    use("Gather", "table ids")
    add("tied", 7, 4), rearrange("Transpose", "tied", "tied_t"), use("MatMul", "row tied_t"), use("Gather", "tied ids")
    kinds |= {"table": ("embedding", 0), "tied": ("embedding", 0)}
    for op, gates in {"LSTM": 4, "GRU": 3, "RNN": 1}.items():
        add(f"{op}_w", 1, gates * 2, 4), add(f"{op}_r", 1, gates * 2, 2), add(f"{op}_b", 1, gates * 4)
        use(op, f"seq {op}_w {op}_r {op}_b", hidden_size=2)
        kinds |= {f"{op}_w": ("recurrent", 1, 2, 0), f"{op}_r": ("recurrent", 1, 2, 0), f"{op}_b": "bias"}
    add("scale", 4), add("shift", 4), add("mean", 4), add("var", array=np.ones(4, np.float32))
    use("BatchNormalization", "x scale shift mean var")
    add("gamma", 4), add("beta", 4)
    use("LayerNormalization", "row gamma beta")
    add("slope", 4, 1, 1)
    use("PRelu", "x slope")
    kinds |= {"scale": "norm", "shift": "bias", "mean": "buffer", "var": "buffer", "gamma": "norm", "beta": "bias"}
    kinds |= {"slope": "prelu"}

    # Through what only rearranges.
    add("transposed", 3, 4)
    rearrange("Transpose", "transposed", "transposed_t", perm=[1, 0])
    rearrange("Identity", "transposed_t", "transposed_i")
    use("MatMul", "row transposed_i")
    add("reshaped", 2, 2, 5), add("reshaped_shape", array=np.array([-1, 5], np.int64))
    rearrange("Reshape", "reshaped reshaped_shape", "reshaped_2d")
    use("MatMul", "row reshaped_2d")
    add("folded", 2, 3, 4), add("folded_shape", array=np.array([6, 4], np.int64))
    rearrange("Reshape", "folded folded_shape", "folded_2d")
    use("Gemm", "row folded_2d", transB=1)
    add("conv1d", 5, 4, 3), add("conv1d_axes", array=np.array([2], np.int64))
    rearrange("Unsqueeze", "conv1d conv1d_axes", "conv1d_4d")
    use("Conv", "x conv1d_4d")
    add("squeezed", 5, 4, 1, 1), add("squeezed_axes", array=np.array([2, 3], np.int64))
    rearrange("Squeeze", "squeezed squeezed_axes", "squeezed_2d")
    use("Gemm", "row squeezed_2d", transB=1)
    add("flattened", 5, 2, 2)
    rearrange("Flatten", "flattened", "flattened_2d")
    use("Gemm", "row flattened_2d", transB=1)
    kinds |= {"transposed": ("linear", 0), "reshaped": ("linear", 2, (0, 1)), "folded": ("linear", (0, 1), 2)}
    kinds |= {"conv1d": ("conv", 0, 1), "squeezed": ("linear", 0, 1), "flattened": ("linear", 0, (1, 2))}

    # No weights of any layer: pruned only where a name asks for it.
    add("scaling", 4), add("grid", 2, 4)
    rearrange("Mul", "row scaling", "scaled")
    use("Sub", "scaled grid")
    kinds |= {"scaling": "parameter", "grid": "parameter"}

    inputs = [value("x", [1, 4, 6, 6]), value("row", [2, 4]), value("seq", [3, 1, 4]), value("ids", [2], TensorProto.INT64)]
    ordered = sorted_nodes(nodes, {"x", "row", "seq", "ids"}, initializers)
    unknown = [value(name, None) for name in outputs]
    graph = helper.make_graph(ordered, "layers", inputs, unknown, initializers)
    model = onnx.shape_inference.infer_shapes(make_model(graph))
    model.graph.ClearField("value_info")
    save("layers.onnx", model, kinds)


def sorted_nodes(nodes, known, initializers):
    """In an order in which every value is computed before it is used."""
    known = known | {each.name for each in initializers}
    waiting, ordered = list(nodes), []
    while waiting:
        ready = next(each for each in waiting if known.issuperset(each.input))
        waiting.remove(ready)
        ordered.append(ready)
        known |= set(ready.output)
    return ordered


def constants():
    """Weights in Constant nodes, and the short forms of constants."""
    sparse = helper.make_sparse_tensor(tensor("", np.float32([1.5, -2])), tensor("", np.int64([1, 5])), [3, 3])
    nodes = [
        constant("weight", value=tensor("inner_name", weights(4, 3))),
        constant("bias", value_floats=[0.5, -0.25, 0.125]),
        constant("factor", value_float=0.75),
        constant("axes", value_ints=[0]),
        constant("axis", value_int=1),
        constant("sparse", sparse_value=sparse),
        constant("double", value=helper.make_tensor("", TensorProto.DOUBLE, [3], [1.5, 0.0, -2.5])),
        constant("word", value_string=b"word"),
        node("MatMul", "x weight", "product"),
        node("Add", "product bias", "sum"),
        node("Mul", "sum factor", "scaled"),
        node("MatMul", "scaled sparse", "narrowed"),
        node("Unsqueeze", "narrowed axes", "y"),
    ]
    graph = helper.make_graph(nodes, "constants", [value("x", [2, 4])], [value("y", [1, 2, 3])])
    kinds = {"weight": ("linear", 1), "bias": "bias", "factor": "parameter", "sparse": ("linear", 1), "double": "parameter"}
    save("constants.onnx", make_model(graph), kinds)


def subgraphs():
    """Weights inside the bodies of If, Loop and Scan; outer weights that bodies use; one name in several graphs."""

    def branch(name, transposed):
        nodes = [node("Gemm", "x w", f"{name}_product", transB=transposed), node("Add", f"{name}_product inner", f"{name}_y")]
        inner = constant("inner", value=tensor("", weights(4)))
        return helper.make_graph([inner, *nodes], name, [], [value(f"{name}_y", [2, 4])], [tensor("w", weights(4, 4))])

    body = helper.make_graph(
        [
            node("MatMul", "state outer", "state_next"),
            # The state's weights come from outside, through the loop's inputs.
            node("MatMul", "state_next carried", "scan_out"),
            node("Identity", "carried", "carried_next"),
            node("Identity", "going", "going_next"),
            helper.make_node(
                "If",
                ["going"],
                ["deep"],
                name="deeper",
                then_branch=helper.make_graph(
                    [node("MatMul", "state_next deepest", "deep_y")],
                    "deep_then", [], [value("deep_y", [2, 2])], [tensor("deepest", weights(4, 2))],
                ),
                else_branch=helper.make_graph(
                    [constant("deep_n", value=tensor("", weights(2, 2)))], "deep_else", [], [value("deep_n", [2, 2])]
                ),
            ),
        ],
        "body",
        [value("i", [], TensorProto.INT64), value("going", [], TensorProto.BOOL), value("state", [2, 4]), value("carried", [4, 4])],
        [value("going_next", [], TensorProto.BOOL), value("state_next", [2, 4]), value("carried_next", [4, 4]),
         value("scan_out", [2, 4]), value("deep", [2, 2])],
    )  # fmt: skip
    scan = helper.make_graph(
        [node("MatMul", "part slice", "part_next"), node("Identity", "part_next", "part_out")],
        "scan", [value("part", [2, 4]), value("slice", [4, 4])], [value("part_next", [2, 4]), value("part_out", [2, 4])],
    )  # fmt: skip
    nodes = [
        helper.make_node("If", ["flag"], ["a"], name="choose", then_branch=branch("then", 1), else_branch=branch("else", 0)),
        helper.make_node("Loop", ["times", "flag", "a", "carried_in"], ["b", "c", "d", "e"], body=body),
        helper.make_node("Scan", ["b", "stack"], ["f", "g"], body=scan, num_scan_inputs=1),
        node("MatMul", "f w", "y"),
    ]
    initializers = [
        tensor("outer", weights(4, 4)),
        tensor("carried_in", weights(4, 4)),
        tensor("stack", weights(3, 4, 4)),
        tensor("times", np.int64(2)),
        tensor("flag", np.bool_(True)),
        tensor("w", weights(4, 4)),
    ]
    outputs = [value("y", [2, 4]), value("d", [2, 2, 4]), value("e", [2, 2, 2]), value("g", [3, 2, 4])]
    graph = helper.make_graph(nodes, "subgraphs", [value("x", [2, 4])], outputs, initializers)
    kinds = {name: ("linear", 1) for name in ("outer", "carried_in", "deepest", "w")}
    kinds |= {"choose.then_branch.w": ("linear", 0), "stack": ("linear", 2, 1, 0), "inner": "bias", "deep_n": "unknown"}
    save("subgraphs.onnx", make_model(graph), kinds)


def functions():
    """Weights in the bodies of functions, and weights that are handed to them."""
    here = "golden.functions"
    dense = helper.make_function(
        here, "Dense", ["x", "w", "b"], ["y"],
        [node("Gemm", "x w b", "p", transB=1), constant("extra", value=tensor("", weights(3, 3))), node("MatMul", "p extra", "y")],
        [helper.make_opsetid("", opset)],
    )  # fmt: skip
    # Called like an operator of ONNX, whose second input is a kernel. Which axis counts outputs the caller says, or the default.
    gemm = node("Gemm", "x w", "y")
    gemm.attribute.add(name="transB", ref_attr_name="turned", type=onnx.AttributeProto.INT)
    conv = helper.make_function(here, "Conv", ["x", "w"], ["y"], [gemm], [helper.make_opsetid("", opset)], attribute_protos=[helper.make_attribute("turned", 1)])
    block = helper.make_function(
        here, "Block", ["x", "w", "b"], ["y"],
        [helper.make_node("Dense", ["x", "w", "b"], ["y"], domain=here)],
        [helper.make_opsetid("", opset), helper.make_opsetid(here, 1)],
    )  # fmt: skip
    nodes = [
        helper.make_node("Block", ["x", "weight", "b"], ["h"], domain=here),
        helper.make_node("Conv", ["h", "square"], ["s"], domain=here, turned=0),
        helper.make_node("Conv", ["s", "default"], ["y"], domain=here),
    ]
    initializers = [tensor("weight", weights(3, 4)), tensor("b", weights(3)), tensor("square", weights(3, 3))]
    initializers.append(tensor("default", np.float32([[0.5, -1, 0.25], [0.125, 2, -0.75], [-2, 1, 0.375]])))
    graph = helper.make_graph(nodes, "functions", [value("x", [2, 4])], [value("y", [2, 3])], initializers)
    model = make_model(graph, domains=[here], functions=[dense, conv, block])
    save("functions.onnx", model, {"weight": ("linear", 0), "b": "bias", "extra": ("linear", 1), "square": ("linear", 1), "default": ("linear", 0)})


def external():
    """Weights in another file, beside one in this."""
    array = weights(4, 3)
    (folder / "external.onnx.data").write_bytes(array.tobytes())
    outside = TensorProto(name="outside", data_type=TensorProto.FLOAT, dims=[4, 3], data_location=TensorProto.EXTERNAL)
    for key, text in {"location": "external.onnx.data", "offset": "0", "length": "48"}.items():
        outside.external_data.add(key=key, value=text)
    graph = helper.make_graph(
        [node("MatMul", "x outside", "a"), node("MatMul", "a inside", "y")],
        "external", [value("x", [2, 4])], [value("y", [2, 3])], [outside, tensor("inside", weights(3, 3))],
    )  # fmt: skip
    kinds = {"outside": ("linear", 1), "inside": ("linear", 1)}
    save("external.onnx", make_model(graph), kinds, {"outside": "stored in external.onnx.data"})


def sparse():
    values, indices = tensor("pruned", np.float32([1.5, -2, 3])), tensor("", np.int64([0, 5, 11]))
    pairs = tensor("pairs", np.float32([0.5, -1, 2, 4])), tensor("", np.int64([[0, 1], [0, 2], [1, 0], [2, 2]]))
    graph = helper.make_graph(
        [node("MatMul", "x pruned", "a"), node("MatMul", "a dense", "b"), node("MatMul", "b pairs", "y")],
        "sparse", [value("x", [2, 4])], [value("y", [2, 3])], [tensor("dense", weights(3, 3))],
        sparse_initializer=[helper.make_sparse_tensor(values, indices, [4, 3]), helper.make_sparse_tensor(*pairs, [3, 3])],
    )  # fmt: skip
    save("sparse.onnx", make_model(graph), dict.fromkeys(["pruned", "dense", "pairs"], ("linear", 1)))


def old():
    """As exporters wrote it in 2018: IR version 3, every initializer among the inputs, float_data, axes as attributes."""
    w = helper.make_tensor("w", TensorProto.FLOAT, [4, 3, 1], weights(12).tolist())
    b = helper.make_tensor("b", TensorProto.FLOAT, [3], weights(3).tolist())
    nodes = [node("Squeeze", "w", "w2", axes=[2]), node("MatMul", "x w2", "p"), node("Add", "p b", "y")]
    inputs = [value("x", [2, 4]), value("w", [4, 3, 1]), value("b", [3])]
    graph = helper.make_graph(nodes, "old", inputs, [value("y", [2, 3])], [w, b])
    save("old.onnx", make_model(graph, 3, 8), {"w": ("linear", 1, 0), "b": "bias"})


def quantised():
    """Integer weights, whose zero is a zero point, and float weights that are only rounded on their way."""
    initializers = [
        tensor("qdq", random.integers(-100, 100, (5, 4, 3, 3)).astype(np.int8)),
        tensor("qdq_scale", np.full(5, 0.01, np.float32)),
        tensor("qdq_zero", np.arange(5).astype(np.int8)),
        tensor("qdq_bias", random.integers(-100, 100, 5).astype(np.int32)),
        tensor("bias_scale", np.full(5, 0.01, np.float32)),
        tensor("fake", weights(6, 3)),
        tensor("scale", np.float32(0.02)),
        tensor("zero", np.int8(0)),
        tensor("integers", random.integers(0, 200, (6, 3)).astype(np.uint8)),
        tensor("integer_zero", np.uint8(100)),
        tensor("qlinear", random.integers(-100, 100, (6, 2)).astype(np.int8)),
        tensor("orphan", random.integers(-100, 100, (6,)).astype(np.int8)),
    ]
    nodes = [
        helper.make_node("DequantizeLinear", ["qdq", "qdq_scale", "qdq_zero"], ["qdq_f"], axis=0),
        helper.make_node("DequantizeLinear", ["qdq_bias", "bias_scale"], ["qdq_b"], axis=0),
        node("Conv", "x qdq_f qdq_b", "y0"),
        node("QuantizeLinear", "fake scale zero", "fake_q"),
        node("DequantizeLinear", "fake_q scale zero", "fake_f"),
        node("MatMul", "row fake_f", "y1"),
        node("DynamicQuantizeLinear", "row", "row_q row_scale row_zero"),
        node("MatMulInteger", "row_q integers row_zero integer_zero", "y2"),
        node("QuantizeLinear", "row scale zero", "row_8"),
        node("QLinearMatMul", "row_8 scale zero qlinear scale zero scale zero", "y3"),
        node("DequantizeLinear", "orphan scale", "orphan_f"),
        node("Sub", "row orphan_f", "y4"),
    ]
    types = [TensorProto.FLOAT, TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT8, TensorProto.FLOAT]
    shapes = [[1, 5, 4, 4], [2, 3], [2, 3], [2, 2], [2, 6]]
    outputs = [value(f"y{i}", shape, data_type) for i, (shape, data_type) in enumerate(zip(shapes, types))]
    graph = helper.make_graph(nodes, "quantised", [value("x", [1, 4, 6, 6]), value("row", [2, 6])], outputs, initializers)
    kinds = {"qdq": ("conv", 0, 1), "qdq_scale": "buffer", "bias_scale": "buffer", "qdq_bias": "bias", "scale": "buffer"}
    kinds |= {"fake": ("linear", 1), "integers": ("linear", 1), "qlinear": ("linear", 1), "orphan": "parameter"}
    save("quantised.onnx", make_model(graph), kinds, {"qdq_bias": "quantised to i32"})


def training():
    """State of an optimizer in training_info."""
    graph = helper.make_graph(
        [node("MatMul", "x w", "y")], "net", [value("x", [2, 4])], [value("y", [2, 3])], [tensor("w", weights(4, 3))]
    )
    step = helper.make_graph(
        [node("MatMul", "gradient momentum", "update")], "step", [value("gradient", [2, 4])], [value("update", [2, 3])],
        [tensor("momentum", weights(4, 3))],
    )  # fmt: skip
    model = make_model(graph)
    model.training_info.append(helper.make_training_info(step, [("w", "update")], None, None))
    save("training.onnx", model, {"w": ("linear", 1), "momentum": "optimizer"})


def exported():
    """As PyTorch exports it, batch normalisation folded into the convolution."""
    torch.manual_seed(1)
    convolutions = [nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.ConvTranspose2d(4, 2, 2), nn.Flatten()]
    net = nn.Sequential(*convolutions, nn.Linear(98, 3)).eval()
    buffer = BytesIO()
    with warnings.catch_warnings(action="ignore"):
        torch.onnx.export(net, (torch.rand(1, 1, 8, 8),), buffer, dynamo=False, input_names=["x"], output_names=["y"])
    kinds = {"3.weight": ("conv", 1, 0), "3.bias": "bias", "5.weight": ("linear", 0), "5.bias": "bias"}
    folded = {each.name: ("conv", 0, 1) if each.dims[1:] else "bias" for each in onnx.load_from_string(buffer.getvalue()).graph.initializer}
    save("exported.onnx", buffer.getvalue(), folded | kinds)


def contrib():
    """ONNX Runtime's own operators: what its optimiser and its model builders write."""
    local = np.random.default_rng(2)
    normal = lambda *shape: local.standard_normal(shape).astype(np.float32)  # noqa: E731
    byte = lambda *shape: local.integers(0, 255, shape).astype(np.uint8)  # noqa: E731
    arrays = {
        "router": normal(8, 4), "fc1": normal(4, 12, 8), "fc1_bias": normal(4, 12), "fc2": normal(4, 8, 12), "fc2_bias": normal(4, 8),
        "attention": normal(8, 24), "attention_bias": normal(24), "packed": normal(8, 24), "packed_bias": normal(24),
        "gelu": normal(8, 8), "gelu_bias": normal(8), "turned": normal(6, 8), "skip_scale": normal(8), "skip_shift": normal(8),
        "conv": normal(5, 3, 2, 2), "conv_bias": normal(5), "last": normal(5, 2, 2, 3),
        "nbits": byte(6, 1, 8), "nbits_scales": normal(6, 1), "bnb": byte(64), "absmax": normal(8),
        "table": byte(9, 16), "table_scales": normal(9, 1), "words": normal(9, 8), "places": normal(7, 8),
        "gamma": normal(8), "beta": normal(8),
    }  # fmt: skip
    msft = {"domain": "com.microsoft"}
    nodes = [
        node("MatMul", "x router", "gates"),
        node("MoE", "x gates fc1 fc1_bias fc2 fc2_bias", "y0", activation_type="gelu", k=2, **msft),
        node("Attention", "seq attention attention_bias", "y1", num_heads=2, **msft),
        node("PackedAttention", "x packed packed_bias offsets lengths", "y2", num_heads=2, **msft),
        node("GemmFastGelu", "x gelu gelu_bias", "y3", **msft),
        node("FusedMatMul", "x turned", "y4", transB=1, **msft),
        node("SkipLayerNormalization", "x x skip_scale skip_shift", "y5", **msft),
        node("FusedConv", "image conv conv_bias", "y6", activation="Relu", **msft),
        node("NhwcConv", "image_last last", "y7", **msft),
        node("MatMulNBits", "x nbits nbits_scales", "y8", K=8, N=6, bits=8, block_size=16, **msft),
        node("MatMulBnb4", "x bnb absmax", "y9", K=8, N=16, quant_type=1, block_size=16, **msft),
        node("GatherBlockQuantized", "table ids table_scales", "y10", block_size=16, **msft),
    ]
    nodes.append(helper.make_node("EmbedLayerNormalization", ["ids", "", "words", "places", "", "gamma", "beta"], ["y11", "y12"], **msft))
    shapes = {"x": [3, 8], "seq": [1, 3, 8], "image": [1, 3, 4, 4], "image_last": [1, 4, 4, 3]}
    inputs = [value(name, shape) for name, shape in shapes.items()]
    inputs += [value(name, None, TensorProto.INT32) for name in ("ids", "offsets", "lengths")]
    outputs = [value(f"y{i}", None) for i in range(12)]
    graph = helper.make_graph(nodes, "contrib", inputs, outputs, [tensor(name, array) for name, array in arrays.items()])
    kinds = dict.fromkeys([name for name in arrays if name.endswith("_bias") or name in ("skip_shift", "beta")], "bias")
    kinds |= dict.fromkeys(["attention", "packed", "gelu"], ("linear", 1)) | dict.fromkeys(["skip_scale", "gamma"], "norm")
    kinds |= dict.fromkeys(["nbits_scales", "absmax", "table_scales"], "buffer")
    kinds |= dict.fromkeys(["table", "words", "places"], ("embedding", 0))
    kinds |= {"router": ("router", 1), "fc1": ("linear", 1, 2, 0), "fc2": ("linear", 1, 2, 0), "turned": ("linear", 0)}
    kinds |= {"conv": ("conv", 0, 1), "last": ("conv", 0, 3), "nbits": ("linear", 0, (1, 2)), "bnb": "linear"}
    save("contrib.onnx", make_model(graph, domains=["com.microsoft"]), kinds, dict.fromkeys(["bnb", "table"], "zero point"))


def main():
    folder.mkdir(parents=True, exist_ok=True)
    everything = [raw, dtypes, typed, merged, odd, layers, constants, subgraphs, functions, external, sparse, old, quantised]
    for write in [*everything, training, exported, contrib]:
        write()
    print(f"{len(list(folder.iterdir()))} files, {sum(path.stat().st_size for path in folder.iterdir())} bytes")


if __name__ == "__main__":
    main()
