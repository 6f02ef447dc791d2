"""Writes small TensorFlow checkpoints with TensorFlow, and what it reads from them.

    python tests/golden/tensorflow_files.py

`files/tensorflow/keras` is a model of Keras and its Adam after a step, whose weights have keys under the optimizer; `sharded`
matrices in several data files, with weights in f16 and bf16, and one that no file is large enough for; `v1` a checkpoint of TensorFlow 1's Saver: names of slim, slots of an
optimizer, and a variable in two parts. `expected.json` holds for each every key: its name, shape, dtype and the SHA-256 of its elements.
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
from tensorflow.core.protobuf import trackable_object_graph_pb2

folder = Path(__file__).parent / "files" / "tensorflow"
suffix = "/.ATTRIBUTES/VARIABLE_VALUE"


def network() -> Sequential:
    tf.keras.utils.set_random_seed(4)
    return Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.DepthwiseConv2D(3, activation="relu"),
            layers.Conv2DTranspose(4, 2, strides=2),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(16, activation="relu"),
            layers.Dense(10),
        ]
    )


def keras_and_adam() -> None:
    model = network()
    model.compile("adam", "mse")
    random = np.random.default_rng(2)
    model.fit(random.random((4, 8, 8, 3)), random.random((4, 10)), verbose=0)
    tf.train.Checkpoint(model=model, optimizer=model.optimizer).write(str(folder / "keras" / "net"))


def sharded() -> None:
    random = np.random.default_rng(5)

    def variable(shape: tuple[int, ...], dtype: tf.DType, name: str) -> tf.Variable:
        return tf.Variable(tf.cast(random.standard_normal(shape), dtype), name=name)

    root = tf.train.Checkpoint(
        first=variable((12, 16), tf.float16, "first/kernel"),
        second=variable((16, 16), tf.bfloat16, "second/kernel"),
        third=variable((16, 10), tf.float64, "third/kernel"),
        names=tf.Variable(["a", "b"], name="names"),
    )
    policy = tf.train.experimental.MaxShardSizePolicy(max_shard_size=1000)
    options = tf.train.CheckpointOptions(experimental_sharding_callback=policy)
    root.write(str(folder / "sharded" / "net"), options=options)


def version_1() -> None:
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        v1.set_random_seed(6)
        with v1.variable_scope("MobilenetV1"):
            conv = v1.get_variable("Conv2d_0/weights", (3, 3, 3, 8))
            depthwise = v1.get_variable("Conv2d_1_depthwise/depthwise_weights", (3, 3, 8, 1))
            bias = v1.get_variable("Conv2d_0/biases", (8,))
            linear = v1.get_variable("Logits/weights", (8, 6))
        parts = v1.get_variable("head/kernel", (6, 10), partitioner=v1.fixed_size_partitioner(2))
        loss = sum(tf.reduce_sum(each**2) for each in [conv, depthwise, bias, linear, *parts])
        step = v1.train.AdamOptimizer().minimize(loss)
        session.run(v1.global_variables_initializer())
        session.run(step)
        v1.train.Saver(write_version=v1.train.SaverDef.V2).save(session, str(folder / "v1" / "model.ckpt"), write_meta_graph=False)
    # It says where this script ran.
    (folder / "v1" / "checkpoint").unlink()


def full_names(reader) -> dict[str, str]:
    if not reader.has_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"):
        return {}
    graph = trackable_object_graph_pb2.TrackableObjectGraph()
    graph.ParseFromString(reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"))
    return {each.checkpoint_key: each.full_name for node in graph.nodes for each in node.attributes}


def described(prefix: Path) -> dict[str, dict]:
    reader = tf.train.load_checkpoint(str(prefix))
    names = full_names(reader)
    tensors = {}
    for key in sorted(reader.get_variable_to_shape_map()):
        if key == "_CHECKPOINTABLE_OBJECT_GRAPH":
            continue
        array = np.asarray(reader.get_tensor(key))
        tensors[key.removesuffix(suffix)] = {
            "name": names.get(key, key),
            "dtype": str(array.dtype),
            "shape": list(array.shape),
            "sha256": None if array.dtype == object else hashlib.sha256(array.tobytes()).hexdigest(),
        }
    return tensors


def main() -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("keras", "sharded", "v1"):
        (folder / name).mkdir(parents=True)
    keras_and_adam()
    sharded()
    version_1()
    expected = {path.parent.name: described(path.with_suffix("")) for path in sorted(folder.glob("*/*.index"))}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    for path in sorted(folder.glob("**/*")):
        if path.is_file():
            print(path.relative_to(folder), path.stat().st_size)


if __name__ == "__main__":
    main()
