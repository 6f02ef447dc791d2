"""Writes small programs with torch.export, and what torch.export.load reads from them.

    python tests/golden/exported_files.py

`files/exported/net.pt2` has convolutions, a transposed one, an embedding tied to a linear layer, an LSTM, buffers and a lifted constant;
`decomposed.pt2` the linear part of it in core ATen, in bf16. `expected.json` holds for each every tensor: name, shape, dtype and the
SHA-256 of its elements.
"""

import hashlib
import json
import shutil
import warnings
from pathlib import Path

import torch
from torch import nn

folder = Path(__file__).parent / "files" / "exported"


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.ConvTranspose2d(8, 4, 2))
        self.embedding = nn.Embedding(11, 6)
        self.head = nn.Linear(4, 5)
        self.tied = nn.Linear(6, 11, bias=False)
        self.tied.weight = self.embedding.weight
        self.lstm = nn.LSTM(6, 7, batch_first=True)
        self.register_buffer("scale", torch.ones(3), persistent=False)

    def forward(self, image: torch.Tensor, tokens: torch.Tensor):
        seen = self.head(self.body(image).mean((2, 3)))
        said, _ = self.lstm(self.embedding(tokens))
        return seen * self.scale.sum(), said, self.tied(self.embedding(tokens)), seen + torch.tensor([1.0, 2, 3, 4, 5])


class Linears(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(12, 16)
        self.second = nn.Linear(16, 10, bias=False)
        self.free = nn.Parameter(torch.randn(10, 4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(x).relu()) @ self.free


def save(program: torch.export.ExportedProgram, path: Path) -> None:
    for node in program.graph.nodes:  # Which says where this script ran.
        node.meta.pop("stack_trace", None)
    torch.export.save(program, path)


def described(path: Path) -> dict[str, dict]:
    program = torch.export.load(path)
    tensors = {**program.state_dict, **program.constants}
    return {
        name: {
            "shape": list(tensor.shape),
            "dtype": str(tensor.dtype),
            "sha256": hashlib.sha256(tensor.detach().contiguous().view(torch.uint8).numpy().tobytes() if tensor.ndim else tensor.numpy().tobytes()).hexdigest(),
        }
        for name, tensor in tensors.items()
    }


def main() -> None:
    warnings.simplefilter("ignore")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    torch.manual_seed(7)
    net = Net().eval()
    program = torch.export.export(net, (torch.zeros(1, 3, 8, 8), torch.zeros(1, 4, dtype=torch.long)))
    save(program, folder / "net.pt2")
    linears = Linears().to(torch.bfloat16)
    program = torch.export.export(linears, (torch.zeros(2, 12, dtype=torch.bfloat16),)).run_decompositions()
    save(program, folder / "decomposed.pt2")
    expected = {path.name: described(path) for path in sorted(folder.glob("*.pt2"))}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    print({path.name: path.stat().st_size for path in folder.iterdir()})


if __name__ == "__main__":
    main()
