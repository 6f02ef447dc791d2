"""Block influence by PyTorch (Men et al., ShortGPT, arXiv:2403.03853), for src/evaluation/blocks.ts.

    python tests/golden/blocks.py

Writes files/blocks/: a residual network, `residual.onnx`, whose blocks add to what went in before a ReLU (the first of a stage through
a projection, which is no such block), and an encoder of a transformer, `encoder.onnx`, attention and MLP of three layers; the inputs
of each (`residual.npy`, `encoder.npy`), and `blocks.json`: by forward hooks, the name of each block and 1 - the mean cosine of what goes
in and what comes out, along channels (of images) or features (of tokens), in f64.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

FOLDER = Path(__file__).parent / "files" / "blocks"


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        stride = 1 if inputs == outputs else 2
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.down = nn.Identity() if stride == 1 else nn.Conv2d(inputs, outputs, 1, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + self.down(x))


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.layer1 = nn.Sequential(Block(8, 8), Block(8, 8))
        self.layer2 = nn.Sequential(Block(8, 12), Block(12, 12))
        self.head = nn.Linear(12, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.layer2(self.layer1(torch.relu(self.stem(x))))
        return self.head(x.mean(dim=(2, 3)))


class Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n, tokens, width = x.shape
        parts = [each(x).reshape(n, tokens, self.heads, -1).transpose(1, 2) for each in (self.q, self.k, self.v)]
        scores = parts[0] @ parts[1].transpose(-2, -1) / (width // self.heads) ** 0.5
        mixed = torch.softmax(scores, dim=-1) @ parts[2]
        return self.out(mixed.transpose(1, 2).reshape(n, tokens, width))


class Layer(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, 2)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.down(torch.nn.functional.gelu(self.up(self.norm2(x))))


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Linear(6, 16)
        self.layers = nn.ModuleList(Layer(16) for _ in range(3))
        self.norm = nn.LayerNorm(16)
        self.head = nn.Linear(16, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.embed(x)
        for layer in self.layers:
            x = layer(x)
        return self.head(self.norm(x).mean(dim=1))


def influences(model: nn.Module, blocks: dict[str, nn.Module], x: torch.Tensor, axis: int) -> list[dict]:
    found = {}
    hooks = [
        module.register_forward_hook(lambda _, ins, out, name=name: found.update({name: (ins[0], out)}))
        for name, module in blocks.items()
    ]
    with torch.no_grad():
        model(x)
    for hook in hooks:
        hook.remove()
    return [{"name": name, "influence": 1 - float(cosine(a.double(), b.double(), axis).mean())} for name, (a, b) in found.items()]


def cosine(a: torch.Tensor, b: torch.Tensor, axis: int) -> torch.Tensor:
    """Nothing into nothing is no change, nothing into something is all."""
    norms = a.norm(dim=axis) * b.norm(dim=axis)
    both = ((a == 0).all(dim=axis) & (b == 0).all(dim=axis)).double()
    return torch.where(norms > 0, (a * b).sum(dim=axis) / norms, both)


def export(model: nn.Module, x: torch.Tensor, name: str) -> None:
    axes = {"x": {0: "batch"}, "y": {0: "batch"}}
    # Names of weights stay those of the modules where nothing is folded.
    torch.onnx.export(
        model, (x[:2],), FOLDER / f"{name}.onnx", input_names=["x"], output_names=["y"], dynamic_axes=axes,
        dynamo=False, do_constant_folding=False, opset_version=17,
    )
    np.save(FOLDER / f"{name}.npy", x.numpy())


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(11)
    residual, encoder = Residual().eval(), Encoder().eval()
    for module in residual.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.2, 1)
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
    # One layer is nearly the identity.
    with torch.no_grad():
        encoder.layers[1].attention.out.weight *= 0.01
        encoder.layers[1].attention.out.bias.zero_()
        encoder.layers[1].down.weight *= 0.01
        encoder.layers[1].down.bias.zero_()
    images, tokens = torch.randn(10, 3, 8, 8), torch.randn(10, 7, 6)
    stages = [("layer1.0", residual.layer1[0]), ("layer1.1", residual.layer1[1]), ("layer2.1", residual.layer2[1])]
    golden = {
        "residual": influences(residual, dict(stages), images, 1),
        "encoder": influences(encoder, {f"layers.{i}": layer for i, layer in enumerate(encoder.layers)}, tokens, 2),
    }
    export(residual, images, "residual")
    export(encoder, tokens, "encoder")
    (FOLDER / "blocks.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
