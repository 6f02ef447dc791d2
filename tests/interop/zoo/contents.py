"""
Finds a model's weights in files whose writers rename, transpose, cut and fold them: by their content.

A weight may stand there as it is, with its dimensions in another order, with dimensions of size one more or fewer, as one
slice an expert or a projection, with the gates of a recurrent layer in ONNX' order, or scaled by output where batch norm
was folded in. What is none of these is not judged.
"""

import hashlib
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import torch
from readers import read_tensors

from .oracle import Weight

# What a dimension counts.
OUTPUT, INPUT, COPY, KERNEL = "o", "i", "c", "k"
# PyTorch's gates in the order of ONNX: of LSTM (i, f, g, o) as (i, o, f, c), of GRU (r, z, n) as (z, r, n).
gate_orders = {4: (0, 3, 1, 2), 3: (1, 0, 2), 1: (0,)}


def weights_by_content(path: Path, weights: list[Weight], others: dict[str, torch.Tensor]) -> dict:
    file_format = "ONNX" if path.suffix == ".onnx" else "TorchScript"
    known: dict[str, tuple[list[Weight], torch.Tensor, str]] = {}
    for weight in weights:
        for form, meaning in forms_of(weight):
            known.setdefault(signature(form), ([weight], form, meaning))
    for pair in both_directions(weights):
        for form in stacks_of(*pair):
            known[signature(form)] = (pair, form, COPY + OUTPUT + INPUT)
    off = {signature(tensor) for tensor in others.values()}
    found, unjudged, seen = [], [], set()
    for name, tensor in read_tensors(path, file_format).items():
        if not tensor.is_floating_point() or tensor.dim() < 2:
            continue
        if signature(tensor) in off:
            continue
        of, form, meaning = known.get(signature(tensor)) or scaled(tensor, weights) or ([], None, "")
        axes = axes_in(tensor, form, meaning)
        if axes is None:
            unjudged.append(name)
            continue
        seen.update(id(weight) for weight in of)
        found.append({"names": [name], "shape": list(tensor.shape), "axes": axes})
    lost = [weight.keys[0] for weight in weights if id(weight) not in seen]
    return {"weights": found, "unjudged": unjudged, "lost": lost}


def signature(tensor: torch.Tensor) -> str:
    """Of elements in order, and of the shape but for dimensions of size one."""
    shape = [size for size in tensor.shape if size != 1]
    elements = tensor.detach().contiguous().float().numpy().tobytes()
    return f"{shape} {hashlib.sha256(elements).hexdigest()}"


def forms_of(weight: Weight) -> Iterator[tuple[torch.Tensor, str]]:
    """A weight, its pieces, and what each one's dimensions count: one letter a dimension."""
    letters = {OUTPUT: weight.axes.outputs, INPUT: weight.axes.inputs, COPY: weight.axes.copies}
    meaning = "".join(
        next((letter for letter, meant in letters.items() if axis in meant), KERNEL)
        for axis in range(weight.tensor.dim())
    )
    for piece, letters in pieces_of(weight.tensor, meaning):
        for order in permutations(range(piece.dim())):
            kernel = [axis for axis in order if letters[axis] == KERNEL]
            if kernel == sorted(kernel):
                yield piece.permute(order), "".join(letters[axis] for axis in order)


def pieces_of(tensor: torch.Tensor, meaning: str) -> Iterator[tuple[torch.Tensor, str]]:
    yield tensor, meaning
    if meaning.startswith(COPY):
        for copy in tensor:
            yield copy, meaning[1:]
    if meaning in (OUTPUT + INPUT, INPUT + OUTPUT):
        axis = meaning.index(OUTPUT)
        for parts in (3, 4):
            if tensor.shape[axis] % parts:
                continue
            chunks = tensor.chunk(parts, axis)
            yield from ((chunk, meaning) for chunk in chunks)
            if parts == 3:  # queries apart from keys and values
                yield torch.cat(chunks[1:], axis), meaning
            yield torch.cat([chunks[gate] for gate in gate_orders[parts]], axis), meaning


def both_directions(weights: list[Weight]) -> Iterator[list[Weight]]:
    by_key = {weight.keys[0]: weight for weight in weights}
    for key, weight in by_key.items():
        if reverse := by_key.get(f"{key}_reverse"):
            yield [weight, reverse]


def stacks_of(forward: Weight, backward: Weight) -> Iterator[torch.Tensor]:
    """As ONNX' recurrent operators take the two directions."""
    for parts, order in gate_orders.items():
        if forward.tensor.shape[0] % parts == 0:
            directions = [[weight.tensor.chunk(parts)[gate] for gate in order] for weight in (forward, backward)]
            yield torch.stack([torch.cat(gates) for gates in directions])


def scaled(tensor: torch.Tensor, weights: list[Weight]) -> tuple[list[Weight], torch.Tensor, str] | None:
    """The weight that this is, each output multiplied by a number of its own."""
    for weight in weights:
        original = weight.tensor
        if original.shape != tensor.shape:
            continue
        meaning = next(iter(forms_of(weight)))[1]
        axis = meaning.index(OUTPUT)
        ratios = (tensor.float() / original).movedim(axis, 0).flatten(1)
        middle = ratios.median(1, keepdim=True).values
        if torch.allclose(ratios, middle.expand_as(ratios), rtol=1e-3, atol=1e-6):
            return [weight], original, meaning
    return None


def axes_in(tensor: torch.Tensor, form: torch.Tensor | None, meaning: str) -> dict | None:
    """
    The axes of a tensor that has a form's elements: dimensions of size one may have come and gone.
    @returns None where outputs or inputs are of size one, and no dimension of the tensor is known to be theirs
    """
    if form is None:
        return None
    if form.shape == tensor.shape:
        letters = meaning
    else:
        rest = [letter for letter, size in zip(meaning, form.shape) if size != 1]
        # A dimension of one that was put in front counts layers side by side, as ONNX' recurrent operators have it.
        letters = "".join(rest.pop(0) if size != 1 else COPY if axis == 0 else KERNEL for axis, size in enumerate(tensor.shape))
    if OUTPUT not in letters or INPUT not in letters:
        return None
    meant = {"outputs": OUTPUT, "inputs": INPUT, "copies": COPY}
    axes = {name: [axis for axis, letter in enumerate(letters) if letter == each] for name, each in meant.items()}
    return {name: value for name, value in axes.items() if value}
