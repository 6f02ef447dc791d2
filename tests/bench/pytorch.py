"""The same job in PyTorch: load, prune half of all conv and linear weights globally, make it permanent, save.

    python pytorch.py in.safetensors out.pth

Prints one JSON object with seconds per step.
"""

import json
import sys
import time

import torch
from safetensors.torch import load_file
from torch.nn.utils import prune


def main(source: str, target: str) -> None:
    seconds = {}
    start = time.perf_counter()

    state = load_file(source)
    seconds["load"] = time.perf_counter() - start

    modules = []
    for tensor in state.values():
        if tensor.dim() >= 2:
            module = torch.nn.Module()
            module.register_parameter("weight", torch.nn.Parameter(tensor, requires_grad=False))
            modules.append(module)
    parameters = [(module, "weight") for module in modules]

    at = time.perf_counter()
    prune.global_unstructured(parameters, pruning_method=prune.L1Unstructured, amount=0.5)
    seconds["prune"] = time.perf_counter() - at

    at = time.perf_counter()
    for module, name in parameters:
        prune.remove(module, name)
    seconds["remove"] = time.perf_counter() - at

    at = time.perf_counter()
    pruned = iter(modules)
    torch.save({k: next(pruned).weight.data if v.dim() >= 2 else v for k, v in state.items()}, target)
    seconds["save"] = time.perf_counter() - at

    seconds["total"] = time.perf_counter() - start
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
