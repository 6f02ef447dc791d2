"""What PyTorch and numpy find in weights: zero rows, rows that are the same, the greatest weight's place, what int8 leaves.

    python tests/golden/findings.py

Writes files/findings/: `findings.pt`, a state dict of every kind of weight with such rows in it, and `findings.json`: for each
weight its `dead` rows, `twins` (a row and the first with the same values, by numpy.unique), `largest` (value and index), and
`int8` by torch.fake_quantize_per_tensor_affine and _per_channel_affine (codes from -127 to 127, scales max|w| / 127 in f32):
scales, SHA-256 of the rounded weights (f32, row by row), sums in f64, zeros. `pruned` has the same of int8 where
torch.nn.utils.prune.l1_unstructured took 51 % of each weight (no two weights are equal there).
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.utils import prune

FOLDER = Path(__file__).parent / "files" / "findings"


def state_dict() -> dict[str, torch.Tensor]:
    torch.manual_seed(3)
    state = {}
    model = nn.ModuleDict(
        {
            "conv": nn.Conv2d(3, 16, 3),
            "depthwise": nn.Conv2d(16, 16, 3, groups=16),
            "transposed": nn.ConvTranspose2d(16, 8, 2),
            "linear": nn.Linear(48, 20),
            "f16": nn.Linear(32, 12).half(),
            "bf16": nn.Linear(32, 12).bfloat16(),
            "f64": nn.Linear(24, 10).double(),
        }
    )
    for name, module in model.items():
        state[f"{name}.weight"] = module.weight.detach().clone()
        state[f"{name}.bias"] = module.bias.detach().clone()
    outputs = {name: (1 if name == "transposed" else 0) for name in model}
    for name in ("conv", "transposed", "linear", "f16", "bf16", "f64"):
        rows = state[f"{name}.weight"].transpose(0, outputs[name])
        rows[2] = 0
        # A zero with a sign is a zero.
        rows[5] = -0.0
        rows[4] = rows[1]
        rows[6] = rows[1]
        rows[7] = rows[3]
        # Nearly is not the same.
        rows[7][(0,) * (rows.ndim - 1)] *= 1.5
    state["linear.weight"][9, 17] = -12.5
    # Stored column by column: the weight that x @ w has, as a view.
    state["turned.weight"] = torch.randn(30, 14).t()
    state["turned.weight"][3] = state["turned.weight"][0]
    state["turned.bias"] = torch.randn(14)
    return state


def rows_of(name: str, weight: torch.Tensor) -> np.ndarray:
    turned = weight.transpose(0, 1) if name.startswith("transposed") else weight
    return turned.reshape(turned.shape[0], -1).double().numpy() + 0.0


def found(name: str, weight: torch.Tensor) -> dict:
    rows = rows_of(name, weight)
    dead = [int(i) for i in np.flatnonzero(~rows.any(axis=1))]
    _, first, group = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    twins = [[i, int(first[g])] for i, g in enumerate(group.reshape(-1)) if first[g] != i and i not in dead]
    place = np.unravel_index(int(weight.double().abs().argmax()), weight.shape)
    return {
        "dead": dead,
        "twins": twins,
        "largest": {"value": float(weight[place]), "index": [int(i) for i in place]},
    }


def rounded(name: str, weight: torch.Tensor, per_channel: bool) -> dict:
    floats = weight.float()
    axis = 1 if name.startswith("transposed") else 0
    if per_channel:
        scales = floats.transpose(0, axis).reshape(floats.shape[axis], -1).abs().amax(dim=1) / 127
        scales[scales == 0] = 1
        zero_points = torch.zeros_like(scales, dtype=torch.int32)
        after = torch.fake_quantize_per_channel_affine(floats, scales, zero_points, axis, -127, 127)
    else:
        scales = (floats.abs().amax() / 127).reshape(1)
        after = torch.fake_quantize_per_tensor_affine(floats, scales, torch.zeros(1, dtype=torch.int32), -127, 127)
    difference = weight.double() - after.double()
    return {
        "scales": scales.tolist(),
        "sha256": hashlib.sha256(after.contiguous().numpy().tobytes()).hexdigest(),
        "differences": float((difference**2).sum()),
        "greatest": float(difference.abs().max()),
        "zeros": int((after == 0).sum()),
    }


def int8(name: str, weight: torch.Tensor) -> dict:
    return {
        "squares": float((weight.double() ** 2).sum()),
        "zeros": int((weight == 0).sum()),
        "perTensor": rounded(name, weight, False),
        "perChannel": rounded(name, weight, True),
    }


def pruned(weight: torch.Tensor) -> torch.Tensor:
    module = nn.Module()
    module.register_parameter("weight", nn.Parameter(weight.contiguous().clone()))
    prune.l1_unstructured(module, "weight", 0.51)
    # PyTorch's multiplication leaves -0 of what was negative.
    return module.weight.detach() + 0.0


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    state = state_dict()
    torch.save(state, FOLDER / "findings.pt")
    weights = {name: weight for name, weight in state.items() if name.endswith(".weight")}
    golden = {}
    for name, weight in weights.items():
        golden[name] = {
            **found(name, weight),
            "int8": int8(name, weight),
            "pruned": int8(name, pruned(weight)),
        }
    (FOLDER / "findings.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
