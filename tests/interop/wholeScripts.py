"""Runs generated scripts on files and compares every tensor that they write with Secateur's export, bit for bit.

    python wholeScripts.py jobs.json reports.json

A job has the `script` and the path `at` which it is saved (norms of inputs may lie beside it), the paths `original`,
`plain` (Secateur's export) and `output`, the `format`, and `shards`: how many files the checkpoint is to be split into
first (safetensors only).
"""

import contextlib
import io
import json
import sys
import types
from pathlib import Path

import jobs
import torch
from readers import read_tensors
from safetensors import safe_open
from safetensors.torch import load_file, save_file


def check(job: dict) -> list[str]:
    original, output = Path(job["original"]), Path(job["output"])
    if job.get("shards"):
        return check_shards(job, original, output)
    try:
        run(job, [original, output])
    except SystemExit as refusal:
        if "--trust-code" not in str(refusal):
            raise
        try:
            run(job, [original, output, "--trust-code"])
        except (ModuleNotFoundError, AttributeError):
            return []  # Its classes are not here.
    return differences(read_tensors(Path(job["plain"]), job["format"]), read_tensors(output, job["format"]))


def check_shards(job: dict, original: Path, output: Path) -> list[str]:
    """Split into shards with an index, pruned shard by shard, once alone and once by way of (what looks like) Ray."""
    tensors = load_file(original)
    source = output / "in"
    source.mkdir(parents=True)
    names = sorted(tensors)
    files = {name: f"model-{i % job['shards'] + 1:05}-of-{job['shards']:05}.safetensors" for i, name in enumerate(names)}
    for file in set(files.values()):
        shard = {name: tensors[name] for name in names if files[name] == file}
        save_file(shard, source / file, metadata={"format": "pt"})
    index = source / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": files}))
    sys.modules["ray"] = stand_in_for_ray()
    problems = []
    for name, options in (("alone", []), ("ray", ["--ray"])):
        run(job, [index, output / name, *options])
        written = {}
        for file in set(files.values()):
            written |= load_file(output / name / file)
            with safe_open(output / name / file, framework="pt") as shard:
                if shard.metadata() != {"format": "pt"}:
                    problems.append(f"the metadata is {shard.metadata()}")
        if (output / name / index.name).read_text() != index.read_text():
            problems.append("the index changed")
        problems += differences(load_file(job["plain"]), written)
    return problems


def stand_in_for_ray() -> types.ModuleType:
    """What Ray does with functions, without a cluster: arguments and results are copies."""
    ray = types.ModuleType("ray")
    ray.is_initialized = lambda: False
    ray.init = lambda: None
    ray.remote = lambda work: types.SimpleNamespace(remote=work)
    ray.get = lambda results: results
    return ray


def run(job: dict, arguments: list) -> None:
    module = types.ModuleType("script")
    module.__file__ = job["at"]
    sys.argv = ["prune.py", *map(str, arguments)]
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(job["script"], "prune.py", "exec"), module.__dict__)
        module.main()


def differences(expected: dict, written: dict) -> list[str]:
    if set(expected) != set(written):
        return [f"other names: {sorted(set(expected) ^ set(written))}"]
    return [f"{name} differs" for name in expected if not identical(expected[name], written[name])]


def identical(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and raw_bytes(a) == raw_bytes(b)


def raw_bytes(tensor: torch.Tensor) -> bytes:
    return tensor.detach().contiguous().flatten().view(torch.uint8).numpy().tobytes()


jobs.run(check)
