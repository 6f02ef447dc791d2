"""Writes a small model as shards with an index, as huggingface_hub writes large ones: safetensors, and files of torch.save.

    python tests/golden/shards.py

`files/shards/safetensors` and `files/shards/torch` are the folders; `expected.json` has the SHA-256 of every tensor's bytes, and
which elements torch.nn.utils.prune keeps (1) when it prunes half of all convolution and linear weights together.
"""

import hashlib
import json
import shutil
from pathlib import Path

import torch
from huggingface_hub import save_torch_state_dict
from torch import nn
from torch.nn.utils import prune

folder = Path(__file__).parent / "files" / "shards"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3)
        self.norm = nn.BatchNorm2d(8)
        self.embed = nn.Embedding(12, 16)
        self.layers = nn.ModuleList([nn.Linear(16, 16) for _ in range(3)])
        self.head = nn.Linear(16, 10)


def main():
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(17)
    net = Net()
    state = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    for kind, safe in (("safetensors", True), ("torch", False)):
        (folder / kind).mkdir(parents=True)
        save_torch_state_dict(state, folder / kind, max_shard_size=1500, safe_serialization=safe)
    layers = [module for module in net.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    names = [name for name, module in net.named_modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    prune.global_unstructured([(module, "weight") for module in layers], prune.L1Unstructured, amount=0.5)
    kept = {
        f"{name}.weight": "".join(str(int(bit)) for bit in module.weight_mask.flatten())
        for name, module in zip(names, layers)
    }
    tensors = {name: hashlib.sha256(tensor.numpy().tobytes()).hexdigest() for name, tensor in state.items()}
    (folder / "expected.json").write_text(json.dumps({"tensors": tensors, "kept": kept}, indent=1) + "\n")


main()
