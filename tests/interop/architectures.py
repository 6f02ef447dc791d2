"""
Builds the architectures of zoo/, saves each in every container, and says which tensors of each file are pruned by default.

    python architectures.py FOLDER [--all] [--only NAME,NAME] [--containers NAME,NAME]

FOLDER/oracle.json then holds one record a file:

    architecture, library, container
    file      its name; null where the container does not take the model: then `refused` says why
    weights   what is in: every name it has in the file, shape, axes, the SHA-256 of its elements after 50 % globally
              (absent where folding changes what global means)
    unjudged  names of tensors whose content is none of the model's: folded, or computed by the exporter
    lost      weights that are in, and found under no name
"""

import argparse
import hashlib
import json
import logging
import multiprocessing
import os
import re
import sys
from functools import partial
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent))
from zoo import language, nets, pictures  # noqa: E402, F401  (each adds its architectures)
from zoo.containers import by_content, by_value, containers, save  # noqa: E402
from zoo.contents import weights_by_content  # noqa: E402
from zoo.models import Architecture, Axes, architectures  # noqa: E402
from zoo.oracle import Weight, pruned_by_half, weights_of  # noqa: E402


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--all", action="store_true")
    arguments.add_argument("--only", default="")
    arguments.add_argument("--containers", default=",".join(containers))
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    logging.disable(logging.WARNING)
    only = set(filter(None, options.only.split(",")))
    chosen = [each for each in architectures if (each.name in only if only else options.all or each.quick)]
    save_all = partial(records_of, chosen=options.containers.split(","), folder=options.folder)
    with multiprocessing.get_context("fork" if hasattr(os, "fork") else None).Pool(min(4, os.cpu_count() or 1)) as pool:
        records = [record for records in pool.map(save_all, chosen, chunksize=1) for record in records]
    (options.folder / "oracle.json").write_text(json.dumps(records, indent=1))


def records_of(architecture: Architecture, chosen: list[str], folder: Path) -> list[dict]:
    records = []
    for container in chosen:
        if container in by_value and not (architecture.quick and architecture.library == "torch.nn"):
            continue
        # What one export does to a model (eval, wrapping, hooks) is not handed to the next.
        model, inputs = architecture.model()
        weights = weights_of(architecture, model)
        path = folder / f"{architecture.name}.{containers[container][1]}"
        record = {"architecture": architecture.name, "library": architecture.library, "container": container}
        # Before it is saved: torch.onnx.export may fold into the model that it is given.
        originals = [Weight(weight.keys, weight.tensor.clone(), weight.axes) for weight in weights]
        others = {
            key: tensor.detach().clone()
            for key, tensor in model.state_dict().items()
            if not any(key in weight.keys for weight in weights) and not re.fullmatch(architecture.routers, key)
        }
        refused = save(container, model, inputs, path)
        if refused:
            records.append(record | {"file": None, "refused": refused})
        elif container in by_content:
            records.append(record | {"file": path.name} | weights_by_content(path, originals, others))
        else:
            records.append(record | {"file": path.name, "weights": weights_by_name(originals, container)})
    return records


def weights_by_name(weights: list[Weight], container: str) -> list[dict]:
    prefix = "state_dict." if container == "nested" else ""
    return [
        {
            "names": [prefix + key for key in weight.keys],
            "shape": list(weight.tensor.shape),
            "axes": axes_record(weight.axes),
            "pruned": hashlib.sha256(pruned.contiguous().numpy().tobytes()).hexdigest(),
        }
        for weight, pruned in zip(weights, pruned_by_half(weights))
    ]


def axes_record(axes: Axes) -> dict:
    return {"outputs": axes.outputs, "inputs": axes.inputs} | ({"copies": axes.copies} if axes.copies else {})


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
