"""Channels that go together in a small residual network, zeroed by PyTorch alone.

    python units.py files/pruning/units.json

Which channels belong together is written out by hand here. Scores are norms of the weights that read a channel. The zeroed network is
held against one that was built smaller, with the kept rows copied in.
"""

import json
import sys

import torch
from torch import nn


class Net(nn.Module):
    """A stem, a block beside which its input goes on, and a layer that reads their sum."""

    def __init__(self, stream, inner):
        super().__init__()
        self.stem = nn.Conv2d(3, stream, 3, padding=1)
        self.conv1 = nn.Conv2d(stream, inner, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, stream, 3, padding=1, bias=False)
        self.head = nn.Linear(stream, 4)

    def forward(self, x):
        x = self.stem(x).relu()
        x = (x + self.conv2(self.norm(self.conv1(x)).relu())).relu()
        return self.head(x.mean((2, 3)))


# By group: tensors that give its channels (along dimension 0), that go along, and that read them (along dimension 1).
GROUPS = {
    "stem.weight": (["stem.weight", "conv2.weight"], ["stem.bias"], ["conv1.weight", "head.weight"]),
    "conv1.weight": (["conv1.weight"], ["norm.weight", "norm.bias"], ["conv2.weight"]),
}


def scores_of(state, readers):
    squares = sum(state[name].double().pow(2).transpose(0, 1).flatten(1).sum(1) for name in readers)
    return squares.sqrt().float()


def lowest(scores, share):
    return sorted(scores.argsort(stable=True)[: round(share * len(scores))].tolist())


def smaller(state, gone):
    """The network without those channels: every tensor cut along the dimensions that count them."""
    kept = {name: [i for i in range(len(scores)) if i not in gone[name]] for name, scores in SCORES.items()}
    net = Net(len(kept["stem.weight"]), len(kept["conv1.weight"])).eval()
    cut = {name: tensor.clone() for name, tensor in state.items()}
    for group, (producers, along, readers) in GROUPS.items():
        further = ["norm.running_mean", "norm.running_var"] if group == "conv1.weight" else []
        for name in producers + along + further:
            cut[name] = cut[name][kept[group]]
        for name in readers:
            cut[name] = cut[name][:, kept[group]]
    net.load_state_dict(cut)
    return net


torch.manual_seed(16)
net = Net(6, 5).eval()
with torch.no_grad():
    net.norm.bias.uniform_(-1, 1)
    net.norm.weight.uniform_(0.5, 2)
state = {name: tensor.clone() for name, tensor in net.state_dict().items()}
SCORES = {group: scores_of(state, readers) for group, (_, _, readers) in GROUPS.items()}
gone = {group: lowest(scores, 0.5) for group, scores in SCORES.items()}
zeroed = {name: tensor.clone() for name, tensor in state.items()}
for group, (producers, along, readers) in GROUPS.items():
    for name in producers + along:
        zeroed[name][gone[group]] = 0
    for name in readers:
        zeroed[name][:, gone[group]] = 0

inputs = torch.randn(8, 3, 7, 7)
with torch.no_grad():
    expected = smaller(state, gone)(inputs)
    net.load_state_dict(zeroed)
    torch.testing.assert_close(net(inputs), expected, rtol=1e-5, atol=1e-6)

names = [name for name in state if "running" not in name and "num_batches" not in name]
golden = {
    "torch": torch.__version__,
    "tensors": [
        {"name": name, "shape": list(state[name].shape), "before": state[name].flatten().tolist(), "after": zeroed[name].flatten().tolist()}
        for name in names
    ],
    "groups": [
        {"name": group, "scores": SCORES[group].tolist(), "produces": producers, "along": along, "consumes": readers}
        for group, (producers, along, readers) in GROUPS.items()
    ],
}
with open(sys.argv[1], "w") as file:
    json.dump(golden, file)
