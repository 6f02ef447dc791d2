"""What a file's own library reads from an export, held against the original.

    python files.py job.json

Prints, as its last line, the zeros of all pruned tensors and what is wrong: pruned are those of least magnitude over all tensors
(torch.nn.utils.prune.global_unstructured with L1Unstructured, ties in any order), and everything else is as it was.
"""

import io
import json
import sys
import zipfile

import numpy as np


def gguf_tensors(path: str) -> dict[str, np.ndarray]:
    import gguf

    reader = gguf.GGUFReader(path)
    tensors = {}
    for each in reader.tensors:
        data = np.asarray(each.data)
        plain = each.tensor_type.name in ("F32", "F16", "F64")
        tensors[each.name] = data if plain else gguf.quants.dequantize(data, each.tensor_type)
    return tensors


def tflite_tensors(path: str) -> dict[str, np.ndarray]:
    import tensorflow as tf
    from tensorflow.lite.tools import flatbuffer_utils

    model = flatbuffer_utils.read_model(path)
    interpreter = tf.lite.Interpreter(model_path=path, experimental_preserve_all_tensors=True)
    interpreter.allocate_tensors()
    for each in interpreter.get_input_details():
        interpreter.set_tensor(each["index"], np.zeros(each["shape"], each["dtype"]))
    interpreter.invoke()
    tensors = {}
    for index, tensor in enumerate(model.subgraphs[0].tensors):
        buffer = model.buffers[tensor.buffer]
        if tensor.buffer == 0 or (buffer.data is None and buffer.size <= 1):
            continue
        elements = interpreter.get_tensor(index)
        quantised = tensor.quantization
        if elements.dtype in (np.int8, np.uint8) and quantised is not None and quantised.scale is not None:
            shape = [1] * elements.ndim
            if len(quantised.scale) > 1:
                shape[quantised.quantizedDimension] = -1
            scale = np.asarray(quantised.scale, np.float32).reshape(shape)
            zero = np.asarray(quantised.zeroPoint).reshape(shape)
            elements = scale * (elements.astype(np.int32) - zero).astype(np.float32)
        tensors[tensor.name.decode()] = elements
    return tensors


def keras_tensors(path: str) -> dict[str, np.ndarray]:
    import h5py
    import keras

    if path.endswith((".keras", ".h5")) and not path.endswith(".weights.h5"):
        # Reads every checksum of an archive.
        assert keras.saving.load_model(path, compile=False).weights
    tensors = {}

    def visit(name: str, each: object) -> None:
        if not isinstance(each, h5py.Dataset):
            return
        is_bf16 = each.attrs.get("dtype") == "bfloat16"
        elements = each[()]
        # Two bytes that HDF5 has no name for.
        tensors[name] = (elements.view(np.uint16).astype(np.uint32) << 16).view(np.float32) if is_bf16 else elements

    if path.endswith(".keras"):
        with zipfile.ZipFile(path) as archive:
            file = io.BytesIO(archive.read("model.weights.h5"))
    else:
        file = path
    with h5py.File(file) as opened:
        opened.visititems(visit)
    return tensors


def tensorflow_tensors(path: str) -> dict[str, np.ndarray]:
    """By the names of the program, where the checkpoint has them. Reading verifies every checksum."""
    import tensorflow as tf
    from tensorflow.core.protobuf import trackable_object_graph_pb2

    graph_key = "_CHECKPOINTABLE_OBJECT_GRAPH"
    reader = tf.train.load_checkpoint(path.removesuffix(".index"))
    graph = trackable_object_graph_pb2.TrackableObjectGraph()
    if reader.has_tensor(graph_key):
        graph.ParseFromString(reader.get_tensor(graph_key))
    names = {each.checkpoint_key: each.full_name for node in graph.nodes for each in node.attributes}
    keys = [key for key in reader.get_variable_to_shape_map() if key != graph_key]
    return {names.get(key) or key: np.asarray(reader.get_tensor(key)) for key in keys}


def flax_tensors(path: str) -> dict[str, np.ndarray]:
    from flax import serialization, traverse_util

    with open(path, "rb") as file:
        tree = serialization.msgpack_restore(file.read())
    tensors = {}
    for steps, each in traverse_util.flatten_dict(tree).items():
        is_inside = "params" in tree and len(steps) > 1
        name = f"{steps[0]}.{'/'.join(steps[1:])}" if is_inside else "/".join(steps)
        if hasattr(each, "dtype"):
            tensors[name] = np.asarray(each)
    return tensors


def pickled_tensors(path: str) -> dict[str, np.ndarray]:
    import pickle

    def arrays(value: object, name: str = ""):
        if isinstance(value, np.ndarray):
            yield name, value
        elif isinstance(value, tuple):  # PaddlePaddle's
            yield from arrays(value[1], name)
        elif isinstance(value, dict):
            for key, each in value.items():
                yield from arrays(each, f"{name}.{key}" if name else key)

    with open(path, "rb") as file:
        return dict(arrays(pickle.load(file, encoding="latin1")))


def exported_tensors(path: str) -> dict[str, np.ndarray]:
    import torch

    program = torch.export.load(path)
    tensors = {**program.state_dict, **program.constants}
    return {name: (each.float() if each.is_floating_point() else each).detach().numpy() for name, each in tensors.items()}


def openvino_tensors(path: str) -> dict[str, np.ndarray]:
    """By the documented layout: OpenVINO itself is not needed."""
    from pathlib import Path
    from xml.etree import ElementTree

    types = {"f32": np.float32, "f16": np.float16, "i64": np.int64, "i8": np.int8}
    content = Path(path).with_suffix(".bin").read_bytes()

    def constants(scope: ElementTree.Element, prefix: str):
        for layer in scope.findall("layers/layer"):
            name = prefix + layer.attrib["name"]
            body = layer.find("body")
            if body is not None:
                yield from constants(body, f"{name}/body/")
            if layer.attrib["type"] != "Const":
                continue
            data = layer.find("data").attrib
            shape = [int(size) for size in data["shape"].split(",") if size.strip()]
            start = int(data["offset"])
            yield name, np.frombuffer(content[start : start + int(data["size"])], types[data["element_type"]]).reshape(shape)

    return dict(constants(ElementTree.parse(path).getroot(), ""))


readers = {
    "gguf": gguf_tensors,
    "keras": keras_tensors,
    "tensorflow": tflite_tensors,
    "TensorFlow checkpoint": tensorflow_tensors,
    "Flax": flax_tensors,
    "pickled NumPy arrays": pickled_tensors,
    "PyTorch export": exported_tensors,
    "OpenVINO": openvino_tensors,
}


def main() -> None:
    with open(sys.argv[1]) as file:
        job = json.load(file)
    read = readers[job["library"]]
    before, after = read(job["original"]), read(job["export"])
    problems = [] if before.keys() == after.keys() else ["other tensors"]
    zeros, most, least = 0, 0.0, np.inf
    for name, was in before.items():
        now = after[name]
        if name not in job["pruned"]:
            if was.tobytes() != now.tobytes():
                problems.append(f"{name} changed")
            continue
        was, now = was.astype(np.float64), now.astype(np.float64)
        kept = now != 0
        zeros += int((~kept).sum())
        if not np.array_equal(now[kept], was[kept]):
            problems.append(f"{name} has other values")
        most = max(most, np.abs(was[~kept]).max(initial=0))
        least = min(least, np.abs(was[kept]).min(initial=np.inf))
    if most > least:
        problems.append(f"{most} went, and {least} stayed")
    print(json.dumps({"zeros": zeros, "problems": problems}))


main()
