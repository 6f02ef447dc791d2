"""Writes small checkpoints whose pickles hold objects, with the real PyTorch, dill and cloudpickle, and beside each a
JSON of what PyTorch says is in it.

    python tests/golden/objects.py

`files/objects/NAME.json` is as `pytorch.py` writes it, and where a module owns a tensor says what that is for: the kind by
`isinstance` of the owner, and the dimensions of outputs and inputs as PyTorch's documentation gives them. NumPy's arrays
stand with the keys of a state dict, without a hash.
"""

import argparse
import dataclasses
import enum
import functools
import json
import sys
import types
import warnings
from collections import OrderedDict, namedtuple
from pathlib import Path, PurePosixPath
from unittest import mock

import cloudpickle
import dill
import numpy as np
import torch
import torch.distributed as dist
from purpose import purpose
from pytorch import describe
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import Replicate, Shard, distribute_tensor
from torch.nn.utils import prune, spectral_norm, weight_norm
from torch.testing._internal.distributed.fake_pg import FakeStore
from torch.testing._internal.two_tensor import TwoTensor
from transformers.pytorch_utils import Conv1D

folder = Path(__file__).parent / "files" / "objects"

# A module whose classes no reader can import.
elsewhere = types.ModuleType("somebody.elses.layers")
for name in ("somebody", "somebody.elses"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["somebody.elses.layers"] = elsewhere


def elses(cls):
    cls.__module__ = "somebody.elses.layers"
    setattr(elsewhere, cls.__name__, cls)
    return cls


@elses
class LayerNorm2d(nn.LayerNorm):
    pass


@elses
class Conv2dSame(nn.Conv2d):
    pass


@elses
class Upsampling(nn.ConvTranspose1d):
    pass


@elses
class Table(nn.Embedding):
    pass


@elses
class Dense(nn.Linear):
    pass


@elses
class Memory(nn.LSTM):
    pass


@elses
class Statistics(nn.BatchNorm1d):
    pass


@elses
class RMSNorm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.variance_epsilon = 1e-6


@elses
class Backwards(nn.Module):
    """A linear layer that keeps (in, out)."""

    def __init__(self, in_features, out_features):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = nn.Parameter(torch.randn(in_features, out_features))
        self.bias = nn.Parameter(torch.zeros(out_features))


@elses
class Holder(nn.Module):
    pass


@elses
@dataclasses.dataclass
class Saved:
    step: int
    model: nn.Module
    ema: dict


@elses
class Colour(enum.Enum):
    red = 1


@elses
class Ordered(OrderedDict):
    pass


Pair = elses(namedtuple("Pair", "first second"))


@elses
def made_of(weight):
    return weight


@elses
class Wrapped(torch.Tensor):
    """A tensor subclass over one tensor of its size."""

    @staticmethod
    def __new__(cls, inner):
        return torch.Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype, strides=inner.stride())

    def __init__(self, inner):
        self.inner = inner

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return func(*[arg.inner if isinstance(arg, cls) else arg for arg in args], **(kwargs or {}))


def module_facts(model, container=""):
    parameters, buffers = dict(model.named_parameters(remove_duplicate=False)), dict(model.named_buffers())
    for key, tensor in model.state_dict(keep_vars=True).items():
        facts = describe(container, key, tensor)
        owner, _, leaf = key.rpartition(".")
        if key in buffers and tensor.is_floating_point():
            facts["kind"] = "buffer"
        elif key in parameters and (told := purpose(model.get_submodule(owner), leaf)):
            facts["kind"], outputs, inputs = told
            if outputs:
                facts |= {"outputs": outputs, "inputs": inputs}
        yield facts


def dict_facts(tensors, container=""):
    for key, value in tensors.items():
        if isinstance(value, np.ndarray):
            dtype = {"f": "F", "i": "I"}[value.dtype.kind] + str(value.dtype.itemsize * 8)
            yield {"container": container, "key": key, "dtype": dtype, "shape": list(value.shape)}
        else:
            yield describe(container, key, value)


def without_source(_):
    raise OSError("the sources of PyTorch's classes have paths of this machine")


def save(name, value, facts, **options):
    # The format before 1.6 keeps the source of every class.
    with mock.patch("torch.serialization.get_source_lines_and_file", without_source), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.save(value, folder / name, **options)
    (folder / f"{name}.json").write_text(json.dumps(list(facts), indent=1) + "\n")


def layers():
    torch.manual_seed(2)
    model = Holder()
    model.conv1d, model.conv2d, model.conv3d = nn.Conv1d(2, 3, 2), nn.Conv2d(4, 2, 3, groups=2), nn.Conv3d(1, 2, 2)
    model.up1d = nn.ConvTranspose1d(2, 3, 2)
    model.up2d = nn.ConvTranspose2d(4, 2, 2, groups=2)
    model.up3d = nn.ConvTranspose3d(2, 1, 2)
    model.linear, model.bilinear, model.conv1D = nn.Linear(3, 2), nn.Bilinear(2, 3, 4), Conv1D(6, 2)
    model.table, model.bag = nn.Embedding(5, 3), nn.EmbeddingBag(4, 3)
    model.layer_norm, model.rms_norm = nn.LayerNorm([2, 3, 3]), nn.RMSNorm([2, 3])
    model.batch, model.instance, model.group = nn.BatchNorm2d(3), nn.InstanceNorm2d(3, affine=True), nn.GroupNorm(1, 4)
    model.slope = nn.PReLU(3)
    model.rnn, model.gru = nn.RNN(2, 3), nn.GRU(2, 3, bidirectional=True)
    model.lstm = nn.LSTM(2, 4, num_layers=2, proj_size=3)
    model.lstm_cell, model.gru_cell = nn.LSTMCell(2, 3), nn.GRUCell(2, 3)
    model.attention = nn.MultiheadAttention(4, 2, add_bias_kv=True)
    model.cross = nn.MultiheadAttention(4, 2, kdim=3, vdim=2)
    model.register_buffer("kernel", torch.ones(1, 1, 3, 3))
    model.normed = weight_norm(nn.Conv2d(2, 3, 2))
    model.spectral = spectral_norm(nn.Linear(3, 4))
    model.pruned = prune.l1_unstructured(nn.ConvTranspose2d(2, 3, 2), "weight", 0.5)
    return model


def unknown():
    torch.manual_seed(3)
    model = Holder()
    model.norm, model.rms, model.statistics = LayerNorm2d([2, 3]), RMSNorm(4), Statistics(3)
    model.conv, model.up, model.grouped = Conv2dSame(2, 3, 3), Upsampling(4, 2, 3, groups=2), Conv2dSame(4, 6, 3, groups=2)
    model.table, model.dense, model.backwards, model.memory = Table(5, 3), Dense(3, 2), Backwards(3, 2), Memory(2, 3)
    model.free = nn.Parameter(torch.ones(3, 4))
    return model


source = """
class Down(nn.Conv2d):
    def forward(self, x):
        return super().forward(x) * 2

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = Down(1, 2, 3)
        self.up = nn.ConvTranspose2d(2, 3, 2)
        self.lookup = nn.Embedding(4, 3)
        self.register_buffer("kernel", torch.ones(1, 1, 3, 3))
    def forward(self, x):
        return self.up(self.down(x))
"""


def by_value():
    """A module whose class stands in the pickle, code and all: as of a script or notebook."""
    names = {"__name__": "__main__", "nn": nn, "torch": torch}
    exec(compile(source, "net.py", "exec"), names)  # the name of a file that tells nothing of this machine
    return names["Net"]()


def graph_module():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.norm = nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3)

        def forward(self, x):
            return self.norm(self.conv(x))

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.block, self.table = Block(), nn.Embedding(4, 3)
            self.scale = nn.Parameter(torch.ones(1))
            self.register_buffer("mean", torch.zeros(1, 2, 1, 1))

        def forward(self, x, i):
            return self.block(x - self.mean) * self.scale, self.table(i)

    return torch.fx.symbolic_trace(Net())


def distributed():
    """As the first of two processes holds them."""
    dist.init_process_group("fake", rank=0, world_size=2, store=FakeStore())
    mesh = init_device_mesh("cpu", (2,))
    whole = {"0.weight": torch.arange(24.0).view(6, 4), "0.bias": torch.arange(6.0), "1.weight": torch.ones(3, 6)}
    state = {
        "0.weight": distribute_tensor(whole["0.weight"], mesh, [Shard(0)]),
        "0.bias": distribute_tensor(whole["0.bias"], mesh, [Shard(0)]),
        "1.weight": nn.Parameter(distribute_tensor(whole["1.weight"], mesh, [Replicate()])),
    }
    shards = {key: value.to_local().detach() for key, value in state.items()}
    save("dtensor.pt", {"model": state}, dict_facts(shards, "model"))


def main():
    folder.mkdir(parents=True, exist_ok=True)
    model = layers()
    save("layers.pt", model, module_facts(model))
    model = unknown()
    save("unknown-classes.pt", model, module_facts(model))
    model = by_value()
    for name, pickler in {"dill": dill, "cloudpickle": cloudpickle}.items():
        save(f"{name}.pt", model, module_facts(model), pickle_module=pickler)
        save(f"{name}-legacy.pt", model, module_facts(model), pickle_module=pickler, _use_new_zipfile_serialization=False)
    model = graph_module()
    save("graph-module.pt", {"net": model}, module_facts(model, "net"))

    net = nn.Sequential(nn.Linear(2, 3), nn.PReLU())
    weights = {"w": torch.arange(6.0).view(2, 3), "b": torch.zeros(2)}
    objects = {
        "saved": Saved(3, net, weights),
        "made": functools.partial(made_of, weight=torch.ones(2, 2)),
        "options": argparse.Namespace(lr=0.1, model=nn.Linear(2, 2)),
        "colour": Colour.red,
        "path": PurePosixPath("runs/1"),
        "ordered": Ordered(weight=torch.full((2, 2), 3.0)),
        "pair": Pair(torch.full((2,), 4.0), 5),
        "simple": types.SimpleNamespace(weight=torch.full((2, 2), 6.0)),
    }
    facts = [
        *module_facts(net, "saved.model"),
        *dict_facts(weights, "saved.ema"),
        *dict_facts({"weight": objects["made"].keywords["weight"]}, "made.keywords"),
        *module_facts(objects["options"].model, "options.model"),
        *dict_facts(objects["ordered"], "ordered"),
        *dict_facts({"0": objects["pair"].first}, "pair"),
        *dict_facts({"weight": objects["simple"].weight}, "simple"),
    ]
    save("objects.pt", objects, facts)
    save("objects-protocol4.pt", objects, facts, pickle_protocol=4)

    arrays = {"conv.weight": np.ones((2, 1, 3, 3), np.float32), "steps": np.arange(3), "half": np.ones(2, np.float16)}
    save("arrays.pt", arrays, dict_facts(arrays))
    save("arrays-protocol5.pt", arrays, dict_facts(arrays), pickle_protocol=5)
    save("arrays-dill.pt", arrays, dict_facts(arrays), pickle_module=dill)
    mixed = {"weight": torch.ones(2, 2), "mean": np.zeros(3), "count": np.float64(2.5)}
    facts = dict_facts({key: mixed[key] for key in ("weight", "mean")})
    save("arrays-and-tensors.pt", mixed, facts)
    first, second = {"fc.weight": torch.ones(2, 2)}, {"fc.weight": torch.zeros(2, 2)}
    save("tuple.pt", (first, second), [*dict_facts(first, "0"), *dict_facts(second, "1")])
    rows = torch.nested.nested_tensor([torch.ones(2, 3), torch.ones(1, 3)], layout=torch.jagged)
    inner, outer = torch.arange(4.0).view(2, 2), torch.arange(4.0).view(2, 2)
    wrappers = {"one": Wrapped(inner), "two": TwoTensor(outer, outer * 2), "rows": rows}
    save(
        "wrappers.pt",
        wrappers,
        [
            describe("", "one", inner),
            {"container": "", "key": "two", "dtype": "F32", "shape": [2, 2]},
            {"container": "", "key": "rows", "dtype": "F32", "shape": [3, 3]},
        ],
    )
    distributed()

    total = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{len(list(folder.iterdir()))} files, {total} bytes")


if __name__ == "__main__":
    main()
