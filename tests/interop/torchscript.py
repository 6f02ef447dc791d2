"""Writes TorchScript archives of one module: `python torchscript.py FOLDER`; beside each a JSON of what its tensors are for.

By key, `isinstance` of the owner decides; the constants of a frozen archive, which have no keys, are found again by their
elements. The archives hold paths of the machine that wrote them, so they are not kept.
"""

import hashlib
import json
import sys
import warnings
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils import parametrizations, weight_norm

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))
from purpose import purpose  # noqa: E402


class Conv1D(nn.Module):
    """As in transformers: (in, out)."""

    def __init__(self, nf: int, nx: int):
        super().__init__()
        self.nf = nf
        self.weight = nn.Parameter(torch.randn(nx, nf))
        self.bias = nn.Parameter(torch.zeros(nf))

    def forward(self, x):
        size = x.size()[:-1] + (self.nf,)
        return torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight).view(size)


class Same(nn.Conv2d):
    """A subclass whose name tells nothing."""

    def forward(self, x):
        return torch.nn.functional.conv2d(torch.nn.functional.pad(x, [1, 1, 1, 1]), self.weight, self.bias)


class Channels(nn.LayerNorm):
    def forward(self, x):
        x = torch.nn.functional.layer_norm(x.permute(0, 2, 3, 1), self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class Lookup(nn.Embedding):
    def forward(self, ids):
        return torch.nn.functional.embedding(ids, self.weight)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.grouped = nn.Conv2d(2, 4, 3), nn.Conv2d(4, 6, 3, groups=2)
        self.same, self.channels = Same(6, 5, 3), Channels(5)
        self.up, self.group = nn.ConvTranspose2d(5, 3, 2), nn.GroupNorm(3, 3)
        self.slope, self.batch = nn.PReLU(3), nn.BatchNorm2d(2)
        self.table, self.lookup = nn.Embedding(7, 4), Lookup(6, 4)
        self.attention, self.norm = nn.MultiheadAttention(4, 2, batch_first=True), nn.LayerNorm(4)
        self.backwards, self.linear = Conv1D(6, 4), nn.Linear(6, 5)
        self.lstm, self.gru = nn.LSTM(5, 3, num_layers=2, bidirectional=True), nn.GRU(6, 2)
        self.cell, self.bilinear = nn.GRUCell(2, 3), nn.Bilinear(2, 3, 4)
        self.one, self.up1 = nn.Conv1d(4, 3, 2), nn.ConvTranspose1d(3, 2, 2)
        self.register_buffer("kernel", torch.ones(2, 1, 3, 3))
        for parameter in self.parameters():  # so that no two are equal
            nn.init.normal_(parameter)

    def forward(self, x, ids):
        x = torch.nn.functional.conv2d(self.batch(x), self.kernel, groups=2)
        x = self.channels(self.same(self.grouped(self.conv(x))))
        x = self.slope(self.group(self.up(x)))
        e = self.table(ids) + self.lookup(ids)
        a = self.norm(self.attention(e, e, e)[0] + x.mean())
        r = self.gru(self.lstm(self.linear(self.backwards(a)))[0])[0]
        h = self.cell(r[:, 0])
        b = self.bilinear(r[:, 0], h)
        return x, self.up1(self.one(b[:, :, None].expand(-1, -1, 4)))


class Parametrised(nn.Module):
    """Whose weights are computed: not to be scripted."""

    def __init__(self):
        super().__init__()
        self.lengths = parametrizations.weight_norm(nn.Conv2d(2, 3, 3))
        self.spectral = parametrizations.spectral_norm(nn.Linear(3, 4))
        self.before = weight_norm(nn.ConvTranspose1d(4, 2, 2), dim=1)

    def forward(self, x):
        x = self.spectral(self.lengths(x).mean((2, 3)))
        return self.before(x[:, :, None].expand(-1, -1, 3))


def facts_of(model):
    """By key; of a parametrised module what its plain weight would be."""
    facts = {}
    buffers = dict(model.named_buffers())
    for key, tensor in model.state_dict().items():
        owner, _, leaf = key.rpartition(".")
        if key in buffers:
            told = ("buffer", None, None)
        elif leaf == "original0":
            told = ("parameter", None, None)
        elif leaf.startswith("original"):
            owner, _, name = owner.rpartition(".parametrizations.")
            told = purpose(model.get_submodule(owner), name)
        else:
            told = purpose(model.get_submodule(owner), leaf)
        if told and tensor.is_floating_point():
            facts[key] = dict(zip(("kind", "outputs", "inputs"), told, strict=True))
    return facts


def content(tensor):
    return hashlib.sha256(tensor.detach().contiguous().numpy().tobytes()).hexdigest()


def write(folder, name, archive, facts):
    archive.save(str(folder / f"{name}.pt"))
    (folder / f"{name}.json").write_text(json.dumps(facts))


def frozen_facts(model, facts):
    """By the SHA-256 of the elements; a buffer that is folded in is what an operator takes it as."""
    named = {content(tensor): facts[key] for key, tensor in model.state_dict().items() if key in facts}
    return {key: value for key, value in named.items() if value["kind"] != "buffer"}


def main():
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1])
    torch.manual_seed(4)
    inputs = torch.rand(2, 2, 12, 12), torch.randint(0, 6, (2, 5))
    model = Net().eval()
    facts = facts_of(model)
    scripted, traced = torch.jit.script(model), torch.jit.trace(model, inputs, check_trace=False)
    write(folder, "scripted", scripted, facts)
    write(folder, "traced", traced, facts)
    write(folder, "frozen-scripted", torch.jit.freeze(scripted), frozen_facts(model, facts))
    write(folder, "frozen-traced", torch.jit.freeze(traced), frozen_facts(model, facts))
    model = Parametrised().eval()
    write(folder, "parametrised", torch.jit.trace(model, (torch.rand(2, 2, 5, 5),), check_trace=False), facts_of(model))


if __name__ == "__main__":
    main()
