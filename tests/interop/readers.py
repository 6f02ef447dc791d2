"""Reads every tensor of a checkpoint with the library that owns its format."""

import pickle
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import inert_pickle
import numpy as np
import onnx
import torch
from codes import coded_weights
from onnx import numpy_helper
from safetensors import safe_open

Tensors = dict[str, torch.Tensor]


def read_tensors(path: Path, file_format: str) -> Tensors:
    """By full name, as Secateur says it: container, a dot, and the key in the state dict."""
    readers = {
        "PyTorch zip": read_pytorch,
        "PyTorch legacy": read_pytorch,
        "TorchScript": read_torchscript,
        "safetensors": read_safetensors,
        "ONNX": read_onnx,
    }
    return readers[file_format](path)


def read_pytorch(path: Path) -> Tensors:
    try:
        root = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        root = torch.load(path, map_location="cpu", weights_only=False, pickle_module=inert_pickle)
    return dict(walk(root))


def read_torchscript(path: Path) -> Tensors:
    """The module's tensors and the constants of its code."""
    script = torch.jit.load(str(path), map_location="cpu")
    archive = torch._C.PyTorchFileReader(str(path))
    tensors = dict(walk(unpickle_record(archive, "data")))
    for name, tensor in script.state_dict().items():
        assert torch.equal(tensors[name], tensor), f"torch.jit.load and data.pkl differ in {name}"
    if archive.has_record("constants.pkl"):
        constants = unpickle_record(archive, "constants")
        # As the archive's code calls them.
        tensors.update((f"CONSTANTS.c{i}", constant) for i, constant in enumerate(constants) if torch.is_tensor(constant))
    return tensors


def unpickle_record(archive, name: str):
    """`name`.pkl of an archive; its storages are the records `name`/0, `name`/1, …"""

    class RecordUnpickler(inert_pickle.Unpickler):
        def persistent_load(self, saved_id):
            _, storage_type, key, _, numel = saved_id
            dtype = storage_type.dtype
            storage = archive.get_storage_from_record(f"{name}/{key}", numel, dtype)._typed_storage()._untyped_storage
            return torch.storage.TypedStorage(wrap_storage=storage, dtype=dtype, _internal=True)

    return RecordUnpickler(BytesIO(archive.get_record(f"{name}.pkl"))).load()


def walk(value, path: str = "", ancestors: tuple[int, ...] = ()) -> Iterator[tuple[str, torch.Tensor]]:
    """Tensors anywhere in what a pickle held. A module's own dictionaries are not part of its tensors' names."""
    if isinstance(value, torch.Tensor):
        yield path, value
        return
    if id(value) in ancestors:
        return
    ancestors = (*ancestors, id(value))
    if isinstance(value, inert_pickle.Inert):
        value = dict(value.__dict__)
        for own in ("_parameters", "_buffers", "_modules"):
            value.update(value.pop(own, {}))
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, (list, tuple)):
        entries = enumerate(value)
    else:
        return
    for key, entry in entries:
        yield from walk(entry, f"{path}.{key}" if path else str(key), ancestors)


def read_safetensors(path: Path) -> Tensors:
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}


def read_onnx(path: Path) -> Tensors:
    tensors = {}
    model = onnx.load(path)
    coded = coded_weights(model)
    for name, proto in walk_model(model):
        if name in coded:
            tensors[name] = torch.from_numpy(np.array(coded[name][1]))
        elif isinstance(proto, onnx.SparseTensorProto):
            tensors[name] = dense_tensor_of(proto)
        else:
            tensors[name] = tensor_of(proto)
    return tensors


def tensor_of(proto: onnx.TensorProto) -> torch.Tensor:
    array = numpy_helper.to_array(proto).copy()
    if proto.data_type == onnx.TensorProto.BFLOAT16:  # which numpy does not have
        return torch.from_numpy(array.view(np.uint16)).view(torch.bfloat16)
    if array.dtype.kind == "V":  # of less than a byte, which neither numpy nor torch have
        array = array.astype(np.int16)
    return torch.from_numpy(array)


def dense_tensor_of(proto: onnx.SparseTensorProto) -> torch.Tensor:
    dense, places = torch.zeros(*proto.dims), tensor_of(proto.indices)
    dense[tuple(places.T) if places.ndim > 1 else np.unravel_index(places, tuple(proto.dims))] = tensor_of(proto.values)
    return dense


def walk_model(model: onnx.ModelProto) -> Iterator[tuple[str, onnx.TensorProto | onnx.SparseTensorProto]]:
    """Initializers and constants by full name: the graph they sit in, a dot, and their name there."""
    yield from walk_graph(model.graph)
    for function in model.functions:
        yield from walk_nodes(function.node, f"{function.domain}.{function.name}")
    for training in model.training_info:
        for graph in (training.initialization, training.algorithm):
            yield from walk_graph(graph, "training_info")


def walk_graph(graph: onnx.GraphProto, container: str = "") -> Iterator[tuple[str, onnx.TensorProto | onnx.SparseTensorProto]]:
    prefix = f"{container}." if container else ""
    for initializer in graph.initializer:
        yield prefix + initializer.name, initializer
    for initializer in graph.sparse_initializer:
        yield prefix + initializer.values.name, initializer
    yield from walk_nodes(graph.node, container)


def walk_nodes(nodes, container: str) -> Iterator[tuple[str, onnx.TensorProto | onnx.SparseTensorProto]]:
    prefix = f"{container}." if container else ""
    for index, node in enumerate(nodes):
        for attribute in node.attribute:
            path = f"{container}/" if container else ""
            path += f"{node.name or f'{node.op_type}#{index}'}.{attribute.name}"
            constant = constant_of(attribute) if node.op_type == "Constant" else None
            if constant is not None:
                yield prefix + node.output[0], constant
            elif attribute.type == onnx.AttributeProto.GRAPH:
                yield from walk_graph(attribute.g, path)


def constant_of(attribute: onnx.AttributeProto) -> onnx.TensorProto | onnx.SparseTensorProto | None:
    match attribute.name:
        case "value":
            return attribute.t
        case "sparse_value":
            return attribute.sparse_tensor
        case "value_float":
            return numpy_helper.from_array(np.float32(attribute.f))
        case "value_floats":
            return numpy_helper.from_array(np.array(attribute.floats, np.float32))
