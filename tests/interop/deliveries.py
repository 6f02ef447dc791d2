"""Holds masks, reparametrised and permanent state dicts, gzip and sparse ONNX files against the pruned file itself.

    python deliveries.py jobs.json reports.json

Jobs are as deliveries.ts describes them; the report of each is its list of problems, one sentence each.
"""

import gzip
import zipfile
from pathlib import Path

import jobs
import numpy as np
import onnx
import onnxruntime
import torch
from readers import Tensors, read_tensors
from safetensors.torch import load_file
from torch import nn
from torch.nn.utils import prune

buffers = {"buffer", "integer"}


def check(job: dict) -> list[str]:
    before = read_tensors(Path(job["original"]), job["format"])
    plain = read_tensors(Path(job["plain"]), job["format"])
    checks = {
        "masks": check_masks,
        "reparametrised": check_reparametrised,
        "permanent": check_permanent,
        "gzip": check_gzip,
        "sparse-onnx": check_sparse,
    }
    problems = []
    for kind, path in job["files"].items():
        problems += [f"{kind}: {problem}" for problem in checks[kind](job, Path(path), before, plain)]
    return problems


def full_name(tensor: dict) -> str:
    return f"{tensor['container']}.{tensor['key']}" if tensor["container"] else tensor["key"]


def check_masks(job: dict, path: Path, before: Tensors, plain: Tensors) -> list[str]:
    masks = load_file(path)
    owners = [tensor for tensor in job["tensors"] if tensor["isIn"] and not tensor["isAlias"]]
    problems = []
    if set(masks) != {f"{tensor['name']}_mask" for tensor in owners}:
        problems.append(f"the names are {sorted(masks)}")
    taken = 0
    for tensor in owners:
        mask, name = masks[f"{tensor['name']}_mask"], full_name(tensor)
        if mask.dtype != torch.uint8 or mask.shape != before[name].shape:
            problems.append(f"the mask of {name} is {mask.dtype} {tuple(mask.shape)}")
        elif not same(masked(before[name], mask), plain[name]):
            problems.append(f"{name} by its mask is not as it was pruned")
        taken += int((mask == 0).sum())
    return problems + ([f"{taken} weights are masked instead of {job['chosen']}"] if taken != job["chosen"] else [])


def masked(weight: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return torch.where(mask == 0, torch.zeros((), dtype=weight.dtype), weight)


def same(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and bool(((a == b) | (a.isnan() & b.isnan())).all())


def load(path: Path, file_format: str) -> dict:
    return load_file(path) if file_format == "safetensors" else torch.load(path, weights_only=True)


def check_reparametrised(job: dict, path: Path, before: Tensors, plain: Tensors) -> list[str]:
    tensors = [tensor for tensor in job["tensors"] if tensor["kind"] != "optimizer"]
    if len({tensor["container"] for tensor in tensors}) > 1:
        return check_apart(job, path, tensors)
    state = load(path, job["format"])
    problems = zip_problems(path, job["format"])
    for tensor in tensors:
        key, name = tensor["key"], full_name(tensor)
        if not tensor["isIn"]:
            if key not in state or not same(state[key], before[name]):
                problems.append(f"{key} is missing or changed")
            continue
        orig, mask = state[f"{key}_orig"], state[f"{key}_mask"]
        if not same(orig, before[name]) or mask.dtype != orig.dtype or mask.shape != orig.shape:
            problems.append(f"the pair of {key} is not the weight and a mask of its dtype")
        elif not same(orig * mask, plain[name]) and orig.isfinite().all():
            problems.append(f"{key}_orig * {key}_mask is not what was pruned")
        # A view has a view of its owner's mask.
        if not tensor["isAlias"] and job["format"] != "safetensors" and mask.numel() > 1 and mask.stride() != torch.ones_like(orig).stride():
            problems.append(f"{key}_mask has the strides {mask.stride()}")
    module = module_of(tensors, before)
    try:
        module.load_state_dict(state, strict=True)
    except RuntimeError as error:
        return [*problems, str(error)]
    if job["format"] != "safetensors" and list(module.state_dict()) != list(state):
        problems.append(f"the order is {list(state)}, torch's {list(module.state_dict())}")
    return problems


def module_of(tensors: list[dict], before: Tensors) -> nn.Module:
    """A module with these tensors, its pruned ones prepared by prune.identity."""
    root = nn.Module()
    pruned = []
    for tensor in tensors:
        *path, leaf = tensor["key"].split(".")
        module = root
        for part in path:
            if part not in module._modules:
                module._modules[part] = nn.Module()
            module = module._modules[part]
        value = before[full_name(tensor)].clone()
        if tensor["kind"] in buffers:
            module.register_buffer(leaf, value)
        else:
            module.register_parameter(leaf, nn.Parameter(value, requires_grad=False))
        if tensor["isIn"]:
            pruned.append((module, leaf))
    for module, leaf in pruned:
        prune.identity(module, leaf)
    return root


def check_apart(job: dict, path: Path, tensors: list[dict]) -> list[str]:
    """Several state dicts stay several."""
    state = load(path, job["format"])
    missing = []
    for tensor in tensors:
        keys = [f"{tensor['key']}_orig", f"{tensor['key']}_mask"] if tensor["isIn"] else [tensor["key"]]
        there = state if tensor["container"] == "" else state.get(tensor["container"], {})
        missing += [key for key in keys if key not in there]
    return [f"missing: {missing}"] if missing else []


def zip_problems(path: Path, file_format: str) -> list[str]:
    if file_format == "safetensors":
        return []
    with zipfile.ZipFile(path) as archive:
        damaged = archive.testzip()
        aligned = all(data_offset(path, entry) % 64 == 0 for entry in archive.infolist())
    torch.load(path, weights_only=True, mmap=True)
    return ([f"the checksum of {damaged} is wrong"] if damaged else []) + ([] if aligned else ["records are not aligned"])


def data_offset(path: Path, entry: zipfile.ZipInfo) -> int:
    with open(path, "rb") as file:
        file.seek(entry.header_offset + 26)
        lengths = file.read(4)
    return entry.header_offset + 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")


def check_permanent(job: dict, path: Path, before: Tensors, plain: Tensors) -> list[str]:
    tensors = [tensor for tensor in job["tensors"] if tensor["kind"] != "optimizer"]
    if len({tensor["container"] for tensor in tensors}) > 1:
        return []
    state = load(path, job["format"])
    problems = zip_problems(path, job["format"])
    if set(state) != {tensor["key"] for tensor in tensors}:
        problems.append(f"the keys are {list(state)}")
    return problems + [
        f"{tensor['key']} is not what was pruned"
        for tensor in tensors
        if tensor["key"] in state and not same(state[tensor["key"]], plain[full_name(tensor)])
    ]


def check_gzip(job: dict, path: Path, before: Tensors, plain: Tensors) -> list[str]:
    return [] if gzip.decompress(path.read_bytes()) == Path(job["plain"]).read_bytes() else ["it holds another file"]


def check_sparse(job: dict, path: Path, before: Tensors, plain: Tensors) -> list[str]:
    dense = Path(job["plain"])
    problems = []
    if path.stat().st_size >= dense.stat().st_size:
        problems.append(f"{path.stat().st_size} bytes, and {dense.stat().st_size} without")
    model = onnx.load(path)
    if not model.graph.sparse_initializer:
        problems.append("nothing in it is sparse")
    onnx.checker.check_model(model)
    expected, outputs = run_graph(dense), run_graph(path)
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(expected, outputs, strict=True)):
        problems.append("ONNX Runtime gives other outputs")
    return problems


def run_graph(path: Path) -> list[np.ndarray]:
    onnxruntime.set_default_logger_severity(4)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(0)
    feed = {}
    for node in session.get_inputs():
        shape = [size if isinstance(size, int) else 1 for size in node.shape]
        feed[node.name] = generator.standard_normal(shape).astype(np.float32)
    return session.run(None, feed)


jobs.run(check)
