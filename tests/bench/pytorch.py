"""The same steps in PyTorch: load, prune half of all conv and linear weights globally, make it permanent, save; and,
beside that job, a threshold, a quarter of the filters, and 2:4.

    python pytorch.py in.safetensors out.pth

Prints one JSON object with milliseconds per step. Threads: PyTorch's default, one a core.
"""

import json
import sys
import time
from contextlib import contextmanager

import torch
from safetensors.torch import load_file
from torch.nn.utils import prune

milliseconds: dict[str, float] = {}


@contextmanager
def timed(step: str):
    start = time.perf_counter()
    yield
    milliseconds[step] = 1000 * (time.perf_counter() - start)


def is_pruned(name: str, tensor: torch.Tensor) -> bool:
    """What Secateur prunes by default: no embeddings."""
    return tensor.dim() >= 2 and not name.startswith(("wte", "wpe"))


def modules_of(state: dict[str, torch.Tensor]) -> dict[str, torch.nn.Module]:
    modules = {}
    for name, tensor in state.items():
        if is_pruned(name, tensor):
            modules[name] = torch.nn.Module()
            modules[name].register_parameter("weight", torch.nn.Parameter(tensor, requires_grad=False))
    return modules


class ThresholdPruning(prune.BasePruningMethod):
    PRUNING_TYPE = "unstructured"

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold

    def compute_mask(self, t, default_mask):
        return default_mask * (torch.abs(t) > self.threshold)


def keep_two_of_four(weight: torch.Tensor) -> torch.Tensor:
    inputs = weight.movedim(1, -1)
    if inputs.shape[-1] % 4:
        return weight
    fours = inputs.reshape(-1, 4)
    mask = torch.ones_like(fours)
    mask.scatter_(1, fours.abs().topk(2, dim=1, largest=False).indices, 0)
    return (fours * mask).reshape(inputs.shape).movedim(-1, 1)


def main(source: str, target: str) -> None:
    with timed("total"):
        with timed("load"):
            state = load_file(source)
        modules = modules_of(state)
        parameters = [(module, "weight") for module in modules.values()]
        with timed("prune"):
            prune.global_unstructured(parameters, pruning_method=prune.L1Unstructured, amount=0.5)
        with timed("remove"):
            for module, name in parameters:
                prune.remove(module, name)
        with timed("save"):
            torch.save({k: modules[k].weight.data if k in modules else v for k, v in state.items()}, target)
    del modules, parameters

    with timed("threshold"):
        for module in modules_of(state).values():
            ThresholdPruning.apply(module, "weight", threshold=0.0123)
    with timed("structured"):
        for module in modules_of(state).values():
            prune.ln_structured(module, "weight", amount=0.25, n=2, dim=0)
    with timed("pattern"):
        for module in modules_of(state).values():
            keep_two_of_four(module.weight)

    print(json.dumps(milliseconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
