"""Makes files/methods/: the masks that torch.nn.utils.prune, and the papers' formulas in numpy, answer to recipes.

For each dtype, and for a model of all of them (`mixed`), `<name>.json` holds the tensors, the same tensors at an earlier
time, norms of their inputs (base64, little-endian, row by row), and cases: a recipe and, for each tensor that it decides
for, the mask (one bit an element, the first of a byte at its top; 1 keeps). `tied`: torch left open which of some equal
scores go, so only the number that goes means something.
Run: python tests/golden/methods.py   (torch 2.13, numpy 2.4)
"""

import base64
import fnmatch
import json
import math
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.utils import prune

folder = Path(__file__).parent / "files" / "methods"
dtypes = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}

# Kind and axis of outputs; that of inputs follows (see src/tensors/axes.ts).
layers = {
    "conv.weight": ("conv", 0, (8, 6, 3, 3)),
    "deconv.weight": ("conv", 1, (6, 5, 2, 3)),
    "conv1d.weight": ("conv", 0, (5, 9, 4)),
    "linear.weight": ("linear", 0, (12, 10)),
    "matmul.weight": ("linear", 1, (11, 7)),
    "awkward.weight": ("linear", 0, (6, 8)),
}


def inputs_of(name: str) -> int:
    return 1 if layers[name][1] == 0 else layers[name][1] - 1


# The tensors


def spread(shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    """Weights whose norms along any dimension differ by more than a half float's rounding."""
    made = torch.randn(shape, generator=generator, dtype=torch.float64) * 0.1
    for dim, size in enumerate(shape):
        factors = 1 + 0.17 * torch.randperm(size, generator=generator).double()
        made *= factors.reshape([size if each == dim else 1 for each in range(len(shape))])
    return made


def model(dtype_of: dict[str, torch.dtype], seed: int) -> tuple[dict, dict, dict]:
    generator = torch.Generator().manual_seed(seed)
    weights, references, activations = {}, {}, {}
    for name, (_, _, shape) in layers.items():
        made = spread(shape, generator)
        then = made * (1 + 0.5 * torch.randn(shape, generator=generator, dtype=torch.float64))
        if name == "awkward.weight":
            made[1, 3], made[1, 4], made[4, 0] = math.nan, math.inf, -math.inf
            made[2], made[:, 5] = 0, made[:, 5].round(decimals=1)
        weights[name] = made.to(dtype_of[name])
        references[name] = then.to(dtype_of[name])
        count = shape[inputs_of(name)]
        activations[name] = torch.rand(count, generator=generator, dtype=torch.float32) + 0.5
    return weights, references, activations


# Random scores, as src/tensors/random.ts defines them


def mix(x: np.ndarray) -> np.ndarray:
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x7FEB352D)
    x = x ^ (x >> np.uint32(15))
    x = x * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def random_scores(seed: int, name: str, count: int) -> np.ndarray:
    stream = 0x811C9DC5
    for byte in name.encode():
        stream = (stream ^ byte) * 0x01000193 % 2**32
    golden = np.uint32(0x9E3779B9)
    with np.errstate(over="ignore"):
        first = mix(np.uint32(stream) ^ mix(np.uint32(seed) + golden))
        second = mix(first + golden)
        bits = mix(mix(np.arange(count, dtype=np.uint32) ^ first) + second)
    return (bits >> np.uint32(8)).astype(np.float64) / 2**24


# One model on its way through a recipe


class LowestPruning(prune.L1Unstructured):
    """L1Unstructured without its abs: of any importance scores the lowest go."""

    def compute_mask(self, t: torch.Tensor, default_mask: torch.Tensor) -> torch.Tensor:
        count = prune._compute_nparams_toprune(self.amount, t.nelement())
        mask = default_mask.clone(memory_format=torch.contiguous_format)
        if count > 0:
            mask.view(-1)[torch.topk(t.reshape(-1), k=count, largest=False).indices] = 0
        return mask


class Pruned:
    """A tensor in a module of its own."""

    def __init__(self, name: str, weight: torch.Tensor, reference: torch.Tensor, activation: torch.Tensor):
        self.name, self.original = name, weight
        self.reference, self.activation = reference, activation
        self.module = nn.Module()
        self.module.weight = nn.Parameter(weight.clone(), requires_grad=False)
        self.outputs, self.inputs = layers[name][1], inputs_of(name)

    @property
    def parameter(self) -> tuple[nn.Module, str]:
        return (self.module, "weight")

    def left(self) -> np.ndarray:
        if not hasattr(self.module, "weight_mask"):
            return np.ones(self.original.numel(), dtype=bool)
        return self.module.weight_mask.flatten().bool().numpy()

    def take(self, gone: np.ndarray) -> None:
        mask = torch.from_numpy(~gone.reshape(tuple(self.original.shape)))
        prune.custom_from_mask(self.module, "weight", mask.to(self.original.dtype))

    def importance(self, rule: dict) -> torch.Tensor:
        """Of single weights, in the dtype that they are compared in."""
        criterion = rule["criterion"]
        if "relative" in rule:
            others = [axis for axis in range(self.original.dim()) if axis != self.outputs]
            squares = self.original.double() ** 2
            root = math.sqrt(squares.numel() // squares.shape[self.outputs]) / squares.sum(others, keepdim=True).sqrt()
            # Nothing goes of an output with a weight that is not finite.
            root = root.masked_fill(root == 0, math.nan)
            return self.original.abs().float() * root.clamp(max=torch.finfo(torch.float32).max).float()
        if criterion == "magnitude":
            return self.original.abs()
        if criterion == "magnitude_increase":
            return self.original.abs() - self.reference.abs()
        if criterion == "activation":
            shape = [-1 if axis == self.inputs else 1 for axis in range(self.original.dim())]
            return self.original.abs().float() * self.activation.reshape(shape)
        if criterion == "random":
            scores = torch.from_numpy(random_scores(rule.get("seed", 0), self.name, self.original.numel()))
            return scores.reshape(self.original.shape).where(self.original.isfinite(), math.nan)
        return self.original

    def groups(self, granularity: object) -> np.ndarray:
        """The group number of each weight."""
        shape = tuple(self.original.shape)
        index = np.indices(shape)
        if granularity == "weight":
            return np.arange(self.original.numel())
        if granularity == "kernel":
            return (index[self.outputs] * shape[self.inputs] + index[self.inputs]).ravel()
        if "dim" in granularity:
            return index[granularity["dim"]].ravel()
        r, c = granularity["block"]
        columns = math.ceil(shape[self.inputs] / c)
        return (index[self.outputs] // r * columns + index[self.inputs] // c).ravel()

    def scores(self, rule: dict) -> tuple[np.ndarray, np.ndarray]:
        """The number of each group with something left, and its score: NaN where one of its weights is not finite."""
        granularity = rule["granularity"]
        ids, left = self.groups(granularity), self.left()
        numbers = np.unique(ids[left])
        importance = self.importance(rule)
        if granularity == "weight":
            scores = importance.flatten().double().numpy()[numbers]
            return numbers, np.where(np.isfinite(scores), scores, np.nan)
        if rule["criterion"] == "random":
            scores = random_scores(rule.get("seed", 0), self.name, int(ids.max()) + 1)[numbers]
        else:
            order = granularity["norm"] if "dim" in granularity else 1
            norms = [self.norm(importance, (ids == number) & left, order) for number in numbers]
            scores = np.array([norm.double().item() for norm in norms])
        finite = np.isfinite(self.original.flatten().double().numpy())
        return numbers, np.array([s if finite[ids == n].all() else np.nan for n, s in zip(numbers, scores)])

    def norm(self, importance: torch.Tensor, chosen: np.ndarray, order: object) -> torch.Tensor:
        order = {"inf": math.inf, "-inf": -math.inf}.get(order, order)
        return torch.norm(importance.flatten()[torch.from_numpy(chosen)], p=order, dim=0)

    def take_groups(self, granularity: object, numbers: np.ndarray) -> None:
        self.take(np.isin(self.groups(granularity), numbers))


def lowest(scores: np.ndarray, count: int) -> np.ndarray:
    """Positions of the lowest scores; of equal ones the first. NaN is never among them."""
    order = np.argsort(scores, kind="stable")
    return order[~np.isnan(scores[order])][:count]


def splits_ties(scores: np.ndarray, count: int) -> bool:
    """Whether equal scores are on both sides of the count."""
    ordered = np.sort(scores)
    return 0 < count < len(ordered) and ordered[count - 1] == ordered[count]


# A rule


def count_of(amount: dict, left: int) -> int:
    return amount["count"] if "count" in amount else round(amount["sparsity"] * left)


def floor_of(rule: dict, tensor: Pruned) -> int:
    return math.ceil(rule.get("keep", 0) * len(np.unique(tensor.groups(rule["granularity"]))))


def apply(rule: dict, tensors: list[Pruned]) -> bool:
    """@returns whether torch chose among equal scores"""
    granularity, scope = rule["granularity"], rule["scope"]
    if isinstance(granularity, dict) and "n" in granularity:
        for tensor in tensors:
            tensor.take(strips(rule, tensor, granularity["n"], granularity["m"]))
        return False
    if scope == "row":
        for tensor in tensors:
            tensor.take(rows(rule, tensor))
        return False
    amount = rule["amount"]
    if "threshold" in amount or "sigma" in amount:
        for tensor in tensors:
            numbers, scores = tensor.scores(rule)
            is_single = rule["criterion"] in ("random", "activation") or "relative" in rule
            dtype = torch.float32 if is_single else tensor.original.dtype
            if "sigma" in amount:
                is_of_weights = granularity == "weight" and "relative" not in rule
                of = tensor.original.flatten().double().numpy() if is_of_weights else scores
                threshold = amount["sigma"] * np.std(of[np.isfinite(of)], ddof=1)
            else:
                threshold = amount["threshold"]
            threshold = torch.tensor(threshold, dtype=dtype).double().item()
            tensor.take_groups(granularity, numbers[scores <= threshold])
        return False
    if scope == "erk":
        return erk(rule, tensors)
    if scope == "lamp":
        return lamp(rule, tensors)
    if scope == "global":
        return globally(rule, tensors)
    tied = [alone(rule, tensor) for tensor in tensors]
    return any(tied)


def alone(rule: dict, tensor: Pruned) -> bool:
    numbers, scores = tensor.scores(rule)
    count = count_of(rule["amount"], len(numbers))
    granularity, criterion = rule["granularity"], rule["criterion"]
    number = rule["amount"]["count"] if "count" in rule["amount"] else float(rule["amount"]["sparsity"])
    has_method = "keep" not in rule and count <= np.isfinite(scores).sum()
    if has_method and granularity == "weight" and criterion != "random":
        if criterion == "magnitude" and "relative" not in rule:
            prune.l1_unstructured(*tensor.parameter, amount=number)
        else:
            LowestPruning.apply(*tensor.parameter, number, importance_scores=tensor.importance(rule))
        return splits_ties(scores, count)
    if has_method and criterion == "magnitude" and "relative" not in rule and "dim" in granularity:
        order = {"inf": math.inf, "-inf": -math.inf}.get(granularity["norm"], granularity["norm"])
        prune.ln_structured(*tensor.parameter, amount=number, n=order, dim=granularity["dim"])
        return splits_ties(scores, count)
    count = min(count, len(numbers) - floor_of(rule, tensor))
    tensor.take_groups(granularity, numbers[lowest(scores, count)])
    return False


def globally(rule: dict, tensors: list[Pruned]) -> bool:
    scored = [tensor.scores(rule) for tensor in tensors]
    every = np.concatenate([scores for _, scores in scored])
    count = count_of(rule["amount"], len(every))
    if "keep" not in rule and rule["granularity"] == "weight" and rule["criterion"] != "random":
        number = rule["amount"]["count"] if "count" in rule["amount"] else float(rule["amount"]["sparsity"])
        importance = {tensor.parameter: tensor.importance(rule) for tensor in tensors}
        prune.global_unstructured(
            [tensor.parameter for tensor in tensors], LowestPruning, importance_scores=importance, amount=number
        )
        return splits_ties(every, count)
    owners = np.concatenate([np.full(len(scores), at) for at, (_, scores) in enumerate(scored)])
    places = np.concatenate([np.arange(len(scores)) for _, scores in scored])
    room = [len(scores) - floor_of(rule, tensor) for tensor, (_, scores) in zip(tensors, scored)]
    taken: list[list[int]] = [[] for _ in tensors]
    for at in lowest(every, len(every)):
        owner = owners[at]
        if count > 0 and len(taken[owner]) < room[owner]:
            taken[owner].append(places[at])
            count -= 1
    for tensor, (numbers, _), positions in zip(tensors, scored, taken):
        tensor.take_groups(rule["granularity"], numbers[positions])
    return False


def strips(rule: dict, tensor: Pruned, n: int, m: int) -> np.ndarray:
    """Of every m neighbours along the inputs the lowest go, until n are left; a ragged tail stays."""
    gone = np.zeros(tuple(tensor.original.shape), dtype=bool)
    importance = torch.moveaxis(tensor.importance(rule).double(), tensor.inputs, -1).numpy()
    left = np.moveaxis(tensor.left().reshape(gone.shape), tensor.inputs, -1)
    view = np.moveaxis(gone, tensor.inputs, -1)
    for place in np.ndindex(view.shape[:-1]):
        for start in range(0, view.shape[-1] - m + 1, m):
            scores = importance[place][start : start + m].copy()
            is_left = left[place][start : start + m]
            scores[~is_left | ~np.isfinite(scores)] = np.nan
            view[place][start + lowest(scores, max(0, int(is_left.sum()) - n))] = True
    return gone.ravel()


def rows(rule: dict, tensor: Pruned) -> np.ndarray:
    """As Wanda compares: of each output alone."""
    gone = np.zeros(tuple(tensor.original.shape), dtype=bool)
    importance = torch.moveaxis(tensor.importance(rule).double(), tensor.outputs, 0).numpy()
    view = np.moveaxis(gone, tensor.outputs, 0)
    length = importance[0].size
    count = min(count_of(rule["amount"], length), length - math.ceil(rule.get("keep", 0) * length))
    for row in range(len(view)):
        scores = importance[row].ravel().copy()
        scores[~np.isfinite(scores)] = np.nan
        chosen = np.zeros(length, dtype=bool)
        chosen[lowest(scores, count)] = True
        view[row] = chosen.reshape(view[row].shape)
    return gone.ravel()


def erk(rule: dict, tensors: list[Pruned]) -> bool:
    """Evci et al. 2020: densities epsilon * sum(shape) / prod(shape); those above 1 become dense, epsilon follows."""
    scored = [tensor.scores(rule) for tensor in tensors]
    counts = np.array([len(scores) for _, scores in scored], dtype=np.float64)
    raw = np.array([sum(tensor.original.shape) / math.prod(tensor.original.shape) for tensor in tensors])
    dense = np.zeros(len(tensors), dtype=bool)
    while True:
        target = (1 - rule["amount"]["sparsity"]) * counts.sum() - counts[dense].sum()
        epsilon = target / (raw * counts)[~dense].sum()
        over = ~dense & (epsilon * raw > 1)
        if not over.any():
            break
        dense |= over
    densities = np.where(dense, 1, epsilon * raw)
    for tensor, density, (numbers, scores) in zip(tensors, densities, scored):
        tensor.take_groups(rule["granularity"], numbers[lowest(scores, round((1 - density) * len(scores)))])
    return False


def lamp(rule: dict, tensors: list[Pruned]) -> bool:
    """Lee et al. 2021: w^2 over the sum of all v^2 of the tensor with |v| >= |w|."""
    every, owners, places, scored = [], [], [], []
    for at, tensor in enumerate(tensors):
        numbers, magnitudes = tensor.scores(rule)
        scored.append(numbers)
        finite = np.where(np.isnan(magnitudes), 0, magnitudes)
        order = np.argsort(-finite, kind="stable")
        sums = np.cumsum(finite[order] ** 2)
        # Equal magnitudes are all in each other's sum.
        last = np.searchsorted(-finite[order], -finite, side="right") - 1
        with np.errstate(invalid="ignore"):
            scores = np.where(finite == 0, 0, finite**2 / sums[last])
        every.append(np.where(np.isnan(magnitudes), np.nan, scores))
        owners.append(np.full(len(numbers), at))
        places.append(np.arange(len(numbers)))
    joined, owners, places = np.concatenate(every), np.concatenate(owners), np.concatenate(places)
    chosen = lowest(joined, count_of(rule["amount"], len(joined)))
    for at, tensor in enumerate(tensors):
        tensor.take_groups("weight", scored[at][places[chosen][owners[chosen] == at]])
    return False


def answer(recipe: dict, model: tuple[dict, dict, dict]) -> dict:
    weights, references, activations = model
    tensors = {name: Pruned(name, weights[name], references[name], activations[name]) for name in weights}
    tied, decided = False, set()
    for rules in recipe["steps"] if "steps" in recipe else [recipe["rules"]]:
        deciding = {name: last_match(rules, name) for name in tensors}
        for at, rule in enumerate(rules):
            names = [name for name in tensors if deciding[name] == at]
            decided.update(names)
            tied |= apply(rule, [tensors[name] for name in names])
    keeps = {name: bits(tensors[name].left()) for name in tensors if name in decided}
    return {"recipe": recipe, "keeps": keeps, **({"tied": True} if tied else {})}


def last_match(rules: list[dict], name: str) -> int | None:
    def matches(patterns: list[str]) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)

    matching = [
        at
        for at, rule in enumerate(rules)
        if matches(rule.get("tensors", ["*"])) and not matches(rule.get("exclude", []))
    ]
    return matching[-1] if matching else None


# The recipes


def rule(criterion: str, granularity: object, scope: str, amount: dict | None = None, **more: object) -> dict:
    names = {field: more.pop(field) for field in ("tensors", "exclude") if field in more}
    made = {**names, "criterion": criterion, "granularity": granularity, "scope": scope}
    return {**made, **({"amount": amount} if amount else {}), **more}


def rules(*rules: dict) -> dict:
    return {"format": "secateur-recipe", "version": 1, "rules": list(rules)}


def steps(*steps: list[dict]) -> dict:
    return {"format": "secateur-recipe", "version": 1, "steps": list(steps)}


sane = {"exclude": ["awkward*"]}
convolutions = {"tensors": ["*conv*"]}


def recipes() -> list[dict]:
    weight, half, third = "weight", {"sparsity": 0.5}, {"sparsity": 0.3}
    made = []
    # torch.nn.utils.prune's own methods, along every dimension.
    for amount in (third, {"sparsity": 0.85}, {"count": 17}):
        made.append(rules(rule("magnitude", weight, "layer", amount)))
        made.append(rules(rule("random", weight, "layer", amount, seed=7)))
    for dim in (0, 1, -1):
        for norm in (1, 2, "inf", "-inf", 3, 0.5, -1):
            # A channel with an infinity stays here, whatever its norm.
            all_finite = sane if norm in ("-inf", -1) else {}
            made.append(rules(rule("magnitude", {"dim": dim, "norm": norm}, "layer", half, **all_finite)))
        made.append(rules(rule("magnitude", {"dim": dim, "norm": 2}, "layer", {"count": 1})))
        made.append(rules(rule("random", {"dim": dim, "norm": 2}, "layer", half, seed=2**32 - 1)))
    made += [rules(rule("magnitude", {"dim": dim, "norm": 2}, "layer", third, **convolutions)) for dim in (2, -2)]
    made.append(rules(rule("magnitude", {"dim": 3, "norm": 1}, "layer", third, tensors=["conv.*", "deconv*"])))
    # Other criteria.
    for criterion in ("signed", "random", "magnitude_increase", "activation"):
        made.append(rules(rule(criterion, weight, "global", half, **sane)))
        made.append(rules(rule(criterion, weight, "layer", third, **sane)))
        made.append(rules(rule(criterion, weight, "row", half)))
        made.append(rules(rule(criterion, {"n": 2, "m": 4}, "layer")))
    made.append(rules(rule("magnitude_increase", weight, "layer", {"threshold": -0.02}, **sane)))
    made.append(rules(rule("activation", {"dim": 0, "norm": 2}, "layer", half, **sane)))
    relative = {"relative": "output"}
    made.append(rules(rule("magnitude", weight, "global", half, **sane, **relative)))
    made.append(rules(rule("magnitude", weight, "global", {"sparsity": 0.7}, keep=0.2, **relative)))
    made.append(rules(rule("magnitude", weight, "layer", third, **sane, **relative)))
    made.append(rules(rule("magnitude", weight, "row", half, **relative)))
    made.append(rules(rule("magnitude", weight, "erk", {"sparsity": 0.8}, **sane, **relative)))
    made.append(rules(rule("magnitude", {"n": 2, "m": 4}, "layer", **relative)))
    # Along inputs: the norms of outputs are all the same.
    inputs_last = {"tensors": ["conv.*", "conv1d*", "linear*"]}
    made.append(rules(rule("magnitude", {"dim": 1, "norm": 2}, "layer", half, **inputs_last, **relative)))
    made.append(rules(rule("magnitude", weight, "layer", {"threshold": 0.75}, **relative)))
    made.append(rules(rule("magnitude", weight, "layer", {"sigma": 1.5}, **sane, **relative)))
    # Other granularities and scopes.
    for pattern in ({"n": 2, "m": 4}, {"n": 1, "m": 2}, {"n": 1, "m": 3}, {"n": 1, "m": 10}):
        made.append(rules(rule("magnitude", pattern, "layer")))
    for amount in (third, {"count": 3}):
        made.append(rules(rule("magnitude", weight, "row", amount)))
    made.append(rules(rule("magnitude", weight, "row", {"sparsity": 0.9}, keep=0.25)))
    for scope in ("layer", "global"):
        made.append(rules(rule("magnitude", "kernel", scope, half, **convolutions)))
        made.append(rules(rule("random", "kernel", scope, half, **convolutions)))
        made.append(rules(rule("magnitude", {"block": [2, 3]}, scope, half)))
        made.append(rules(rule("magnitude", {"block": [4, 4]}, scope, third, keep=0.3)))
        made.append(rules(rule("magnitude", {"dim": 0, "norm": 2}, scope, half, keep=0.4)))
    made.append(rules(rule("random", {"block": [2, 2]}, "global", half)))
    made.append(rules(rule("magnitude", {"dim": 0, "norm": 1}, "layer", {"threshold": 4}, **sane)))
    made.append(rules(rule("magnitude", {"dim": 0, "norm": 2}, "layer", {"sigma": 1.5}, **sane)))
    made.append(rules(rule("magnitude", weight, "layer", {"sigma": 1}, **sane)))
    # Floors and allocation.
    for keep in (0.05, 0.3):
        made.append(rules(rule("magnitude", weight, "global", {"sparsity": 0.8}, keep=keep)))
    made.append(rules(rule("magnitude", weight, "layer", {"sparsity": 0.95}, keep=0.1)))
    made.append(rules(rule("magnitude", weight, "global", {"count": 700}, keep=0.5, **sane)))
    for sparsity in (0.1, 0.5, 0.8, 0.95):
        made.append(rules(rule("magnitude", weight, "erk", {"sparsity": sparsity})))
        made.append(rules(rule("magnitude", weight, "lamp", {"sparsity": sparsity})))
    made.append(rules(rule("random", weight, "erk", {"sparsity": 0.8})))
    made.append(rules(rule("magnitude", {"dim": 0, "norm": 2}, "erk", half)))
    made.append(rules(rule("magnitude", weight, "lamp", {"count": 200}, **sane)))
    # Containers: one method after the other. Norms below 1 see the zeros of earlier masks in torch, and do not here.
    first, second = {"dim": 0, "norm": 2}, {"dim": 1, "norm": 1}
    sequences = [
        [rule("magnitude", weight, "layer", half, **sane), rule("magnitude", first, "layer", third, **sane)],
        [rule("magnitude", first, "layer", third, **sane), rule("magnitude", weight, "layer", half, **sane)],
        [rule("magnitude", first, "layer", third, **sane), rule("magnitude", second, "layer", third, **sane)],
        [rule("magnitude", first, "layer", half, **sane), rule("magnitude", first, "layer", half, **sane)],
        # The first by custom_from_mask.
        [rule("random", weight, "layer", half, **sane), rule("magnitude", weight, "layer", half, **sane)],
        [rule("random", first, "layer", third, **sane), rule("magnitude", weight, "global", half, **sane)],
        [rule("magnitude", weight, "layer", {"threshold": 0.1}, **sane), rule("magnitude", first, "layer", half, **sane)],
        [rule("magnitude", {"n": 2, "m": 4}, "layer"), rule("magnitude", weight, "layer", half)],
        [rule("magnitude", weight, "layer", half, **sane), rule("magnitude", {"n": 1, "m": 4}, "layer", **sane)],
        [rule("magnitude", "kernel", "global", third, **convolutions), rule("magnitude", weight, "global", half, **sane)],
        [rule("magnitude", weight, "global", half, **sane), rule("signed", weight, "global", half, **sane)],
        [rule("magnitude", weight, "global", third, **sane), rule("magnitude", weight, "lamp", third, **sane)],
        [rule("magnitude", {"dim": 0, "norm": 2}, "global", third, **sane), rule("magnitude", weight, "erk", third, **sane)],
    ]
    # Relative to the output as it came, whatever went before.
    sequences.append([rule("magnitude", weight, "layer", half, **sane), rule("magnitude", weight, "global", half, **sane, **relative)])
    made += [steps(*[[each] for each in sequence]) for sequence in sequences]
    triple = [rule("magnitude", weight, "layer", third, **sane), rule("random", first, "layer", third, seed=3, **sane)]
    triple.append(rule("magnitude", second, "layer", half, **sane))
    made.append(steps(*[[each] for each in triple]))
    return made


# The files


def bits(mask: np.ndarray) -> str:
    return base64.b64encode(np.packbits(mask).tobytes()).decode()


def raw(tensor: torch.Tensor) -> str:
    return base64.b64encode(tensor.contiguous().view(torch.uint8).numpy().tobytes()).decode()


def write(name: str, dtype_of: dict[str, torch.dtype], seed: int) -> None:
    made = model(dtype_of, seed)
    tokens = {dtype: token for token, dtype in dtypes.items()}
    tensors = [
        {
            "name": tensor,
            "kind": kind,
            "outputAxis": axis,
            "dtype": tokens[dtype_of[tensor]],
            "shape": shape,
            "bytes": raw(made[0][tensor]),
            "reference": raw(made[1][tensor]),
            "activations": raw(made[2][tensor]),
        }
        for tensor, (kind, axis, shape) in layers.items()
    ]
    cases = [answer(recipe, made) for recipe in recipes()]
    body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    head = json.dumps(tensors, separators=(",", ":"))
    (folder / f"{name}.json").write_text(f'{{"tensors":{head},\n"cases":[\n{body}\n]}}\n')


def main() -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for seed, (token, dtype) in enumerate(dtypes.items(), 40):
        write(token.lower(), dict.fromkeys(layers, dtype), seed)
    order = list(dtypes.values())
    write("mixed", {name: order[at % 4] for at, name in enumerate(layers)}, 50)


if __name__ == "__main__":
    main()
