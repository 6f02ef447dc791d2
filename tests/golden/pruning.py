"""Makes files/pruning/: what torch.nn.utils.prune answers to recipes, and numpy.histogram to the edges that are drawn.

For each dtype, and for a model of all of them, `<name>.json` holds the tensors (base64, little-endian) and cases: a
recipe, and for each tensor the mask that PyTorch ends with (one bit per element, 1 keeps) and the zeros it leaves.
`amounts.json` holds what Python rounds to. Run: python tests/golden/pruning.py   (torch 2.13, numpy 2.4)
"""

import base64
import fnmatch
import json
import math
import random
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.utils import prune

folder = Path(__file__).parent / "files" / "pruning"
dtypes = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


# The tensors


def unit(dtype: torch.dtype, value: float) -> float:
    """The distance from a value to the next one up."""
    return torch.finfo(dtype).eps * 2.0 ** math.floor(math.log2(value))


def edge(dtype: torch.dtype) -> list[float]:
    """Both signs of zeros, subnormals, the extremes, neighbours of 0.1 and 1: what a threshold must not confuse."""
    limits = torch.finfo(dtype)
    subnormal = limits.smallest_normal * limits.eps
    tenth = torch.tensor(0.1, dtype=dtype).item()
    magnitudes = [0.0, 0.0, subnormal, 3 * subnormal, limits.smallest_normal - subnormal, limits.smallest_normal]
    magnitudes += [tenth - unit(dtype, 0.1), tenth, tenth, tenth + unit(dtype, 0.1), limits.max]
    magnitudes += [1 + count * limits.eps for count in range(5)]
    return [sign * magnitude for magnitude in magnitudes for sign in (1, -1)]


def tensors_of(dtype: torch.dtype, seed: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)

    def shuffled(values: torch.Tensor, *shape: int) -> torch.Tensor:
        order = torch.randperm(values.numel(), generator=generator)
        return values.flatten()[order].reshape(shape or (1, -1)).to(dtype)

    def randn(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64) * 0.1

    levels = torch.tensor([-0.3, -0.2, -0.1, -0.0, 0.0, 0.1, 0.2, 0.3], dtype=torch.float64)
    ties = levels[torch.randint(8, (100,), generator=generator)]
    # More different values in one bin of the histogram than anything but a look into it can tell apart.
    cluster = 0.5 + torch.rand(144, generator=generator, dtype=torch.float64) * 2.0**-9
    cluster *= torch.where(torch.rand(144, generator=generator) < 0.5, -1, 1)
    pruned = randn(12, 12)
    pruned[pruned.abs() < 0.08] = 0
    not_finite = [math.inf, -math.inf, math.nan, -math.nan, math.nan]
    return {
        "plain.weight": randn(16, 20).to(dtype),
        "ties.weight": shuffled(ties, 10, 10),
        "cluster.weight": shuffled(cluster, 12, 12),
        "edge.weight": shuffled(torch.tensor(edge(dtype), dtype=torch.float64)),
        "awkward.weight": shuffled(torch.cat([torch.tensor(not_finite).double(), randn(31)])),
        "zero.weight": torch.zeros(6, 6, dtype=dtype).copysign(randn(6, 6).to(dtype)),
        "pruned.weight": pruned.to(dtype),
        "tiny.weight": randn(1, 5).to(dtype),
        "single.weight": randn(1, 1).to(dtype),
    }


# PyTorch's answer to a recipe


class ThresholdPruning(prune.BasePruningMethod):
    PRUNING_TYPE = "unstructured"

    def __init__(self, threshold: float):
        self.threshold = threshold

    def compute_mask(self, t: torch.Tensor, default_mask: torch.Tensor) -> torch.Tensor:
        return default_mask * (torch.abs(t) > self.threshold)


class SignedThresholdPruning(ThresholdPruning):
    def compute_mask(self, t: torch.Tensor, default_mask: torch.Tensor) -> torch.Tensor:
        return default_mask * (t > self.threshold)


class LowestPruning(prune.L1Unstructured):
    """L1Unstructured without its abs."""

    def compute_mask(self, t: torch.Tensor, default_mask: torch.Tensor) -> torch.Tensor:
        count = prune._compute_nparams_toprune(self.amount, t.nelement())
        mask = default_mask.clone(memory_format=torch.contiguous_format)
        if count > 0:
            mask.view(-1)[torch.topk(t.reshape(-1), k=count, largest=False).indices] = 0
        return mask


thresholds = {"magnitude": ThresholdPruning, "signed": SignedThresholdPruning}
amounts = {"magnitude": prune.L1Unstructured, "signed": LowestPruning}


def answer(recipe: dict, tensors: dict[str, torch.Tensor]) -> dict[str, nn.Module]:
    modules = {name: nn.Module() for name in tensors}
    for name, module in modules.items():
        module.weight = nn.Parameter(tensors[name].clone(), requires_grad=False)
    for rules in recipe["steps"] if "steps" in recipe else [recipe["rules"]]:
        deciding = {name: last_match(rules, name) for name in tensors}
        for at, rule in enumerate(rules):
            apply(rule, [modules[name] for name in tensors if deciding[name] == at])
    for module in modules.values():
        if not hasattr(module, "weight_mask"):
            prune.identity(module, "weight")
    return modules


def last_match(rules: list[dict], name: str) -> int | None:
    def matches(patterns: list[str]) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)

    matching = [
        at
        for at, rule in enumerate(rules)
        if matches(rule.get("tensors", ["*"])) and not matches(rule.get("exclude", []))
    ]
    return matching[-1] if matching else None


def apply(rule: dict, modules: list[nn.Module]) -> None:
    amount, criterion = rule["amount"], rule["criterion"]
    if "threshold" in amount or "sigma" in amount:
        for module in modules:
            # In doubles: torch.std of half floats is a half float itself.
            threshold = amount["threshold"] if "threshold" in amount else amount["sigma"] * module.weight.double().std()
            thresholds[criterion].apply(module, "weight", float(threshold))
        return
    # An int is a count, a float a fraction.
    number = amount["count"] if "count" in amount else float(amount["sparsity"])
    if rule["scope"] == "global":
        parameters = [(module, "weight") for module in modules]
        prune.global_unstructured(parameters, pruning_method=amounts[criterion], amount=number)
    else:
        for module in modules:
            amounts[criterion].apply(module, "weight", number)


# The recipes


def rule(amount: dict, scope: str = "layer", criterion: str = "magnitude", **names: list[str]) -> dict:
    return {**names, "criterion": criterion, "granularity": "weight", "scope": scope, "amount": amount}


def rules(*rules: dict) -> dict:
    return {"format": "secateur-recipe", "version": 1, "rules": list(rules)}


def steps(*steps: list[dict]) -> dict:
    return {"format": "secateur-recipe", "version": 1, "steps": list(steps)}


def recipes_of(dtype: torch.dtype) -> list[dict]:
    limits = torch.finfo(dtype)
    tenth = torch.tensor(0.1, dtype=dtype).item()
    halves = [1 + limits.eps / 2, 1 + 1.5 * limits.eps]
    if dtype in (torch.float16, torch.bfloat16):
        # PyTorch rounds a Python float to f32 first, and that is a tie then.
        halves += [1 + limits.eps / 2 + 2.0**-40, 1 + 1.5 * limits.eps - 2.0**-40]
    magnitudes = [-0.1, 0.0, limits.smallest_normal * limits.eps, 0.05, 0.1, tenth - unit(dtype, 0.1), tenth]
    magnitudes += [tenth + unit(dtype, 0.1), 0.2, 0.5 + 2.0**-11, 0.5 + 2.0**-10, 1.0, *halves, limits.max]
    signed = [-limits.max, -0.50048828125, -0.2, -tenth, -0.1, -0.05, -limits.smallest_normal, -0.0, 0.0, 0.1, 1.0]
    recipes = [rules(rule({"threshold": threshold})) for threshold in magnitudes]
    recipes += [rules(rule({"threshold": threshold}, criterion="signed")) for threshold in signed]
    moderate = {"exclude": ["edge*", "awkward*", "single*"]}
    recipes += [rules(rule({"sigma": k}, **moderate)) for k in (0.0, 0.5, 1.0, 2.0)]
    recipes += [rules(rule({"sigma": -0.5}, criterion="signed", **moderate))]
    for fraction in (0.0, 0.1, 0.3, 0.5, 0.75, 0.9, 1.0):
        recipes.append(rules(rule({"sparsity": fraction})))
    for fraction in (0.001, 0.25, 0.5, 0.8, 0.99, 1.0):
        recipes.append(rules(rule({"sparsity": fraction}, "global")))
    for fraction in (0.2, 0.5, 0.8):
        recipes.append(rules(rule({"sparsity": fraction}, criterion="signed", exclude=["awkward*"])))
        recipes.append(rules(rule({"sparsity": fraction}, "global", "signed", exclude=["awkward*"])))
    # A threshold drops NaN in PyTorch, so that fewer are left for a fraction: without them, where one follows.
    finite = {"exclude": ["awkward*"]}
    recipes += [
        rules(rule({"count": 1})),
        rules(rule({"count": 30}, tensors=["plain.weight", "ties*", "c*", "awkward.weight"])),
        rules(rule({"count": 333}, "global")),
        rules(rule({"sparsity": 0.5}, "global"), rule({"threshold": 0.1}, tensors=["ties*"])),
        rules(rule({"sparsity": 0.9}, tensors=["plain*"]), rule({"sparsity": 0.5}, "global", exclude=["p*"])),
        steps([rule({"sparsity": 0.5})], [rule({"sparsity": 0.5})]),
        steps([rule({"sparsity": 0.5}, "global")], [rule({"sparsity": 0.5}, "global")]),
        steps([rule({"sparsity": 0.2}, "global")], [rule({"sparsity": 0.2}, "global")], [rule({"count": 9}, "global")]),
        steps([rule({"threshold": 0.1}, **finite)], [rule({"sparsity": 0.5})]),
        steps([rule({"sparsity": 0.3})], [rule({"threshold": 0.1}, **finite)], [rule({"sparsity": 0.5})]),
        steps([rule({"threshold": 0.1}, **finite)], [rule({"sparsity": 0.3}, "global")]),
        steps([rule({"sparsity": 0.5})], [rule({"threshold": 0.1})]),
    ]
    return recipes


# numpy's answer to the edges of the drawn histogram


def fine_bins(token: str) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest magnitude of each bin: the values that share their top 15 magnitude bits."""
    if token == "F16":
        values = np.arange(0x7C00, dtype=np.uint16).view(np.float16).astype(np.float64)
        return values, values
    tops = np.arange(0x7F80, dtype=np.uint32) << 16
    lows = tops.view(np.float32).astype(np.float64)
    if token == "BF16":
        return lows, lows
    if token == "F32":
        return lows, (tops | 0xFFFF).view(np.float32).astype(np.float64)
    # A double is in the bin of its nearest f32: from half way to the one before (ties go to the even one, the bin's first).
    lows[1:] = (lows[1:] + (tops[1:] - 1).view(np.float32).astype(np.float64)) / 2
    return lows[:-1], np.nextafter(lows[1:], 0)


def drawn_edges(token: str, signed: bool, bins: int, radius: float) -> np.ndarray:
    """Evenly spaced, each moved to the nearest lowest value of a fine bin; the last to the highest of its bin."""
    lows, highs = fine_bins(token)
    scores = np.unique(np.concatenate([-highs[::-1], lows])) if signed else lows
    start = -radius if signed else 0.0
    first = scores[np.searchsorted(scores, start, "right") - 1]
    wanted = start + np.arange(1, bins) / bins * (radius - start)
    above = np.searchsorted(scores, wanted, "right")
    below = above - 1
    nearest = np.where(wanted - scores[below] <= scores[above] - wanted, scores[below], scores[above])
    edges = np.unique(np.concatenate([[first], nearest[nearest <= radius]]))
    # The 0 makes a -0 positive.
    return 0 + np.append(edges, highs[np.searchsorted(lows, radius, "right") - 1])


def grid_of(chosen: list[torch.Tensor]) -> str:
    """Whose bins hold the values of all dtypes apart."""
    tokens = {token for token, dtype in dtypes.items() for tensor in chosen if tensor.dtype == dtype}
    return tokens.pop() if len(tokens) == 1 else "F64" if "F64" in tokens else "F32"


def histograms_of(tensors: dict[str, torch.Tensor]) -> list[dict]:
    answers = []
    for names in (["plain.weight"], ["cluster.weight"], ["plain.weight", "ties.weight", "zero.weight", "tiny.weight"]):
        weights = np.concatenate([tensors[name].double().numpy().ravel() for name in names])
        # Odd numbers of bins: no edge is wanted half way between two values.
        for signed, bins in ((True, 41), (False, 41), (True, 7)):
            edges = drawn_edges(grid_of([tensors[name] for name in names]), signed, bins, float(np.abs(weights).max()))
            counts, _ = np.histogram(weights if signed else np.abs(weights), bins=edges)
            answers.append(
                {
                    "tensors": names,
                    "signed": signed,
                    "bins": bins,
                    "edges": edges.tolist(),
                    "counts": counts.tolist(),
                }
            )
    return answers


# The files


def bits(mask: torch.Tensor) -> str:
    return base64.b64encode(np.packbits(mask.flatten().bool().numpy()).tobytes()).decode()


def golden(tensors: dict[str, torch.Tensor], recipes: list[dict]) -> dict:
    tokens = {dtype: token for token, dtype in dtypes.items()}
    cases = []
    for recipe in recipes:
        modules = answer(recipe, tensors)
        cases.append(
            {
                "recipe": recipe,
                "keeps": {name: bits(module.weight_mask) for name, module in modules.items()},
                "zeros": {name: int((module.weight == 0).sum()) for name, module in modules.items()},
            }
        )
    return {
        "tensors": [
            {
                "name": name,
                "dtype": tokens[tensor.dtype],
                "bytes": base64.b64encode(tensor.contiguous().view(torch.uint8).numpy().tobytes()).decode(),
            }
            for name, tensor in tensors.items()
        ],
        "cases": cases,
        "histograms": histograms_of(tensors),
    }


def mixed() -> dict:
    """Each tensor in another dtype than the one before."""
    of_dtype = {dtype: tensors_of(dtype, seed) for seed, dtype in enumerate(dtypes.values(), 20)}
    order = list(dtypes.values())
    names = list(of_dtype[torch.float32])
    tensors = {name: of_dtype[order[(at + 1) % 4]][name] for at, name in enumerate(names)}
    recipes = [rules(rule({"sparsity": fraction}, "global")) for fraction in (0.05, 0.3, 0.5, 0.7, 0.85, 0.97)]
    recipes += [rules(rule({"sparsity": fraction}, "global", "signed", exclude=["awkward*"])) for fraction in (0.2, 0.6)]
    recipes += [rules(rule({"threshold": threshold}, "global")) for threshold in (0.1, 0.2, 0.5007)]
    recipes += [steps([rule({"sparsity": 0.4}, "global")], [rule({"sparsity": 0.5}, "global")])]
    return golden(tensors, recipes)


def rounding() -> dict:
    generator = random.Random(3)
    fractions = [0.5, 0.1, 0.3, 0.7, 0.15, 0.25, 0.35, 0.005, 1 / 3]
    sizes = [1, 2, 3, 5, 7, 10, 15, 25, 45, 50, 101, 210, 1001]
    pairs = [(fraction, size) for fraction in fractions for size in sizes]
    pairs += [(generator.random(), generator.randrange(1, 10**9)) for _ in range(50)]
    values = [-2.5, -1.5, -0.5, -0.2, 0.0, 0.49999999999999994, 0.5, 1.5, 2.5, 3.5, 2.0**51 + 0.5, 2.0**51 + 1.5, 2.0**53]
    return {
        "counts": [[fraction, size, prune._compute_nparams_toprune(fraction, size)] for fraction, size in pairs],
        "rounded": [[value, round(value)] for value in values],
    }


def write(name: str, answers: dict) -> None:
    (folder / f"{name}.json").write_text(json.dumps(answers) + "\n")


folder.mkdir(parents=True, exist_ok=True)
for seed, (token, dtype) in enumerate(dtypes.items(), 10):
    write(token.lower(), golden(tensors_of(dtype, seed), recipes_of(dtype)))
write("mixed", mixed())
write("amounts", rounding())
