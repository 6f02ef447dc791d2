"""Makes files/kernels/: what PyTorch and NumPy answer for tensors of awkward values.

For each dtype `<dtype>.json` holds the tensor's bytes (base64, little-endian) and, for each threshold, the bytes that
PyTorch leaves, by both ways people prune with (`where` and multiplication by a mask) and for both criteria.
Run: python tests/golden/kernels.py   (torch 2.13, numpy 2.4)
"""

import base64
import json
import math
from pathlib import Path

import numpy as np
import torch

folder = Path(__file__).parent / "files" / "kernels"
dtypes = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def packed(tensor: torch.Tensor) -> str:
    return base64.b64encode(tensor.contiguous().view(torch.uint8).numpy().tobytes()).decode()


def number(value: float) -> float | str:
    """JSON has no infinities and no NaN."""
    return value if math.isfinite(value) else str(value)


def awkward(dtype: torch.dtype) -> torch.Tensor:
    """Both signs of zeros, subnormals, the extremes, neighbours of 0.1 and 1, infinities and NaN among plain weights."""
    generator = torch.Generator().manual_seed(7)
    limits = torch.finfo(dtype)
    subnormal = limits.smallest_normal * limits.eps
    tenth = torch.tensor(0.1, dtype=dtype)
    one = torch.tensor(1.0, dtype=dtype)
    special = [0.0, subnormal, 3 * subnormal, limits.smallest_normal, limits.max, math.inf, math.nan]
    for middle in (tenth, one):
        special += [middle.item()] * 2
        # torch.nextafter does not know half floats: one unit in the last place, halved below a power of two.
        unit = limits.eps * 2.0 ** math.floor(math.log2(middle.item()))
        below = unit / 2 if middle.item() == 1.0 else unit
        special += [middle.item() + unit, middle.item() - below]
    values = torch.tensor([sign * value for value in special for sign in (1, -1)], dtype=torch.float64).to(dtype)
    weights = (torch.randn(71, generator=generator, dtype=torch.float64) * 0.1).to(dtype)
    both = torch.cat([values, weights])
    return both[torch.randperm(len(both), generator=generator)]


def pruned(tensor: torch.Tensor, threshold: float) -> dict:
    keeps_magnitude = tensor.abs() > threshold
    keeps_signed = tensor > threshold
    zero = torch.zeros((), dtype=tensor.dtype)
    return {
        "threshold": number(torch.tensor(threshold, dtype=tensor.dtype).item()),
        "magnitudeMask": packed(keeps_magnitude),
        "magnitudeWhere": packed(torch.where(keeps_magnitude, tensor, zero)),
        "magnitudeProduct": packed(tensor * keeps_magnitude),
        "signedMask": packed(keeps_signed),
        "signedWhere": packed(torch.where(keeps_signed, tensor, zero)),
    }


def histogram(tensor: torch.Tensor) -> dict:
    """numpy.histogram of |w| over edges that are the first values of bins: powers of two, for f64 what rounds to them."""
    finite = tensor[torch.isfinite(tensor)].double().abs().numpy()
    # Doubles are binned by their nearest f32: from half a unit in its last place below, ties going up to the even one.
    first = 1 - 2.0**-25 if tensor.dtype == torch.float64 else 1.0
    edges = np.array([0.0] + [2.0**exponent * first for exponent in range(-10, 5)])
    # numpy closes the last bin at its right; a value exactly there would be counted twice over by a prefix sum.
    counts, _ = np.histogram(finite[finite < edges[-1]], bins=edges)
    return {"edges": edges.tolist(), "counts": counts.tolist()}


for token, dtype in dtypes.items():
    tensor = awkward(dtype)
    # torch.std accumulates half floats in f32; the figures wanted are those of the values themselves.
    moderate = tensor[torch.isfinite(tensor) & (tensor.abs() < 1e3)].double()
    rounded_tenth = torch.tensor(0.1, dtype=dtype).item()
    limits = torch.finfo(dtype)
    thresholds = [-0.1, 0.0, limits.smallest_normal * limits.eps, 0.05, rounded_tenth, 1.0, limits.max]
    thresholds = [torch.tensor(threshold, dtype=dtype).item() for threshold in thresholds]
    golden = {
        "dtype": token,
        "bytes": packed(tensor),
        "moderate": packed(moderate.to(dtype)),
        "mean": moderate.mean().item(),
        "std": moderate.std().item(),
        "min": tensor[torch.isfinite(tensor)].min().item(),
        "max": tensor[torch.isfinite(tensor)].max().item(),
        "zeros": int((tensor == 0).sum()),
        "nan": int(tensor.isnan().sum()),
        "inf": int(tensor.isinf().sum()),
        "histogram": histogram(tensor),
        "pruned": [pruned(tensor, threshold) for threshold in thresholds],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{token.lower()}.json").write_text(json.dumps(golden, indent=1) + "\n")
