"""Writes small TensorFlow Lite models with TensorFlow's converter, and what its interpreter reads from them.

    python tests/golden/tflite_files.py

`files/tflite/float.tflite` has convolutions, a depthwise one, a transposed one and linear layers; `int8.tflite` is the same network
quantised as a whole (a scale for each output), `dynamic.tflite` with weights in bytes alone, `half.tflite` with weights in f16;
`outside.tflite` the float one with its buffers behind the flatbuffer. `expected.json` holds for each every constant: name, shape and
the SHA-256 of its elements as the interpreter has them.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf
from keras import Sequential, layers
from tensorflow.lite.tools import flatbuffer_utils

folder = Path(__file__).parent / "files" / "tflite"


def network() -> Sequential:
    tf.keras.utils.set_random_seed(3)
    return Sequential(
        [
            layers.Input((8, 8, 3), batch_size=1),
            layers.Conv2D(8, 3, activation="relu"),
            layers.DepthwiseConv2D(3, activation="relu"),
            layers.Conv2DTranspose(4, 2, strides=2),
            layers.Flatten(),
            layers.Dense(16, activation="relu"),
            layers.Dense(10),
        ]
    )


def images():
    random = np.random.default_rng(1)
    for _ in range(20):
        yield [random.standard_normal((1, 8, 8, 3)).astype(np.float32)]


def convert(model: Sequential, kind: str) -> bytes:
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind != "float":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "half":
        converter.target_spec.supported_types = [tf.float16]
    if kind == "int8":
        converter.representative_dataset = images
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return converter.convert()


def with_buffers_behind(content: bytes) -> bytes:
    """As TensorFlow writes models above 2 GB: buffers have an offset in the file and a size, and no data."""
    model = flatbuffer_utils.read_model_from_bytearray(bytearray(content))
    data = [None if buffer.data is None else bytes(buffer.data) for buffer in model.buffers]
    for buffer, held in zip(model.buffers, data):
        if held:
            buffer.data, buffer.offset, buffer.size = None, 2**32, len(held)
    length = len(flatbuffer_utils.convert_object_to_bytearray(model))
    end = length + -length % 16
    for buffer, held in zip(model.buffers, data):
        if held:
            buffer.offset = end
            end += len(held) + -len(held) % 16
    written = bytearray(flatbuffer_utils.convert_object_to_bytearray(model))
    assert len(written) == length
    for held in data:
        if held:
            written += bytes(-len(written) % 16)
            written += held
    return bytes(written)


def constants(path: Path) -> list[dict]:
    model = flatbuffer_utils.read_model(str(path))
    interpreter = tf.lite.Interpreter(model_path=str(path), experimental_preserve_all_tensors=True)
    interpreter.allocate_tensors()
    described = []
    for index, tensor in enumerate(model.subgraphs[0].tensors):
        buffer = model.buffers[tensor.buffer]
        if tensor.buffer == 0 or (buffer.data is None and buffer.size <= 1):
            continue
        elements = interpreter.get_tensor(index)
        digest = hashlib.sha256(elements.tobytes()).hexdigest()
        name = tensor.name.decode()
        described.append({"name": name, "dtype": str(elements.dtype), "shape": list(elements.shape), "sha256": digest})
    return described


def main() -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model = network()
    for kind in ("float", "int8", "dynamic", "half"):
        (folder / f"{kind}.tflite").write_bytes(convert(model, kind))
    (folder / "outside.tflite").write_bytes(with_buffers_behind((folder / "float.tflite").read_bytes()))
    expected = {path.name: constants(path) for path in sorted(folder.glob("*.tflite"))}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    print(sum(path.stat().st_size for path in folder.iterdir()), "bytes")


if __name__ == "__main__":
    main()
