"""Live torch.nn.utils.prune on layers of real models, in every dtype: what tests/golden/methods.py does to made-up ones.

    python liveMethods.py cast paths.json folder      # layers of each checkpoint as safetensors, and as they were "earlier"
    python liveMethods.py check jobs.json reports.json

`paths.json` lists checkpoints with their formats, `folder/casts.json` the files made. A job names a file, its reference, a
recipe, the export of it and how many weights went of each tensor; its report is its list of problems, one sentence each.
"""

import json
import sys
import traceback
import warnings
from pathlib import Path

import numpy as np
import torch
from readers import read_tensors
from safetensors.torch import load_file, save_file

sys.path.append(str(Path(__file__).parent.parent / "golden"))
import methods  # noqa: E402

# Python's loops over single strips and rows set the limit.
layers_per_model = 3
most_elements = 20_000


def layers_of(path: Path, file_format: str) -> dict[str, torch.Tensor]:
    """The largest weights that are not too large, of different numbers of dimensions first."""
    tensors = {name: tensor for name, tensor in read_tensors(path, file_format).items() if name.endswith("weight")}
    fitting = {
        name: tensor
        for name, tensor in tensors.items()
        if tensor.is_floating_point() and tensor.dim() >= 2 and 64 <= tensor.numel() <= most_elements
    }
    ordered = sorted(fitting, key=lambda name: -fitting[name].numel())
    first = {fitting[name].dim(): name for name in reversed(ordered)}
    chosen = [*first.values(), *(name for name in ordered if name not in first.values())][:layers_per_model]
    return {name: fitting[name].detach().contiguous() for name in fitting if name in chosen}


def cast(paths: list[dict], folder: Path) -> list[dict]:
    made = []
    for at, about in enumerate(paths):
        layers = layers_of(Path(about["path"]), about["format"])
        if not layers:
            continue
        generator = torch.Generator().manual_seed(at)
        noise = {name: 1 + 0.3 * torch.randn(layers[name].shape, generator=generator) for name in layers}
        for token, dtype in methods.dtypes.items():
            now, earlier = folder / f"{at}-{token}.safetensors", folder / f"{at}-{token}-earlier.safetensors"
            save_file({name: tensor.to(dtype) for name, tensor in layers.items()}, now)
            save_file({name: (tensor * noise[name]).to(dtype) for name, tensor in layers.items()}, earlier)
            made.append({"path": about["path"], "dtype": token, "now": str(now), "earlier": str(earlier)})
    return made


def check(job: dict) -> list[str]:
    weights, earlier, after = (load_file(job[key]) for key in ("now", "earlier", "export"))
    # Safetensors says nothing of kinds: outputs come first.
    methods.layers = {name: ("conv", 0, tuple(tensor.shape)) for name, tensor in weights.items()}
    activations = {name: torch.ones(tensor.shape[1]) for name, tensor in weights.items()}
    answer = methods.answer(job["recipe"], (weights, earlier, activations))
    decided = set(job["decided"])
    if decided != set(answer["keeps"]):
        return [f"decided for {sorted(decided)} instead of {sorted(answer['keeps'])}"]
    problems, chosen = [], 0
    for name, bits in answer["keeps"].items():
        before, ours = weights[name].flatten(), after[name].flatten()
        kept = torch.from_numpy(np.unpackbits(np.frombuffer(methods.base64.b64decode(bits), np.uint8))[: len(before)])
        gone = kept == 0
        wrong = (ours != 0) & (ours != before)
        if wrong.any():
            problems.append(f"{int(wrong.sum())} weights of {name} are neither theirs nor zero")
        # Zeros that go and zeros that stay look the same.
        here, there = (ours == 0)[before != 0], gone[before != 0]
        chosen += int(gone.sum())
        if (here != there).any() and not answer.get("tied") and not is_near_tie(job, name, weights, earlier, here, there):
            problems.append(f"{int((here != there).sum())} weights of {name} differ from PyTorch's")
    if chosen != sum(job["decided"].values()):
        problems.append(f"{sum(job['decided'].values())} weights went instead of {chosen}")
    return problems


def is_near_tie(job: dict, name: str, weights: dict, earlier: dict, here: torch.Tensor, there: torch.Tensor) -> bool:
    """Torch sums norms up in its dtype: two that differ by their last digits may come out in another order."""
    rules = job["recipe"].get("rules", [])
    if len(rules) != 1 or rules[0]["granularity"] == "weight" or "n" in rules[0]["granularity"]:
        return False
    tensor = methods.Pruned(name, weights[name], earlier[name], torch.ones(weights[name].shape[1]))
    numbers, scores = tensor.scores(rules[0])
    of_weight = dict(zip(numbers.tolist(), scores.tolist(), strict=True))
    nonzero = (weights[name].flatten() != 0).numpy()
    groups = tensor.groups(rules[0]["granularity"])[nonzero]
    swapped = np.array([of_weight[group] for group in np.unique(groups[(here != there).numpy()])])
    resolution = 8 * torch.finfo(weights[name].dtype).eps
    return bool(np.ptp(swapped) <= resolution * np.abs(swapped).max())


def main() -> None:
    warnings.filterwarnings("ignore")
    command, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if command == "cast":
        (target / "casts.json").write_text(json.dumps(cast(json.loads(source.read_text()), target)))
        return
    reports = []
    for job in json.loads(source.read_text()):
        try:
            reports.append(check(job))
        except Exception:
            reports.append([traceback.format_exc()])
    target.write_text(json.dumps(reports))


if __name__ == "__main__":
    main()
