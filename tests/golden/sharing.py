"""Checkpoints whose tensors share a storage, and what PyTorch makes of them where half of each weight is pruned.

    python tests/golden/sharing.py

Writes `files/pytorch/shared-NAME.pt` with its JSON (see pytorch.py), and in `files/sharing/` the same checkpoint pruned:
`NAME.pt`, and in `expected.json` which tensors were pruned (each for itself, by `l1_unstructured`) and which have other
values since, as PyTorch compares them.
"""

import json
import shutil
import zipfile
from pathlib import Path

import torch
from pytorch import folder, record, save, write_archive
from torch.nn.utils import prune

pruned_folder = Path(__file__).parent / "files" / "sharing"


def distinct(*shape, dtype=torch.float32):
    """No two magnitudes are equal: which of equal ones go is not what is asked here."""
    count = torch.Size(shape).numel()
    signs = torch.randint(0, 2, (count,)) * 2 - 1
    return ((torch.randperm(count) + 1) * signs).to(dtype).reshape(shape) / 8


def cases():
    """Name, state dict, the tensors that are pruned: weights that have no element in common."""
    q, k, v = torch.chunk(distinct(6, 12), 3, dim=1)
    yield "column-chunks", {"q.weight": q, "k.weight": k, "v.weight": v}, ["q.weight", "k.weight", "v.weight"]

    half = distinct(5, 14, dtype=torch.float16)
    columns = {"even_proj.weight": half[:, ::2], "odd_proj.weight": half[:, 1::2]}
    yield "every-second-column", columns, [*columns]

    # A kernel in the gaps of another, and what is between them in both.
    wide = distinct(8, 3, 3, 3)
    between = {"a.weight": wide[::2, :, 1:], "b.weight": wide[1::2, 1:], "c.weight": wide[::2, :2, 0]}
    yield "in-the-gaps", between, [*between]

    rows = distinct(10, 5)
    yield "overlapping-rows", {"first_fc.weight": rows[0:6], "second_fc.weight": rows[4:10]}, ["first_fc.weight"]

    flat = distinct(54)
    views = {
        "_flat_param": flat,
        "fc1.weight": flat[:24].view(4, 6),
        "fc1.bias": flat[24:28],
        "fc2.weight": flat[28:52].view(6, 4),
    }
    yield "flat-parameter", views, ["fc1.weight", "fc2.weight"]

    whole = distinct(12, 4)
    attention = {"q.weight": whole[:4], "in_proj.weight": whole, "head.weight": whole[:, 1:3]}
    yield "slices", attention, ["in_proj.weight"]

    # Biases say that they are linears.
    weight = distinct(6, 4)
    tied = {"encoder.weight": weight, "encoder.bias": torch.ones(6), "decoder.weight": weight}
    yield "tied", tied, ["encoder.weight"]
    weight = distinct(6, 4)
    transposed = {"encoder.weight": weight, "encoder.bias": torch.ones(6), "decoder.weight": weight.t()}
    yield "transposed-tie", {**transposed, "decoder.bias": torch.ones(4)}, ["encoder.weight"]

    lstm = torch.nn.LSTM(3, 2)
    lstm._parameters["_flat"] = torch.nn.Parameter(distinct(sum(p.numel() for p in lstm.parameters())))
    at = 0
    for name, parameter in [*lstm.named_parameters()][:-1]:
        parameter.data = lstm._flat.data[at : at + parameter.numel()].view(parameter.shape)
        at += parameter.numel()
    yield "recurrent", dict(lstm.state_dict()), ["weight_ih_l0", "weight_hh_l0"]


def pruned_by_torch(state, names):
    for name in names:
        tensor = state[name].data
        layer = torch.nn.Module()
        layer.weight = torch.nn.Parameter(tensor.clone())
        prune.l1_unstructured(layer, "weight", amount=0.5)
        # In place: whoever looks at the same elements sees it.
        tensor[layer.weight_mask == 0] = 0


def swapped(source, target):
    """The same archive as a big-endian machine writes it."""
    with zipfile.ZipFile(source) as archive:
        records = {info.filename.split("/", 1)[1]: archive.read(info) for info in archive.infolist()}
    data = records["data/0"]
    big = {"data.pkl": records["data.pkl"], "byteorder": b"big"}
    big["data/0"] = b"".join(data[at : at + 4][::-1] for at in range(0, len(data), 4))
    write_archive(target, big)


def main():
    shutil.rmtree(pruned_folder, ignore_errors=True)
    pruned_folder.mkdir(parents=True)
    torch.manual_seed(11)
    expected = {}
    for name, state, names in cases():
        variants = {f"shared-{name}.pt": {}}
        if name == "column-chunks":
            variants[f"shared-{name}-legacy.pt"] = {"_use_new_zipfile_serialization": False}
        for file, options in variants.items():
            save(file, state, **options)
        before = {key: value.clone() for key, value in state.items()}
        pruned_by_torch(state, names)
        for file, options in variants.items():
            torch.save(state, pruned_folder / file, **options)
            changed = [key for key, value in state.items() if not torch.equal(value, before[key])]
            expected[file] = {"pruned": names, "changed": changed}
        if name == "column-chunks":
            big = f"shared-{name}-big-endian.pt"
            swapped(folder / f"shared-{name}.pt", big)
            record(big)
            expected[big] = expected[f"shared-{name}.pt"]
            written = (folder / big).read_bytes()
            swapped(pruned_folder / f"shared-{name}.pt", big)
            (pruned_folder / big).write_bytes((folder / big).read_bytes())
            (folder / big).write_bytes(written)
    (pruned_folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
