"""What PyTorch makes of activation-aware pruning (Wanda, arXiv:2306.11695), for src/evaluation/activationNorms.ts and masks.

    python tests/golden/wanda.py

Norms are collected by forward hooks as the paper's code does (locuslab/wanda, lib/layerwrapper.py: squares over all
positions, over the number of samples; a convolution's channel once a pixel), but summed in f64. Scores and masks follow
from them in f32: rows by the paper's stable sort, layers, the whole model and channels by torch.nn.utils.prune.

Writes files/evaluation/: `wanda-digits.json` of the digits sample, and of a model whose convolutions are dense, grouped,
depthwise and transposed `grouped.onnx`, its inputs `grouped.npy` and `wanda-grouped.json`. Each holds for every layer the
norms (base64 of f32) and the SHA-256 of its scores (f32, row by row), and cases: a recipe and, for each tensor, the mask
(one bit an element, the first of a byte at its top; 1 keeps).
"""

import base64
import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import prune

FOLDER = Path(__file__).parent / "files" / "evaluation"
SAMPLES = Path(__file__).resolve().parents[2] / "public" / "samples"
# As many as src/evaluation/activationNorms.ts looks at.
NORM_SAMPLES = 256


class Digits(nn.Module):
    """The sample (scripts/samples/train_digits.py)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32)
        self.conv2, self.bn2 = nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64)
        self.fc1, self.fc2 = nn.Linear(1024, 96), nn.Linear(96, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)))
        x = torch.flatten(functional.max_pool2d(x, 2), 1)
        return self.fc2(torch.relu(self.fc1(x)))


class Grouped(nn.Module):
    """A mobile net in small. The groups of `grouped` have four channels each, so that 2:4 finds something in them."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3)
        self.grouped = nn.Conv2d(8, 12, 3, padding=1, groups=2)
        self.depthwise = nn.Conv2d(12, 24, 3, padding=1, groups=12)
        self.pointwise = nn.Conv2d(24, 6, 1)
        self.up = nn.ConvTranspose2d(6, 4, 2, groups=2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in (self.stem, self.grouped, self.depthwise, self.pointwise):
            x = torch.relu(layer(x))
        return self.up(x)


def layers_of(model: nn.Module) -> dict[str, nn.Module]:
    kinds = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)
    return {name: layer for name, layer in model.named_modules() if isinstance(layer, kinds)}


def collect(model: nn.Module, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """||x|| of every input channel of every layer, of all groups."""
    squares = {}

    def hook_of(name: str):
        def hook(_: nn.Module, inputs: tuple, __: torch.Tensor) -> None:
            channels = inputs[0].double().transpose(0, 1).flatten(1)
            squares[name] = squares.get(name, 0) + (channels**2).sum(1)

        return hook

    handles = [layer.register_forward_hook(hook_of(name)) for name, layer in layers_of(model).items()]
    with torch.no_grad():
        for batch in x.split(8):
            model(batch)
    for handle in handles:
        handle.remove()
    return {name: torch.sqrt(sums / len(x)).float() for name, sums in squares.items()}


def scores_of(layer: nn.Module, norms: torch.Tensor) -> torch.Tensor:
    """|W| times the norm of the channel that each weight multiplies, in f32."""
    weight = layer.weight.detach().abs()
    ones = [1] * (weight.dim() - 2)
    if isinstance(layer, nn.ConvTranspose2d):
        return weight * norms.reshape(-1, 1, *ones)
    if isinstance(layer, nn.Linear) or layer.groups == 1:
        return weight * norms.reshape(1, -1, *ones)
    # Group by group, as the layer itself computes.
    parts = zip(weight.chunk(layer.groups), norms.chunk(layer.groups))
    return torch.cat([part * of_group.reshape(1, -1, *ones) for part, of_group in parts])


# Masks, of all layers at once


def row_masks(layers: dict, scores: dict) -> dict[str, torch.Tensor]:
    """The paper's: half of each output's weights, those with the lowest scores. Rounded as torch.nn.utils.prune does."""
    masks = {}
    for name, layer in layers.items():
        rows = outputs_first(layer, scores[name])
        flat = rows.flatten(1)
        indices = torch.sort(flat, dim=-1, stable=True)[1][:, : round(flat.shape[1] * 0.5)]
        kept = torch.ones_like(flat, dtype=torch.bool).scatter(1, indices, False)
        masks[name] = outputs_first(layer, kept.reshape(rows.shape))
    return masks


def pattern_masks(n: int, m: int):
    """Of every m inputs in a row the n highest stay; what is left over stays whole."""

    def masks_of(layers: dict, scores: dict) -> dict[str, torch.Tensor]:
        masks = {}
        for name, layer in layers.items():
            rows = outputs_first(layer, scores[name]).movedim(1, -1)
            kept = torch.ones_like(rows, dtype=torch.bool)
            for start in range(0, rows.shape[-1] - m + 1, m):
                indices = torch.sort(rows[..., start : start + m], dim=-1, stable=True)[1][..., : m - n]
                kept.scatter_(-1, start + indices, False)
            masks[name] = outputs_first(layer, kept.movedim(-1, 1))
        return masks

    return masks_of


def outputs_first(layer: nn.Module, tensor: torch.Tensor) -> torch.Tensor:
    """And back: the first two dimensions swapped where inputs come first."""
    return tensor.transpose(0, 1) if isinstance(layer, nn.ConvTranspose2d) else tensor


def layer_masks(layers: dict, scores: dict) -> dict[str, torch.Tensor]:
    return pruned(layers, lambda name, layer: prune.l1_unstructured(layer, "weight", 0.5, importance_scores=scores[name]))


def filter_masks(layers: dict, scores: dict) -> dict[str, torch.Tensor]:
    def take(name: str, layer: nn.Module) -> None:
        prune.ln_structured(layer, "weight", 0.5, n=2, dim=0, importance_scores=scores[name])

    return pruned(layers, take)


def global_masks(layers: dict, scores: dict) -> dict[str, torch.Tensor]:
    parameters = [(layer, "weight") for layer in layers.values()]
    importance = {(layer, "weight"): scores[name] for name, layer in layers.items()}
    prune.global_unstructured(parameters, prune.L1Unstructured, importance_scores=importance, amount=0.5)
    return pruned(layers, lambda *_: None)


def pruned(layers: dict, take) -> dict[str, torch.Tensor]:
    """The masks that torch.nn.utils.prune leaves; the layers are then as before."""
    masks = {}
    for name, layer in layers.items():
        take(name, layer)
        masks[name] = layer.weight_mask.bool()
        original = layer.weight_orig.detach().clone()
        prune.remove(layer, "weight")
        layer.weight.data = original
    return masks


HALF = {"amount": {"sparsity": 0.5}}
CASES = [
    ({"granularity": "weight", "scope": "row", **HALF}, row_masks),
    ({"granularity": "weight", "scope": "layer", **HALF}, layer_masks),
    ({"granularity": "weight", "scope": "global", **HALF}, global_masks),
    ({"granularity": {"n": 2, "m": 4}, "scope": "layer"}, pattern_masks(2, 4)),
    ({"granularity": {"n": 4, "m": 8}, "scope": "layer"}, pattern_masks(4, 8)),
    ({"granularity": {"dim": 0, "norm": 2}, "scope": "layer", **HALF}, filter_masks),
]


# The files


def text_of(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def write(name: str, model: nn.Module, x: torch.Tensor, criterion: str = "activation", made: list = CASES) -> None:
    layers = layers_of(model)
    norms = collect(model, x)
    scores = {layer: scores_of(module, norms[layer]) for layer, module in layers.items()}
    described = {
        f"{layer}.weight": {
            "norms": text_of(norms[layer].numpy()),
            "scores": hashlib.sha256(scores[layer].numpy().tobytes()).hexdigest(),
        }
        for layer in layers
    }
    cases = []
    for rule, masks_of in made:
        masks = {f"{layer}.weight": text_of(np.packbits(mask)) for layer, mask in masks_of(layers, scores).items()}
        recipe = {"format": "secateur-recipe", "version": 1, "rules": [{"criterion": criterion, **rule}]}
        cases.append({"recipe": recipe, "keeps": masks})
    body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    head = json.dumps(described, separators=(",", ":"))
    (FOLDER / name).write_text(f'{{"layers":{head},\n"cases":[\n{body}\n]}}\n')


def write_digits() -> None:
    model = Digits().eval()
    model.load_state_dict(torch.load(SAMPLES / "digits-cnn.pth", weights_only=True))
    x = torch.tensor(np.load(SAMPLES / "digits-test.npz")["x"][:NORM_SAMPLES])
    write("wanda-digits.json", model, x)


def write_grouped() -> None:
    torch.manual_seed(11)
    model = Grouped().eval()
    # Channels of one size would hide which of them a weight is taken to multiply.
    x = torch.randn(10, 3, 6, 6) * torch.tensor([1.0, 4.0, 0.3])[:, None, None]
    np.save(FOLDER / "grouped.npy", x.numpy())
    path = FOLDER / "grouped.onnx"
    torch.onnx.export(
        model, (x,), str(path), dynamo=False, input_names=["x"], dynamic_axes={"x": {0: "batch"}}, opset_version=17
    )
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    with torch.no_grad():
        np.testing.assert_allclose(session.run(None, {"x": x.numpy()})[0], model(x).numpy(), atol=1e-5)
    write("wanda-grouped.json", model, x)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    write_digits()
    write_grouped()


if __name__ == "__main__":
    main()
