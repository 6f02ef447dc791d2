"""What the weights of quantised ONNX models stand for, as ONNX Runtime's DequantizeLinear has it, and their codes with zero points."""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def unpacked(tensor):
    """As onnx loads it: codes of less than a byte one by one."""
    return numpy_helper.to_array(tensor)


def dequantised(codes, scale, zero, axis, block=0):
    """By ONNX Runtime's DequantizeLinear itself."""
    attributes = {"axis": axis, "block_size": block} if block else {"axis": axis}
    inputs = [codes, scale, *([] if zero is None else [zero])]
    node = helper.make_node("DequantizeLinear", [each.name for each in inputs], ["y"], **attributes)
    graph = helper.make_graph([node], "one", [], [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], inputs)
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {})[0]


def renamed(tensor, name):
    copy = TensorProto()
    copy.CopyFrom(tensor)
    copy.name = name
    return copy


# Operator: input of the codes, of scale and zero point, axis of several scales.
operators = {
    "DequantizeLinear": (0, 1, 2, None),
    "QLinearConv": (3, 4, 5, 0),
    "QLinearMatMul": (3, 4, 5, -1),
    "QGemm": (3, 4, 5, None),
    "MatMulInteger": (1, None, 3, -1),
    "ConvInteger": (1, None, 3, 0),
}


def scale_of_product(model, node, constants):
    """Of a dynamically quantised weight: the constant factor of what its product is multiplied with; 1 where nothing scales it."""
    one = numpy_helper.from_array(np.float32(1), "one")
    cast = next((each for each in model.graph.node if each.input and each.input[0] == node.output[0]), None)
    scaled = cast and next((each for each in model.graph.node if cast.output[0] in each.input), None)
    if scaled is None:
        return one
    factor = next(name for name in scaled.input if name != cast.output[0])
    product = next(each for each in model.graph.node if factor in each.output)
    return next(constants[name] for name in product.input if name in constants)


def coded_weights(model):
    """(name, TensorProto of the codes, numbers that they stand for, zero point of every element)"""
    constants = {each.name: each for each in model.graph.initializer}
    found = {}
    for node in model.graph.node:
        if node.op_type == "MatMulNBits":
            found[node.input[1]] = blocks_of(node, constants)
            continue
        places = operators.get(node.op_type)
        if places is None or node.input[places[0]] not in constants:
            continue
        name = node.input[places[0]]
        zero = constants.get(node.input[places[2]]) if len(node.input) > places[2] else None
        codes = constants[name]
        if codes.data_type == TensorProto.INT32 or (zero is None and len(node.input) > places[2] and node.input[places[2]]):
            continue
        attributes = {each.name: helper.get_attribute_value(each) for each in node.attribute}
        scale = constants[node.input[places[1]]] if places[1] is not None else scale_of_product(model, node, constants)
        axis = attributes.get("axis", 1) if node.op_type == "DequantizeLinear" else places[3]
        axis = (0 if attributes.get("transB") else -1) if node.op_type == "QGemm" else axis
        rank = len(codes.dims)
        block = attributes.get("block_size", 0)
        inputs = [renamed(codes, "x"), renamed(scale, "s"), None if zero is None else renamed(zero, "z")]
        numbers = dequantised(*inputs, axis % max(rank, 1), block)
        found[name] = (codes, numbers, zeros_of(zero, codes, axis % max(rank, 1), block))
    return found


def zeros_of(zero, codes, axis, block):
    shape = list(codes.dims)
    if zero is None:
        return np.zeros(shape, np.int32)
    zeros = unpacked(zero).astype(np.int32)
    if block:
        return np.repeat(zeros, block, axis)[tuple(slice(size) for size in shape)]
    if zeros.size > 1:
        zeros = zeros.reshape([-1 if each == axis else 1 for each in range(len(shape))])
    return np.broadcast_to(zeros, shape)


def blocks_of(node, constants):
    """MatMulNBits, as ContribOperators.md has it: uint4, the low nibble first, a scale for each block of a row."""
    codes, scales = constants[node.input[1]], numpy_helper.to_array(constants[node.input[2]])
    packed = numpy_helper.to_array(codes)
    rows, blocks, _ = packed.shape
    values = np.stack([packed & 15, packed >> 4], -1).reshape(rows, blocks, -1).astype(np.int32)
    zeros = np.full((rows, blocks), 8, np.int32)
    if len(node.input) > 3 and node.input[3]:
        packed_zeros = numpy_helper.to_array(constants[node.input[3]]).reshape(rows, -1)
        zeros = np.stack([packed_zeros & 15, packed_zeros >> 4], -1).reshape(rows, -1)[:, :blocks].astype(np.int32)
    numbers = (values - zeros[..., None]).astype(np.float32) * scales.reshape(rows, blocks, 1)
    return codes, numbers, np.broadcast_to(zeros[..., None], values.shape)


def with_zeros(codes, kept, zeros):
    """The codes with zero points where nothing is kept, in the form that they have."""
    if codes.data_type in (TensorProto.INT4, TensorProto.UINT4):
        values = np.where(kept, unpacked(codes).astype(np.int32), zeros).flatten() & 15
        values = np.append(values, [0] * (len(values) % 2)).astype(np.int32)
        codes.raw_data = (values[::2] | values[1::2] << 4).astype(np.uint8).tobytes()
        return
    array = numpy_helper.to_array(codes)
    if kept.shape != array.shape:
        values = np.where(kept, np.stack([array & 15, array >> 4], -1).reshape(kept.shape).astype(np.int32), zeros)
        array = (values[..., ::2] | values[..., 1::2] << 4).astype(np.uint8)
    else:
        array = np.where(kept, array, zeros.astype(array.dtype))
    codes.CopyFrom(numpy_helper.from_array(array, codes.name))
