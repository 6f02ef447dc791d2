"""What NumPy and torch read from files whose weights were compressed, before and after: SHA-256 and what is not zero.

    python compressed.py answer.json file...
"""

import hashlib
import json
import sys
import zipfile

import numpy as np
import torch


def read(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None, f"{path} has a wrong checksum"
    if path.endswith(".npz"):
        with np.load(path) as arrays:
            return {name: arrays[name] for name in arrays.files}
    loaded = torch.load(path, weights_only=True, mmap=path.endswith("-pruned.pt"))
    return {name: tensor.numpy() for name, tensor in loaded.items() if tensor.dtype == torch.float32}


def main():
    answer, *paths = sys.argv[1:]
    found = [
        {
            name: {
                "sha256": hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest(),
                "kept": "".join(str(int(bit)) for bit in (array != 0).flatten()),
            }
            for name, array in read(path).items()
        }
        for path in paths
    ]
    with open(answer, "w") as file:
        json.dump(found, file)


main()
