"""Repaired weights by PyTorch: the equations of docs/repair.md, solved exactly in f64, for one layer at a time.

    python tests/golden/repair.py

writes tests/golden/files/repair/: for each case a model (ONNX, f32), inputs (npy), where it is not the model itself a checkpoint
(safetensors), and cases.json with the recipe and the weights that are expected (base64 of f32).
"""

import base64
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import prune

FILES = Path(__file__).parent / "files" / "repair"
SAMPLES = 96
HELD = SAMPLES // 8
DAMPING = 0.01


def mix(value: int) -> int:
    value = ((value ^ (value >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    value = ((value ^ (value >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return value ^ (value >> 16)


def stream_of(name: str) -> int:
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def draw(seed: int, stream: int, index: int) -> int:
    """src/tensors/random.ts"""
    first = mix(stream ^ mix((seed + 0x9E3779B9) & 0xFFFFFFFF))
    second = mix((first + 0x9E3779B9) & 0xFFFFFFFF)
    return mix((mix(index ^ first) + second) & 0xFFFFFFFF) >> 8


def fitted_samples() -> list[int]:
    """All but the eighth that is held back."""
    drawn = sorted(range(SAMPLES), key=lambda sample: (draw(1, stream_of("split"), sample), sample))
    return sorted(drawn[HELD:])


def unfolded(layer: nn.Module, x: torch.Tensor) -> list[torch.Tensor]:
    """Rows × inputs of each group."""
    x = x.double()
    if isinstance(layer, nn.Linear):
        return [x.reshape(-1, x.shape[-1])]
    columns = nn.functional.unfold(x, layer.kernel_size, layer.dilation, layer.padding, layer.stride)
    rows = columns.transpose(1, 2).reshape(-1, columns.shape[1])
    return list(rows.chunk(layer.groups, dim=1))


def repair(layer: nn.Module, mask: torch.Tensor, x: torch.Tensor, x0: torch.Tensor) -> None:
    """(H_KK + λI) w_K = (C W0ᵀ)_K + λ w0_K, row by row. `x`: as repaired so far, `x0`: of the original."""
    groups = getattr(layer, "groups", 1)
    weights = layer.weight.detach().double().flatten(1).chunk(groups)
    masks = mask.flatten(1).bool().chunk(groups)
    biases = [None] * groups if layer.bias is None else layer.bias.detach().double().chunk(groups)
    fitted, offsets = [], []
    for own, original, w0, keep, b0 in zip(unfolded(layer, x), unfolded(layer, x0), weights, masks, biases):
        if b0 is not None:
            ones = torch.ones(len(own), 1, dtype=torch.double)
            own, original = torch.cat([own, ones], 1), torch.cat([original, ones], 1)
            w0 = torch.cat([w0, b0[:, None]], 1)
            keep = torch.cat([keep, torch.ones(len(keep), 1, dtype=torch.bool)], 1)
        h = own.T @ own / len(own)
        c = own.T @ original / len(own)
        damping = DAMPING * h.diagonal().mean()
        w = torch.zeros_like(w0)
        for row, kept in enumerate(keep):
            columns = kept.nonzero().flatten()
            if len(columns) == 0:
                continue
            matrix = h[columns][:, columns] + damping * torch.eye(len(columns), dtype=torch.double)
            w[row, columns] = torch.linalg.solve(matrix, c[columns] @ w0[row] + damping * w0[row, columns])
        if b0 is not None:
            offsets.append(w[:, -1])
            w = w[:, :-1]
        fitted.append(w)
    layer.weight.data = torch.cat(fitted).reshape(layer.weight.shape).to(layer.weight.dtype)
    if offsets:
        layer.bias.data = torch.cat(offsets).to(layer.bias.dtype)


def inputs(*shape: int) -> torch.Tensor:
    """Neighbours have something in common, as in pictures: else there is little that other weights can make up for."""
    x = torch.randn(SAMPLES, *shape)
    for axis in range(1, x.dim()):
        if x.shape[axis] > 1:
            x = x + x.roll(1, axis) * 0.8
    return torch.relu(x + 0.5)


def amount(sparsity: float) -> dict:
    return {"criterion": "magnitude", "granularity": "weight", "scope": "layer", "amount": {"sparsity": sparsity}}


def by_magnitude(sparsity: float):
    """As prune.l1_unstructured, but of equal magnitudes (halves have some) the first go."""

    def place(layer: nn.Module) -> None:
        magnitudes = layer.weight.detach().abs().flatten()
        mask = torch.ones_like(magnitudes)
        mask[magnitudes.argsort(stable=True)[: round(sparsity * len(mask))]] = 0
        prune.custom_from_mask(layer, "weight", mask.reshape(layer.weight.shape))

    return amount(sparsity), place


def by_filter(sparsity: float):
    rule = {**amount(sparsity), "granularity": {"dim": 0, "norm": 1}}
    return rule, lambda layer: prune.ln_structured(layer, "weight", sparsity, n=1, dim=0)


def by_pattern():
    """2:4 along the inputs."""

    def place(layer: nn.Module) -> None:
        weight = layer.weight.detach().flatten(1)
        groups = weight.abs().reshape(len(weight), -1, 4)
        mask = torch.ones_like(groups).scatter(2, groups.argsort(dim=2, stable=True)[..., :2], 0)
        prune.custom_from_mask(layer, "weight", mask.reshape(layer.weight.shape))

    return {"criterion": "magnitude", "granularity": {"n": 2, "m": 4}, "scope": "layer"}, place


torch.manual_seed(3)
CASES = {
    "linear": (nn.Sequential(nn.Linear(24, 10)), (24,), by_magnitude(0.7)),
    "linear-without-bias": (nn.Sequential(nn.Linear(24, 10, bias=False)), (24,), by_magnitude(0.7)),
    "linear-of-sequences": (nn.Sequential(nn.Linear(24, 10)), (5, 24), by_magnitude(0.7)),
    "two-of-four": (nn.Sequential(nn.Linear(24, 10)), (24,), by_pattern()),
    "convolution": (nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1)), (3, 7, 6), by_magnitude(0.7)),
    "dilated": (nn.Sequential(nn.Conv2d(3, 8, (3, 2), 1, (2, 1), (2, 1), bias=False)), (3, 7, 6), by_magnitude(0.7)),
    "grouped": (nn.Sequential(nn.Conv2d(8, 12, 3, 1, 1, groups=4)), (8, 6, 6), by_magnitude(0.6)),
    "depthwise": (nn.Sequential(nn.Conv2d(6, 6, 3, 1, 1, groups=6, bias=False)), (6, 6, 6), by_magnitude(0.5)),
    "wide": (nn.Sequential(nn.Conv2d(8, 6, 3, 1, 1)), (8, 5, 5), by_magnitude(0.8)),
    "chain": (
        nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(96, 10)),
        (3, 7, 6),
        by_magnitude(0.7),
    ),
    # Half of the filters gone: what reads them makes up for it.
    "filters": (
        nn.Sequential(nn.Conv2d(3, 8, 3, 1, 1), nn.ReLU(), nn.Conv2d(8, 6, 3, 1, 0)),
        (3, 7, 6),
        by_filter(0.5),
    ),
    "half": (nn.Sequential(nn.Conv2d(3, 8, 3, 1, 1), nn.ReLU(), nn.Conv2d(8, 6, 3, 1, 0)), (3, 7, 6), by_magnitude(0.7)),
}


def encoded(tensor: torch.Tensor) -> str:
    return base64.b64encode(tensor.detach().float().numpy().tobytes()).decode()


def make(name: str, model: nn.Sequential, shape: tuple[int, ...], rule: dict, place) -> dict:
    x = inputs(*shape)
    if name == "half":
        model.half().float()
    model.eval()
    torch.onnx.export(
        model,
        (x[:2],),
        str(FILES / f"{name}.onnx"),
        dynamo=False,
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
        input_names=["x"],
        output_names=["y"],
        dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}},
    )
    np.save(FILES / f"{name}.npy", x.numpy())
    if name == "half":
        save_file({key: tensor.half() for key, tensor in model.state_dict().items()}, FILES / f"{name}.safetensors")
    layers = [layer for layer in model if hasattr(layer, "weight")]
    pruned = layers[:1] if name == "filters" else layers
    rules = [{**rule, "tensors": [f"{list(model).index(layer)}.weight" for layer in pruned]}]
    masks = {}
    for layer in layers:
        masks[layer] = torch.ones_like(layer.weight)
        if layer in pruned:
            before = layer.weight.detach().clone()
            place(layer)
            masks[layer] = layer.weight_mask.clone()
            prune.remove(layer, "weight")
            layer.weight.data = before
    own = original = x[fitted_samples()]
    for layer in model:
        next_original = layer(original).detach()
        if layer in layers:
            repair(layer, masks[layer], own, original)
            if name == "half":
                layer.half().float()
        own, original = layer(own).detach(), next_original
    expected = {key: encoded(tensor) for key, tensor in model.state_dict().items()}
    recipe = {"format": "secateur-recipe", "version": 1, "rules": rules}
    return {"name": name, "recipe": recipe, "checkpoint": f"{name}.{'safetensors' if name == 'half' else 'onnx'}", "expected": expected}


class Kinds(nn.Module):
    """A layer used twice, a recurrent one, a transposed convolution: none of them can be fitted. `first` and `last` can."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.twice, self.last = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(12, 4)
        self.recurrent = nn.LSTM(8, 12, batch_first=True)
        self.up = nn.ConvTranspose1d(5, 5, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.twice(torch.relu(self.twice(torch.relu(self.first(x))))))
        return self.last(self.recurrent(self.up(x))[0])


def make_kinds() -> None:
    x = inputs(5, 8)
    torch.onnx.export(
        Kinds().eval(),
        (x[:2],),
        str(FILES / "kinds.onnx"),
        dynamo=False,
        input_names=["x"],
        output_names=["y"],
        dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}},
    )
    np.save(FILES / "kinds.npy", x.numpy())


def main() -> None:
    FILES.mkdir(parents=True, exist_ok=True)
    cases = [make(name, model, shape, *how) for name, (model, shape, how) in CASES.items()]
    make_kinds()
    (FILES / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()
