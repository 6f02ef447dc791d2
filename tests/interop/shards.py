"""What safetensors and torch read from the shards of a checkpoint: SHA-256 and zeros of every tensor, by name.

    python shards.py index.json answer.json
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

import torch
from safetensors.torch import load_file


def load(path):
    if path.suffix == ".safetensors":
        return load_file(path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None, f"{path.name} has a wrong checksum"
    return torch.load(path, weights_only=True)


def main():
    index, answer = Path(sys.argv[1]), Path(sys.argv[2])
    places = json.loads(index.read_text())["weight_map"]
    state = {}
    for name in sorted(set(places.values())):
        for key, tensor in load(index.parent / name).items():
            assert places[key] == name, key
            state[key] = tensor
    found = {
        name: {
            "sha256": hashlib.sha256(tensor.numpy().tobytes()).hexdigest(),
            "kept": "".join(str(int(bit)) for bit in (tensor != 0).flatten()),
        }
        for name, tensor in state.items()
    }
    answer.write_text(json.dumps(found))


main()
