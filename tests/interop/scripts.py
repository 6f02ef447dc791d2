"""Runs generated scripts on tensors in memory and compares their masks with Secateur's.

    python scripts.py jobs.json reports.json

A job has the `script`, and `tensors` by name: dtype, shape, `bytes`, `reference` and `activations` (base64), `goes`
(a list of 0 and 1). Its report is a list of problems, one sentence each.
"""

import base64
import types

import jobs
import torch

dtypes = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def tensor_of(text: str, dtype: str, shape: list[int]) -> torch.Tensor:
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=dtypes[dtype]).view(shape)


def check(job: dict) -> list[str]:
    module = types.ModuleType("script")
    exec(compile(job["script"], "prune.py", "exec"), module.__dict__)
    named = {name: about for name, about in job["tensors"].items() if name in module.NAMES}
    weights = {name: tensor_of(each["bytes"], each["dtype"], each["shape"]) for name, each in named.items()}
    before = {name: weight.clone() for name, weight in weights.items()}
    arguments = [weights]
    if "--reference" in job["script"]:
        arguments.append({name: tensor_of(each["reference"], each["dtype"], each["shape"]) for name, each in named.items()})
    if "--norms" in job["script"]:
        arguments.append({name: tensor_of(named[name]["activations"], "F32", [-1]) for name in module.NORMS})
    module.prune_weights(*arguments)
    problems = [f"{name} is not pruned" for name in job["tensors"] if name not in named and any(job["tensors"][name]["goes"])]
    for name, weight in weights.items():
        expected = before[name].clone()
        goes = torch.tensor(named[name]["goes"], dtype=torch.bool).view(weight.shape)
        expected[goes] = 0
        wrong = raw(weight) != raw(expected)
        if wrong.any():
            problems.append(f"{name}: {int(wrong.sum())} of {int(goes.sum())} to go")
    return problems


def raw(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.contiguous().view(torch.uint8)


jobs.run(check)
