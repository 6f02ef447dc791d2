"""Saves a model in every container that people save models in."""

import copy
import importlib
import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file, save_model
from torch import nn

Save = Callable[[nn.Module, tuple, Path], None]


def state(model: nn.Module, inputs: tuple, path: Path) -> None:
    torch.save(model.state_dict(), path)


def nested(model: nn.Module, inputs: tuple, path: Path) -> None:
    """As a training loop saves it, after a step of Adam. The step is taken by a copy: weights stay as they are."""
    trained = copy.deepcopy(model) if can_be_copied(model) else model
    optimizer = torch.optim.Adam(trained.parameters(), lr=0.0)
    generator = torch.Generator().manual_seed(5)
    for parameter in trained.parameters():
        parameter.grad = torch.randn(parameter.shape, generator=generator)
    optimizer.step()
    torch.save({"epoch": 3, "state_dict": trained.state_dict(), "optimizer": optimizer.state_dict()}, path)


def can_be_copied(model: nn.Module) -> bool:
    # What the first spectral_norm and weight_norm compute is no leaf of autograd, which deepcopy refuses.
    try:
        copy.deepcopy(model)
    except RuntimeError:
        return False
    return True


def whole_module(model: nn.Module, inputs: tuple, path: Path) -> None:
    torch.save(model, path)


def script(model: nn.Module, inputs: tuple) -> torch.jit.ScriptModule:
    return torch.jit.script(model)


def trace(model: nn.Module, inputs: tuple) -> torch.jit.ScriptModule:
    return torch.jit.trace(model, inputs, check_trace=False, strict=False)


def scripted(model: nn.Module, inputs: tuple, path: Path) -> None:
    torch.jit.save(script(model, inputs), str(path))


def traced(model: nn.Module, inputs: tuple, path: Path) -> None:
    torch.jit.save(trace(model, inputs), str(path))


def frozen(model: nn.Module, inputs: tuple, path: Path) -> None:
    """Of the scripted module where the model can be scripted, of the traced one elsewhere."""
    try:
        module = script(model, inputs)
    except Exception:  # noqa: BLE001  whatever scripting refuses
        module = trace(model, inputs)
    torch.jit.save(torch.jit.freeze(module), str(path))


def safetensors(model: nn.Module, inputs: tuple, path: Path) -> None:
    tensors = {name: tensor if tensor.is_contiguous() else tensor.contiguous() for name, tensor in model.state_dict().items()}
    try:
        save_file(tensors, path, metadata={"format": "pt"})
    except RuntimeError:  # tensors share memory
        save_model(model, str(path), metadata={"format": "pt"})


def onnx(model: nn.Module, inputs: tuple, path: Path) -> None:
    torch.onnx.export(model, inputs, str(path), dynamo=False)


def onnx_dynamo(model: nn.Module, inputs: tuple, path: Path) -> None:
    torch.onnx.export(model, inputs, str(path), dynamo=True, external_data=False, verbose=False)


def pickled_by_value(package: str, **options) -> Save:
    """With the code of the model's class, as a module that lives in a notebook is."""

    def save(model: nn.Module, inputs: tuple, path: Path) -> None:
        for cls in {type(module) for module in model.modules() if type(module).__module__.startswith("zoo.")}:
            cls.__module__ = "__main__"
            setattr(sys.modules["__main__"], cls.__name__, cls)
        torch.save(model, path, pickle_module=importlib.import_module(package), **options)

    return save


legacy = dict(_use_new_zipfile_serialization=False)

# By name: how it is saved, and the ending of its files.
containers: dict[str, tuple[Save, str]] = {
    "state dict": (state, "state.pth"),
    "nested": (nested, "nested.pth.tar"),
    "module": (whole_module, "module.pt"),
    "scripted": (scripted, "scripted.pt"),
    "traced": (traced, "traced.pt"),
    "frozen": (frozen, "frozen.pt"),
    "safetensors": (safetensors, "safetensors"),
    "ONNX": (onnx, "export.onnx"),
    "ONNX dynamo": (onnx_dynamo, "dynamo.onnx"),
    "cloudpickle": (pickled_by_value("cloudpickle"), "cloudpickle.pt"),
    "cloudpickle legacy": (pickled_by_value("cloudpickle", **legacy), "cloudpickle-legacy.pt"),
    "dill": (pickled_by_value("dill"), "dill.pt"),
    "dill legacy": (pickled_by_value("dill", **legacy), "dill-legacy.pt"),
}

# Of which a few models of torch.nn say everything.
by_value = {"cloudpickle", "cloudpickle legacy", "dill", "dill legacy"}

# Where exporters rename, transpose and fold, so that weights are known by their content alone.
by_content = {"frozen", "ONNX", "ONNX dynamo"}


def save(container: str, model: nn.Module, inputs: tuple, path: Path) -> str | None:
    """@returns why the container does not take the model, in a line"""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            containers[container][0](model, inputs, path)
        except Exception as error:  # noqa: BLE001  every library refuses in its own way
            path.unlink(missing_ok=True)
            return reason_of(error)
    return None


def reason_of(error: BaseException) -> str:
    """The first sentence of what it began with, without what differs from run to run."""
    while error.__cause__:
        error = error.__cause__
    line = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    line = re.sub(r"\x1b\[\d*m| at 0x[0-9a-f]+", "", line)
    sentence = re.split(r"(?<=[a-z\)])[.:] ", line)[0]
    return f"{type(error).__name__}: {sentence}"[:160]
