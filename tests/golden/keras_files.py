"""Writes small files with Keras and h5py, and what h5py reads from them.

    python tests/golden/keras_files.py

`files/keras/net.keras`, `net.weights.h5` and `net.h5` (Keras 2's layout) are one trained network; `bf16.weights.h5` has weights that
Keras keeps as 16-bit integers. `layouts.h5` and `latest.h5` are h5py's: every way in which a dataset can lie in a file, the latter with
the newest of the format's structures, many links in one group, and a user block. `expected.json` holds for each every dataset: its
dtype, shape and the SHA-256 of its elements as h5py has them.
"""

import hashlib
import io
import json
import os
import shutil
import zipfile
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import keras
import numpy as np
from keras import layers

folder = Path(__file__).parent / "files" / "keras"


def network() -> keras.Model:
    keras.utils.set_random_seed(3)
    image = keras.Input((8, 8, 3), name="image")
    words = keras.Input((5,), name="words")
    x = layers.Conv2D(6, 3, name="first")(image)
    x = layers.BatchNormalization()(x)
    x = layers.DepthwiseConv2D(3)(x)
    x = layers.Conv2DTranspose(4, 2, strides=2, name="up")(x)
    x = layers.SeparableConv2D(5, 3)(x)
    x = layers.GlobalAveragePooling2D()(x)
    y = layers.Embedding(12, 8)(words)
    y = layers.MultiHeadAttention(2, 3)(y, y)
    y = layers.LayerNormalization()(y)
    y = layers.LSTM(6)(y)
    z = layers.Concatenate()([x, y])
    z = layers.PReLU()(layers.Dense(7)(z))
    return keras.Model([image, words], layers.Dense(2, name="scores")(z))


def trained(model: keras.Model) -> keras.Model:
    random = np.random.default_rng(1)
    inputs = {"image": random.standard_normal((4, 8, 8, 3)), "words": random.integers(0, 12, (4, 5))}
    model.compile("adam", "mse")
    model.fit(inputs, random.standard_normal((4, 2)), verbose=0)
    return model


def write_layouts(file: h5py.File, random: np.random.Generator) -> None:
    values = random.standard_normal((12, 6)).astype(np.float32)
    file["plain"] = values
    file["same"] = file["plain"]
    file["soft"] = h5py.SoftLink("/plain")
    file["scalar"] = np.float32(2)
    file["text"] = "not a weight"
    file["empty"] = np.zeros((0, 3), np.float32)
    file.create_dataset("unwritten", (4, 4), np.float32)
    file.create_dataset("rows", data=values, chunks=(4, 6))
    file.create_dataset("uneven", data=values, chunks=(5, 6))
    file.create_dataset("blocks", data=values, chunks=(4, 3))
    file.create_dataset("gzip", data=values, compression="gzip")
    file.create_dataset("checked", data=values, fletcher32=True)
    file.create_dataset("shuffled", data=values, shuffle=True, compression="lzf")
    file["half"] = values.astype(np.float16)
    file["double"] = values.astype(np.float64)
    file["big"] = values.astype(">f4")
    file["whole"] = np.arange(6)
    file["truth"] = np.array([True, False])
    for i in range(20):
        file[f"group/{i:02}/weight"] = values[i % 12]


def described(file: h5py.File) -> dict[str, dict]:
    datasets = {}

    def visit(name: str, each: object) -> None:
        if not isinstance(each, h5py.Dataset) or each.dtype == object:
            return
        digest = hashlib.sha256(each[()].tobytes()).hexdigest()
        datasets[name] = {"dtype": each.dtype.str, "shape": list(each.shape), "sha256": digest}

    file.visititems(visit)
    return datasets


def contents(path: Path) -> h5py.File:
    if path.suffix != ".keras":
        return h5py.File(path)
    with zipfile.ZipFile(path) as archive:
        return h5py.File(io.BytesIO(archive.read("model.weights.h5")))


def main() -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model = trained(network())
    for name in ("net.keras", "net.h5"):
        model.save(folder / name)
    model.save_weights(folder / "net.weights.h5")
    keras.config.set_dtype_policy("bfloat16")
    small = keras.Sequential([keras.Input((4,)), layers.Dense(6), layers.Dense(2)])
    small.save_weights(folder / "bf16.weights.h5")
    random = np.random.default_rng(2)
    with h5py.File(folder / "layouts.h5", "w") as file:
        write_layouts(file, random)
    with h5py.File(folder / "latest.h5", "w", libver="latest", userblock_size=512, track_order=True) as file:
        write_layouts(file, random)
    expected = {path.name: described(contents(path)) for path in sorted(folder.iterdir())}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    print(sum(path.stat().st_size for path in folder.iterdir()), "bytes")


if __name__ == "__main__":
    main()
