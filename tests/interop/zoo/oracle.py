"""
Which parameters of a real module are pruned by default, and along which axes they multiply: told by isinstance alone.

In are the weights of convolutions, Linear, Conv1D and recurrent modules, the projections that MultiheadAttention holds
itself, and the parameters that an architecture lists (experts). A linear tied to an embedding is off. Names of one storage
are one weight.
"""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.utils import parametrize, prune

from .models import Architecture, Axes


@dataclass
class Weight:
    """Keys in the state dict: one, or more where several names share it."""

    keys: list[str]
    tensor: torch.Tensor
    axes: Axes


plain, transposed = Axes((0,), (1,)), Axes((1,), (0,))


def own_weights(module: nn.Module) -> Iterator[tuple[str, Axes]]:
    """Attributes of a module that are weights, by its class."""
    match module:
        case nn.modules.conv._ConvNd():
            yield "weight", transposed if module.transposed else plain
        case nn.Linear():
            yield "weight", plain
        case nn.RNNBase():
            for name in module._flat_weights_names:
                if name.startswith("weight_"):
                    yield name, plain
        case nn.RNNCellBase():
            yield "weight_ih", plain
            yield "weight_hh", plain
        case nn.MultiheadAttention():
            for name in ("in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight"):
                if getattr(module, name) is not None:
                    yield name, plain
        case _ if isinstance(module, conv1d_classes()):
            yield "weight", transposed


def conv1d_classes() -> tuple[type, ...]:
    try:
        return (importlib.import_module("transformers.pytorch_utils").Conv1D,)
    except ImportError:
        return ()


def stored_as(module: nn.Module, name: str) -> str:
    """What stands for a weight in the state dict, where the module computes it."""
    if parametrize.is_parametrized(module, name):
        original = "original" if hasattr(module.parametrizations[name], "original") else "original1"
        return f"parametrizations.{name}.{original}"
    return next(each for each in (name, f"{name}_v", f"{name}_orig") if each in module._parameters)


def weights_of(architecture: Architecture, model: nn.Module) -> list[Weight]:
    """In the order of the state dict."""
    axes_by_storage: dict[int, Axes] = {}
    embeddings = set()
    state = model.state_dict(keep_vars=True)
    for path, module in model.named_modules():
        if isinstance(module, (nn.Embedding, nn.EmbeddingBag)):
            embeddings.add(module.weight.data_ptr())
        for name, axes in own_weights(module):
            key = f"{path}.{stored_as(module, name)}" if path else stored_as(module, name)
            axes_by_storage[state[key].data_ptr()] = axes
    for key, tensor in state.items():
        if axes := architecture.matrix(key):
            assert len(axes.outputs + axes.inputs + axes.copies) <= tensor.dim(), key
            axes_by_storage[tensor.data_ptr()] = axes
    weights: dict[int, Weight] = {}
    for key, tensor in state.items():
        storage = tensor.data_ptr()
        if storage in embeddings or storage not in axes_by_storage or not isinstance(tensor, nn.Parameter):
            continue
        if storage in weights:
            weights[storage].keys.append(key)
        else:
            weights[storage] = Weight([key], tensor.detach(), axes_by_storage[storage])
    return list(weights.values())


def pruned_by_half(weights: list[Weight]) -> list[torch.Tensor]:
    """By global_unstructured over them, +0 where PyTorch's multiplication leaves -0."""
    holder = nn.Module()
    parameters = []
    for i, weight in enumerate(weights):
        holder.register_parameter(f"p{i}", nn.Parameter(weight.tensor.clone()))
        parameters.append((holder, f"p{i}"))
    prune.global_unstructured(parameters, pruning_method=prune.L1Unstructured, amount=0.5)
    return [getattr(holder, name).detach() + 0.0 for _, name in parameters]
