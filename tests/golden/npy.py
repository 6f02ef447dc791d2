"""Array files as numpy writes them, for the readers in src/evaluation/inputs/.

    python tests/golden/npy.py

Writes files/evaluation/: npy and npz files, ONNX test data, and arrays.json with what is in each.
"""

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parent / "files" / "evaluation"


def describe(array: np.ndarray) -> dict:
    return {"shape": list(array.shape), "values": array.astype(np.float64).flatten().tolist()}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    grid = np.arange(6).reshape(2, 3)
    arrays = {
        "f32": (grid / 4 - 0.5).astype(np.float32),
        "f64": grid / 3,
        "f16": (grid / 4).astype(np.float16),
        "i64": grid * 10_000_000_000 - 7,
        "i32": (grid - 3).astype(np.int32),
        "u8": (grid * 50).astype(np.uint8),
        "bool": grid % 2 == 0,
        "big-endian": grid.astype(">f4"),
        "fortran": np.asfortranarray(grid.astype(np.float32)),
        "scalar": np.float32(2.5),
        "empty": np.zeros((0, 3), np.float32),
    }
    for name, array in arrays.items():
        np.save(FOLDER / f"{name}.npy", array)
    np.savez(FOLDER / "stored.npz", x=arrays["f32"], y=np.array([1, 0]))
    np.savez_compressed(FOLDER / "deflated.npz", x=arrays["f32"], y=np.array([1, 0]))
    tensors = {
        "raw.pb": numpy_helper.from_array(arrays["f32"], "image"),
        "typed.pb": helper.make_tensor("image", TensorProto.FLOAT, (2, 3), arrays["f32"].flatten()),
        "int64.pb": helper.make_tensor("ids", TensorProto.INT64, (2, 3), arrays["i64"].flatten()),
        "half.pb": helper.make_tensor("image", TensorProto.FLOAT16, (2, 3), arrays["f16"].flatten()),
    }
    for name, tensor in tensors.items():
        (FOLDER / name).write_bytes(tensor.SerializeToString())
    described = {f"{name}.npy": describe(array) for name, array in arrays.items()}
    described |= {name: describe(numpy_helper.to_array(tensor)) for name, tensor in tensors.items()}
    (FOLDER / "arrays.json").write_text(json.dumps(described, indent=1) + "\n")


if __name__ == "__main__":
    main()
