"""Writes small checkpoints with the real PyTorch, and beside each a JSON of what PyTorch says is in it.

    python tests/golden/pytorch.py

`files/pytorch/NAME` is the checkpoint, `NAME.json` its tensors: the state dict they sit in, their key there, dtype, shape,
and the SHA-256 of their elements in order, little-endian (absent where no bytes of a storage are the elements).
"""

import argparse
import hashlib
import io
import json
import sys
import types
import zipfile
from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn

folder = Path(__file__).parent / "files" / "pytorch"

# Classes of a module that no reader can import.
elsewhere = types.ModuleType("somebody.elses.code")
for name in ("somebody", "somebody.elses"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["somebody.elses.code"] = elsewhere


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.PReLU(2))
        self.embed = nn.Embedding(5, 3)
        self.rnn = nn.LSTM(3, 2)
        self.head = nn.Linear(2, 3)
        self.register_buffer("table", torch.arange(6, dtype=torch.float32))
        self.plain = torch.ones(2)

    def forward(self, x):
        return self.head(self.features(x).mean((2, 3)))


class Settings:
    def __init__(self):
        self.rate = 0.1
        self.nothing = None


for cls in (Net, Settings):
    cls.__module__ = "somebody.elses.code"
    setattr(elsewhere, cls.__name__, cls)


tokens = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.float8_e4m3fn: "F8_E4M3", torch.float8_e5m2: "F8_E5M2",
    torch.float8_e4m3fnuz: "F8_E4M3FNUZ", torch.float8_e5m2fnuz: "F8_E5M2FNUZ", torch.float8_e8m0fnu: "F8_E8M0",
    torch.complex128: "C128", torch.complex64: "C64", torch.complex32: "C32",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8",
    torch.uint64: "U64", torch.uint32: "U32", torch.uint16: "U16", torch.uint8: "U8", torch.bool: "BOOL",
    torch.qint8: "QINT8", torch.quint8: "QUINT8", torch.qint32: "QINT32", torch.quint4x2: "QUINT4X2",
    torch.float4_e2m1fn_x2: "F4X2", torch.bits8: "OPAQUE", torch.bits16: "OPAQUE",
}  # fmt: skip


def walk(value, container="", key="", path="", inside=False):
    """(state dict, key, tensor) of every tensor, in a module by the names of its state dict."""

    def join(front, back):
        return f"{front}.{back}" if front else str(back)

    if isinstance(value, torch.Tensor):
        yield container, key or "tensor", value
        return
    if isinstance(value, nn.Module):
        if not inside:
            container, key = path, ""
        parts = [*value._parameters.items(), *value._buffers.items(), *value._modules.items()]
        parts += [(k, v) for k, v in vars(value).items() if isinstance(v, torch.Tensor)]
        for name, part in parts:
            yield from walk(part, container, join(key, name), join(path, name), True)
    elif isinstance(value, dict):
        if not inside:
            container, key = path, ""
        for name, part in value.items():
            if not inside and str(name).startswith("optimizer"):
                yield from walk(part, join(path, name), "", join(path, name), True)
            else:
                yield from walk(part, container, join(key, name), join(path, name), inside)
    elif isinstance(value, (list, tuple)):
        for i, part in enumerate(value):
            yield from walk(part, container, join(key, i), join(path, i), inside)
    elif isinstance(value, argparse.Namespace):
        yield from walk(vars(value), container, key, path, inside)


def describe(container, key, tensor):
    facts = {"container": container, "key": key, "dtype": tokens[tensor.dtype], "shape": list(tensor.shape)}
    data = elements(tensor)
    if data is not None:
        facts["sha256"] = hashlib.sha256(data).hexdigest()
    return facts


def elements(tensor):
    if tensor.layout != torch.strided or tensor.is_nested or tensor.is_meta or tensor.dtype == torch.quint4x2:
        return None
    tensor = tensor.detach()
    if tensor.is_quantized:
        tensor = tensor.int_repr()
    if tensor.numel() == 0:
        return b""
    # The storage's bytes by hand: not every dtype can be copied or viewed.
    width = tensor.element_size()
    raw = bytes(tensor.untyped_storage())
    offsets = torch.zeros((), dtype=torch.int64)
    for size, stride in zip(tensor.shape, tensor.stride()):
        offsets = offsets.unsqueeze(-1) + torch.arange(size) * stride
    offsets = (offsets.flatten() + tensor.storage_offset()) * width
    return b"".join(raw[offset : offset + width] for offset in offsets.tolist())


def record(name, value=None):
    """Says what PyTorch makes of the file."""
    if value is None:
        value = torch.load(folder / name, weights_only=False)
    tensors = [describe(*found) for found in walk(value)]
    (folder / f"{name}.json").write_text(json.dumps(tensors, indent=1) + "\n")


def save(name, value, **options):
    torch.save(value, folder / name, **options)
    record(name)


def records_of(name):
    with zipfile.ZipFile(folder / name) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def rezip(name, source, **options):
    """As a person does who unpacks an archive and packs it again."""
    with zipfile.ZipFile(folder / name, "w", **options) as archive:
        for record_name, data in records_of(source):
            info = zipfile.ZipInfo(record_name)  # of a fixed date
            info.compress_type = archive.compression
            archive.writestr(info, data)
    record(name)


def write_archive(name, records):
    """With PyTorch's own writer, which adds the version."""
    writer = torch._C.PyTorchFileWriter(str(folder / name))
    for record_name, data in records.items():
        writer.write_record(record_name, data, len(data))
    writer.write_end_of_file()


def main():
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    net = Net()
    state = net.state_dict()

    save("plain.pt", state)
    save("legacy.pt", state, _use_new_zipfile_serialization=False)
    save("legacy-protocol4.pt", state, _use_new_zipfile_serialization=False, pickle_protocol=4)
    for protocol in (3, 4, 5):
        save(f"protocol{protocol}.pt", state, pickle_protocol=protocol)
    with torch.utils.serialization.config.patch("save.compute_crc32", False):
        save("no-crc.pt", state)
    rezip("rezipped-stored.pt", "plain.pt")
    rezip("rezipped-deflated.pt", "plain.pt", compression=zipfile.ZIP_DEFLATED)

    # As PyTorch 1.6 to 2.0 wrote it: no byteorder, no .format_version, no .storage_alignment.
    plain = {name.split("/", 1)[1]: data for name, data in records_of("plain.pt")}
    old = {name: data for name, data in plain.items() if name == "data.pkl" or name.startswith("data/")}
    write_archive("before-2.1.pt", old)
    record("before-2.1.pt")

    weights = {"w": torch.tensor([[1.5, -2.0], [3.25, 0.0]]), "h": torch.tensor([1.5, -2.0], dtype=torch.float16)}
    buffer = io.BytesIO()
    torch.save(weights, buffer)
    with zipfile.ZipFile(buffer) as archive:
        pickled = archive.read("archive/data.pkl")
    big = {"data.pkl": pickled, "byteorder": b"big"}
    for i, tensor in enumerate(weights.values()):
        width = tensor.element_size()
        raw = bytes(tensor.untyped_storage())
        big[f"data/{i}"] = b"".join(raw[at : at + width][::-1] for at in range(0, len(raw), width))
    write_archive("big-endian.pt", big)
    record("big-endian.pt")

    optimizer = torch.optim.Adam(net.parameters())
    net(torch.rand(2, 1, 4, 4)).sum().backward()
    optimizer.step()
    nested = {
        "epoch": 7,
        "arch": "net",
        "state_dict": OrderedDict((f"module.{name}", tensor) for name, tensor in state.items()),
        "best_acc1": torch.tensor(0.5),
        "optimizer": optimizer.state_dict(),
        "args": argparse.Namespace(lr=0.1, mean=torch.tensor([0.5, 0.25])),
        "settings": Settings(),
    }
    save("nested.pt", nested)
    save("nested-legacy.pt", nested, _use_new_zipfile_serialization=False)
    save("two-models.pt", {"model": {"w": torch.ones(2, 2)}, "ema": {"w": torch.zeros(2, 2)}, "w": torch.ones(1)})
    save(
        "lightning.ckpt",
        {
            "epoch": 1,
            "global_step": 10,
            "pytorch-lightning_version": "2.4.0",
            "state_dict": state,
            "loops": {"fit_loop": {"state_dict": {}}},
            "callbacks": {"ModelCheckpoint{'monitor': 'loss'}": {"best_model_score": torch.tensor(0.25)}},
            "optimizer_states": [optimizer.state_dict()],
            "lr_schedulers": [],
            "hparams_name": "kwargs",
            "hyper_parameters": {"settings": Settings()},
        },
    )
    save("module.pt", net)
    # Legacy pickles carry the source of their classes: a class with little of it.
    save("module-legacy.pt", {"epoch": 3, "net": nn.Identity(), "linear": nn.Bilinear(1, 2, 3)}, _use_new_zipfile_serialization=False)
    save("module-inside.pt", {"epoch": 3, "model": net})
    tied = nn.Module()
    tied.embed = nn.Embedding(4, 3)
    tied.head = nn.Linear(3, 4, bias=False)
    tied.head.weight = tied.embed.weight
    tied.shared = tied.head
    save("module-tied.pt", tied)

    base = torch.arange(12, dtype=torch.float32)
    views = {
        "base": base,
        "tail": base[4:],
        "transposed": base.view(3, 4).t(),
        "columns": base.view(3, 4)[:, ::2],
        "expanded": torch.tensor([2.5]).expand(100),
        "overlapping": base.as_strided((3, 3), (1, 1)),
        "channels_last": torch.arange(16.0).view(1, 2, 2, 4).to(memory_format=torch.channels_last),
        "scalar": torch.tensor(1.25),
        "empty": torch.empty(0, 3),
        "parameter": nn.Parameter(torch.tensor([1.0, -1.0])),
    }
    with_attribute = nn.Parameter(torch.tensor([3.0, 4.0]))
    with_attribute.note = "kept by _rebuild_parameter_with_state"
    views["with_attribute"] = with_attribute
    save("views.pt", views)
    save("views-legacy.pt", views, _use_new_zipfile_serialization=False)
    save("tensor.pt", torch.tensor([1.0, 2.0]))
    save("list.pt", [torch.tensor([1.0]), (torch.tensor([2.0]), {"a": torch.tensor([3.0])})])

    fillable = [dtype for dtype in tokens if not str(dtype).startswith(("torch.q", "torch.bits"))]
    every = {}
    for dtype in fillable:
        raw = torch.arange(1, 1 + 2 * dtype.itemsize, dtype=torch.uint8)
        every[str(dtype)] = (torch.tensor([True, False]) if dtype == torch.bool else raw.view(dtype))
    for dtype in (torch.bits8, torch.bits16):
        every[str(dtype)] = torch.arange(4, dtype=torch.uint8).view(dtype)
    save("dtypes.pt", every)

    quantised = {
        "per_tensor": torch.quantize_per_tensor(torch.rand(2, 3), 0.1, 3, torch.quint8),
        "signed": torch.quantize_per_tensor(torch.rand(4), 0.1, 0, torch.qint8),
        "wide": torch.quantize_per_tensor(torch.rand(4), 0.1, 0, torch.qint32),
        "per_channel": torch.quantize_per_channel(
            torch.rand(2, 2), torch.tensor([0.1, 0.2], dtype=torch.float64), torch.tensor([0, 1]), 0, torch.qint8
        ),
        "half_bytes": torch.quantize_per_channel(
            torch.rand(2, 5), torch.tensor([0.1, 0.2]), torch.tensor([0.0, 0.0]), 0, torch.quint4x2
        ),
    }
    save("quantised.pt", quantised)
    dense = torch.tensor([[0.0, 1.0], [2.0, 0.0]])
    save(
        "no-storage.pt",
        {
            "coo": dense.to_sparse(),
            "csr": dense.to_sparse_csr(),
            "meta": torch.empty(2, 3, device="meta"),
            "dense": dense,
        },
    )

    scripted = torch.jit.script(nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 2)).eval())
    for name, module in {"scripted.pt": scripted, "frozen.pt": torch.jit.freeze(scripted)}.items():
        torch.jit.save(module, str(folder / name))
        loaded = torch.jit.load(str(folder / name))
        # A frozen module keeps its tensors in its code.
        constants = {f"CONSTANTS.{key}": value for key, value in loaded.code_with_constants[1].const_mapping.items()}
        record(name, {**loaded.state_dict(), **constants})

    # What must not be run: weights beside an object whose unpickling calls os.system.
    class Attack:
        def __reduce__(self):
            return eval, ("__import__('os').system('touch /tmp/secateur-was-here')",)

    hostile = {"weight": torch.ones(2, 2), "__proto__": torch.zeros(2), "constructor": Attack()}
    torch.save(hostile, folder / "hostile.pt")
    record("hostile.pt", {key: value for key, value in hostile.items() if isinstance(value, torch.Tensor)})

    total = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{len(list(folder.iterdir()))} files, {total} bytes")


if __name__ == "__main__":
    main()
