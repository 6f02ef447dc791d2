"""Holds exports of repaired models against the values that they were repaired with, in every form that they come in.

    python repair.py jobs.json reports.json

A job has the paths `original`, `pruned` (Secateur's export without the repair), `plain` (with it), `side` (the file of the
values) and `forms` (further exports, by kind), the `format`, two scripts (`script`, and `between` of a recipe that repairs
between its steps), full names of the tensors that rules decide for (`decided`), and for each repaired tensor its name in
the side file and its full names (`repaired`).
"""

import contextlib
import gzip
import io
import sys
import types
from pathlib import Path

import jobs
import onnx
import onnxruntime
import torch
from readers import read_tensors
from safetensors.torch import load_file


def check(job: dict) -> list[str]:
    read = lambda path: read_tensors(Path(path), job["format"])
    original, plain, side = read(job["original"]), read(job["plain"]), load_file(job["side"])
    values = {full: side[name] for name, *names in job["repaired"] for full in names[:1]}
    touched = {full for _, *names in job["repaired"] for full in names} | set(job["decided"])
    problems = differences("the export", {**original, **values}, plain, lambda name: name in values or name not in touched)
    if Path(job["plain"]).stat().st_size != Path(job["original"]).stat().st_size:
        problems.append("the export has another size")
    if job["format"] == "ONNX":
        onnx.checker.check_model(job["plain"])
        onnxruntime.InferenceSession(job["plain"], providers=["CPUExecutionProvider"])
    for kind, path in job["forms"].items():
        problems += forms[kind](job, path, plain)
    return problems + check_scripts(job, read)


def check_scripts(job: dict, read) -> list[str]:
    output = str(Path(job["folder"]) / f"script-{job['name']}")
    problems = []
    said = run(job["script"], [job["original"], output, "--repair", job["side"]])
    if said:
        problems.append(f"the script said {said!r}")
    problems += differences("the script", read(job["plain"]), read(output))
    said = run(job["script"], [job["original"], output])
    if "Prunes only" not in said:
        problems.append(f"without values the script said {said!r}")
    problems += differences("the script without values", read(job["pruned"]), read(output))
    run(job["between"], [job["original"], output, "--repair", job["side"]])
    problems += differences("the script of rounds", read(job["plain"]), read(output))
    try:
        run(job["between"], [job["original"], output])
        problems.append("the script of rounds did not refuse to go without values")
    except SystemExit:
        pass
    try:
        other = Path(job["folder"]) / "other.safetensors"
        content = bytearray(Path(job["side"]).read_bytes())
        content[-1] ^= 1
        other.write_bytes(content)
        run(job["script"], [job["original"], output, "--repair", str(other)])
        problems.append("the script took other values")
    except SystemExit as refusal:
        if "does not hold the repaired weights of this recipe" not in str(refusal):
            problems.append(f"other values: {refusal}")
    return problems


def run(script: str, arguments: list[str]) -> str:
    module = types.ModuleType("script")
    module.__file__ = "prune.py"
    said = io.StringIO()
    sys.argv = ["prune.py", *arguments]
    with contextlib.redirect_stderr(said):
        exec(compile(script, "prune.py", "exec"), module.__dict__)
        module.main()
    return said.getvalue()


def check_masks(job: dict, path: str, plain: dict) -> list[str]:
    masks = load_file(path)
    problems = [] if len(masks) == len(job["decided"]) else [f"{len(masks)} masks of {len(job['decided'])} tensors"]
    for full in job["decided"]:
        found = [masks[name] for name in (f"{full.removesuffix('_orig')}_mask", f"{key_of(full)}_mask") if name in masks]
        weight = plain[full]
        if len(found) != 1 or not torch.equal(found[0] != 0, (weight != 0) & (found[0] != 0)):
            problems.append(f"the mask of {full} keeps what is zero")
    return problems


def key_of(full: str) -> str:
    return full.split(".", 1)[-1].removesuffix("_orig")


def check_reparametrised(job: dict, path: str, plain: dict) -> list[str]:
    state = by_key(torch.load(path, weights_only=True) if job["format"].startswith("PyTorch") else load_file(path))
    problems = []
    for full, weight in plain.items():
        if full.endswith("_mask"):
            continue
        found = [key for key in (full, key_of(full)) if key in state or f"{key.removesuffix('_orig')}_orig" in state]
        if not found:
            continue
        key = found[0].removesuffix("_orig")
        tensor = state[f"{key}_orig"] * state[f"{key}_mask"] if f"{key}_orig" in state else state[key]
        other = weight * plain[f"{full.removesuffix('_orig')}_mask"] if full.endswith("_orig") else weight
        if not torch.equal(tensor.nan_to_num(), other.nan_to_num()):
            problems.append(f"the factors of {full} do not make it")
    return problems


def check_permanent(job: dict, path: str, plain: dict) -> list[str]:
    state = by_key(torch.load(path, weights_only=True))
    problems = []
    for name, tensor in by_key(plain).items():
        if name.endswith("_mask"):
            continue
        mask = by_key(plain).get(f"{name.removesuffix('_orig')}_mask")
        product = tensor if mask is None else tensor * mask
        if not torch.equal(state[name.removesuffix("_orig")], product):
            problems.append(f"{name} is not the product of its factors")
    return problems


def by_key(state: dict, path: str = "") -> dict:
    found = {}
    for key, value in state.items():
        name = f"{path}.{key}" if path else str(key)
        found |= by_key(value, name) if isinstance(value, dict) else {name: value}
    return found


def check_gzip(job: dict, path: str, plain: dict) -> list[str]:
    same = gzip.decompress(Path(path).read_bytes()) == Path(job["plain"]).read_bytes()
    return [] if same else ["compressed it is another file"]


def check_sparse(job: dict, path: str, plain: dict) -> list[str]:
    onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    sparse = read_tensors(Path(path), "ONNX")
    return [f"sparse, {name} differs" for name, tensor in plain.items() if not torch.equal(tensor, sparse[name])]


forms = {
    "masks": check_masks,
    "reparametrised": check_reparametrised,
    "permanent": check_permanent,
    "gzip": check_gzip,
    "sparse-onnx": check_sparse,
}


def differences(what: str, expected: dict, written: dict, concerns=lambda name: True) -> list[str]:
    if set(expected) != set(written):
        return [f"{what} has other names: {sorted(set(expected) ^ set(written))}"]
    return [f"{what}: {name} differs" for name in expected if concerns(name) and not identical(expected[name], written[name])]


def identical(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and raw_bytes(a) == raw_bytes(b)


def raw_bytes(tensor: torch.Tensor) -> bytes:
    return tensor.detach().contiguous().flatten().view(torch.uint8).numpy().tobytes()


jobs.run(check)
