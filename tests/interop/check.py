"""Holds pruned files against what the real libraries make of the originals.

    python check.py jobs.json reports.json

`jobs.json` is a list of jobs as exports.ts describes them; the report of each is its list of problems, one sentence each.
"""

import json
import sys
import traceback
import warnings
import zipfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from codes import coded_weights, with_zeros
from onnx import numpy_helper
from readers import Tensors, read_tensors, walk_model
from safetensors import safe_open
from torch import nn
from torch.nn.utils import prune


def check(job: dict) -> list[str]:
    original, export = Path(job["original"]), Path(job["export"])
    before = read_tensors(original, job["format"])
    after = read_tensors(export, job["format"])
    pruned = job["pruned"]
    problems = check_bytes(original, export, job["changeable"])
    problems += check_listing(before, job["tensors"])
    problems += check_untouched(before, after, set(pruned) | set(job["aliases"]))
    problems += check_pruned(
        torch.cat([before[name].flatten() for name in pruned]),
        torch.cat([after[name].flatten() for name in pruned]),
        torch.cat([tensor.flatten() for tensor in prune_with_pytorch([before[name] for name in pruned], job["amount"])]),
    )
    zeros = sum(int((after[name] == 0).sum()) for name in pruned)
    if zeros != job["zeros"]:
        problems.append(f"Secateur counted {job['zeros']} zeros, there are {zeros}")
    match job["format"]:
        case "PyTorch zip" | "TorchScript":
            problems += check_zip(original, export)
        case "safetensors":
            problems += check_metadata(original, export)
        case "ONNX":
            problems += check_graph(original, export, after, pruned)
    return problems


def check_bytes(original: Path, export: Path, changeable: list[list[int]]) -> list[str]:
    """Outside the pruned tensors and their checksums, every byte is the original's."""
    before, after = np.fromfile(original, np.uint8), np.fromfile(export, np.uint8)
    if len(before) != len(after):
        return [f"{len(after)} bytes instead of {len(before)}"]
    changed = before != after
    for start, end in changeable:
        changed[start:end] = False
    return [f"byte {changed.argmax()} changed, and {changed.sum() - 1} others outside the pruned tensors"] if changed.any() else []


def check_listing(loaded: Tensors, listed: list[dict]) -> list[str]:
    """Secateur lists the tensors that the library loads, as it loads them."""
    theirs = {(name, tuple(tensor.shape)) for name, tensor in loaded.items()}
    ours = {(tensor["name"], tuple(tensor["shape"])) for tensor in listed}
    return [f"not listed: {name} {shape}" for name, shape in sorted(theirs - ours)] + [
        f"listed, but not in the file: {name} {shape}" for name, shape in sorted(ours - theirs)
    ]


def check_untouched(before: Tensors, after: Tensors, pruned: set[str]) -> list[str]:
    if list(before) != list(after):
        return ["the names of the tensors changed"]
    return [f"{name} changed" for name in before if name not in pruned and not identical(before[name], after[name])]


def identical(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Bit for bit: NaN equals itself, -0 is not 0."""
    return a.dtype == b.dtype and a.shape == b.shape and a.stride() == b.stride() and raw_bytes(a) == raw_bytes(b)


def raw_bytes(tensor: torch.Tensor) -> bytes:
    return tensor.detach().contiguous().flatten().view(torch.uint8).numpy().tobytes()


def prune_with_pytorch(tensors: list[torch.Tensor], amount: dict) -> list[torch.Tensor]:
    if "threshold" in amount:
        zero = torch.zeros(())
        return [torch.where(torch.abs(w) <= amount["threshold"], zero.to(w.dtype), w) for w in tensors]
    holders = []
    for tensor in tensors:
        holder = nn.Module()
        holder.weight = nn.Parameter(tensor.detach().clone(memory_format=torch.contiguous_format))
        holders.append(holder)
    prune.global_unstructured(
        [(holder, "weight") for holder in holders], pruning_method=prune.L1Unstructured, amount=amount["sparsity"]
    )
    return [holder.weight.detach() for holder in holders]


def check_pruned(original: torch.Tensor, export: torch.Tensor, expected: torch.Tensor) -> list[str]:
    """Equal by value. Among weights of one magnitude at the cut, PyTorch's topk may pick others, but as many."""
    different = (export != expected) & ~(export.isnan() & expected.isnan())
    if not different.any():
        return []
    cut = torch.abs(original[expected == 0]).max()
    tied = torch.abs(original) == cut
    wrong = int((different & ~tied).sum())
    if wrong > 0:
        return [f"{wrong} elements differ from PyTorch's"]
    if not ((export == 0) | (export == original))[tied].all():
        return [f"a weight of magnitude {cut} at the cut became something else than zero"]
    ours, theirs = int((export[tied] == 0).sum()), int((expected[tied] == 0).sum())
    return [f"{ours} of {int(tied.sum())} weights at the cut {cut} are zero instead of {theirs}"] if ours != theirs else []


def check_zip(original: Path, export: Path) -> list[str]:
    """Python's zipfile verifies the directory's checksums, strict readers also those beside the entries."""
    problems = []
    with zipfile.ZipFile(original) as before, zipfile.ZipFile(export) as after:
        if before.testzip() is None and (damaged := after.testzip()) is not None:
            problems.append(f"the checksum of {damaged} is wrong")
        data = export.read_bytes()
        for entry in after.infolist():
            stored = local_checksum(data, entry)
            if stored not in (0, entry.CRC):
                problems.append(f"the checksum beside {entry.filename} is not the directory's")
    return problems


def local_checksum(data: bytes, entry: zipfile.ZipInfo) -> int:
    """From the data descriptor behind the entry (flag bit 3), or from its local header."""
    at = entry.header_offset
    if not entry.flag_bits & 8:
        return int.from_bytes(data[at + 14 : at + 18], "little")
    name_length = int.from_bytes(data[at + 26 : at + 28], "little")
    extra_length = int.from_bytes(data[at + 28 : at + 30], "little")
    descriptor = at + 30 + name_length + extra_length + entry.compress_size
    if data[descriptor : descriptor + 4] == b"PK\x07\x08":
        descriptor += 4
    return int.from_bytes(data[descriptor : descriptor + 4], "little")


def check_metadata(original: Path, export: Path) -> list[str]:
    with safe_open(original, framework="pt") as before, safe_open(export, framework="pt") as after:
        return [] if before.metadata() == after.metadata() else ["the metadata changed"]


def check_graph(original: Path, export: Path, after: Tensors, pruned: list[str]) -> list[str]:
    """The export is as valid as the original, and computes what the original does with the same weights zeroed by numpy."""
    problems = []
    if is_valid(original) and not is_valid(export):
        problems.append("onnx.checker refuses it")
    zeroed = onnx.load(original)
    coded = coded_weights(zeroed)
    for name, proto in walk_model(zeroed):
        if name in pruned and name in coded:
            codes, _, zeros = coded[name]
            with_zeros(codes, (after[name] != 0).numpy(), zeros)
        elif name in pruned and isinstance(proto, onnx.SparseTensorProto):
            array, places = numpy_helper.to_array(proto.values).copy(), numpy_helper.to_array(proto.indices)
            kept = after[name].numpy()
            array[(kept[tuple(places.T)] if places.ndim > 1 else kept.flatten()[places]) == 0] = 0
            proto.values.CopyFrom(numpy_helper.from_array(array, proto.values.name))
        elif name in pruned:
            array = numpy_helper.to_array(proto).copy()
            array[(after[name] == 0).numpy()] = 0
            proto.CopyFrom(numpy_helper.from_array(array, proto.name))
    expected, found = run_graph(zeroed.SerializeToString()), run_graph(str(export))
    if not all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in zip(expected, found, strict=True)):
        problems.append("ONNX Runtime computes other outputs than with the weights zeroed by numpy")
    return problems


def is_valid(path: Path) -> bool:
    try:
        onnx.checker.check_model(str(path), full_check=True)
        return True
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError):
        return False


def run_graph(model: str | bytes) -> list[np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(1)
    feeds = {}
    for feed in session.get_inputs():
        shape = [size if isinstance(size, int) else 1 for size in feed.shape]
        is_index = feed.type == "tensor(int64)"
        feeds[feed.name] = random.integers(0, 2, shape) if is_index else random.random(shape, dtype=np.float32)
    return session.run(None, feeds)


def main() -> None:
    warnings.filterwarnings("ignore")
    jobs, reports = Path(sys.argv[1]), Path(sys.argv[2])
    results = []
    for job in json.loads(jobs.read_text()):
        try:
            results.append(check(job))
        except Exception:  # One file that the libraries refuse must not hide the others.
            results.append([traceback.format_exc()])
    reports.write_text(json.dumps(results))


if __name__ == "__main__":
    main()
