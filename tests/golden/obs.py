"""What PyTorch makes of the OBS saliency, w² / [H⁻¹]ⱼⱼ (SparseGPT, arXiv:2301.00774, equation 3), for src/evaluation/repair/inputMoments.ts.

    python tests/golden/obs.py

H = XᵀX over all samples and places, inputs unfolded by torch.nn.functional.unfold, plus 0.01 of the mean of its diagonal (SparseGPT's
percdamp), inverted by torch.linalg.inv in f64. A column's factor is 1 / √[H⁻¹]ⱼⱼ over the root of Σ (XWᵀ)², what the layer gives in all.
Scores and masks follow from factors as in wanda.py, whose models these are; the transposed convolution is left out.

Writes `obs-digits.json` and `obs-grouped.json` in files/evaluation/, as wanda.py does.
"""

import numpy as np
import torch
import wanda
from torch import nn
from torch.nn import functional

DAMPING = 0.01


def rows_of(layer: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Groups × rows × columns."""
    if isinstance(layer, nn.Linear):
        return x.double()[None]
    columns = functional.unfold(x.double(), layer.kernel_size, layer.dilation, layer.padding, layer.stride)
    samples, _, places = columns.shape
    return columns.reshape(samples, layer.groups, -1, places).permute(1, 0, 3, 2).flatten(1, 2)


def factors_of(layer: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Group by group, input by input, place by place of the kernel."""
    rows = rows_of(layer, x)
    moments = rows.transpose(1, 2) @ rows
    weights = layer.weight.detach().double().reshape(len(moments), -1, moments.shape[-1])
    energy = (rows @ weights.transpose(1, 2)).square().sum()
    damping = DAMPING * moments.diagonal(dim1=1, dim2=2).mean(1)
    damped = moments + damping[:, None, None] * torch.eye(moments.shape[-1])
    diagonal = torch.linalg.inv(damped).diagonal(dim1=1, dim2=2)
    return (1 / (diagonal * energy).sqrt()).float().flatten()


def scores_of(layer: nn.Module, factors: torch.Tensor) -> torch.Tensor:
    weight = layer.weight.detach().abs()
    groups = getattr(layer, "groups", 1)
    parts = zip(weight.chunk(groups), factors.chunk(groups))
    return torch.cat([part * of_group.reshape(part.shape[1:]) for part, of_group in parts])


def collect(model: nn.Module, x: torch.Tensor) -> dict[str, torch.Tensor]:
    seen = {}
    for name, layer in layers_of(model).items():
        layer.register_forward_hook(lambda _, inputs, __, name=name: seen.update({name: inputs[0]}))
    with torch.no_grad():
        model(x)
        return {name: factors_of(layer, seen[name]) for name, layer in layers_of(model).items()}


def layers_of(model: nn.Module) -> dict[str, nn.Module]:
    return {n: layer for n, layer in wanda_layers(model).items() if not isinstance(layer, nn.ConvTranspose2d)}


wanda_layers = wanda.layers_of


def main() -> None:
    wanda.layers_of, wanda.collect, wanda.scores_of = layers_of, collect, scores_of
    digits = wanda.Digits().eval()
    digits.load_state_dict(torch.load(wanda.SAMPLES / "digits-cnn.pth", weights_only=True))
    x = torch.tensor(np.load(wanda.SAMPLES / "digits-test.npz")["x"][: wanda.NORM_SAMPLES])
    # A file of all cases would be large.
    wanda.write("obs-digits.json", digits, x, "obs", wanda.CASES[2:4])
    torch.manual_seed(11)
    grouped = wanda.Grouped().eval()
    wanda.write("obs-grouped.json", grouped, torch.tensor(np.load(wanda.FOLDER / "grouped.npy")), "obs")


if __name__ == "__main__":
    main()
