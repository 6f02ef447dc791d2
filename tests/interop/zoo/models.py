"""What an architecture of the zoo is, and the one list of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import nn


# Where a processor has no NNPACK, every convolution warns of it.
torch.backends.nnpack.set_flags(False)


@dataclass(frozen=True)
class Axes:
    """Which dimensions of a weight count outputs, inputs and layers side by side; the rest are places in a kernel."""

    outputs: tuple[int, ...]
    inputs: tuple[int, ...]
    copies: tuple[int, ...] = ()


@dataclass(frozen=True)
class Architecture:
    name: str
    """The library that it comes from."""
    library: str
    """The module and example inputs, positional."""
    build: Callable[[], tuple[nn.Module, tuple]]
    """One of the few that every run tests, not only `--all`."""
    quick: bool = False
    """By a pattern of names: parameters that their module's own forward multiplies with, though no class tells."""
    matrices: dict[str, Axes] = field(default_factory=dict)
    """A pattern of names: plain parameters that choose among experts. Where no name says so, they are not judged."""
    routers: str = "(?!)"

    def model(self) -> tuple[nn.Module, tuple]:
        torch.manual_seed(0)
        model, inputs = self.build()
        model.eval()
        randomise(model)
        return model, inputs

    def matrix(self, key: str) -> Axes | None:
        return next((axes for pattern, axes in self.matrices.items() if re.fullmatch(pattern, key)), None)


def randomise(model: nn.Module) -> None:
    """Weights without ties: what is initialised with zeros or ones has no 50 % that all would agree on."""
    generator = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for parameter in model.parameters():
            drawn = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.copy_(drawn * 0.1)
        for name, buffer in model.named_buffers():
            if name.endswith("running_mean"):
                buffer.copy_(torch.randn(buffer.shape, generator=generator) * 0.1)
            if name.endswith("running_var"):
                buffer.copy_(torch.rand(buffer.shape, generator=generator) + 0.5)


architectures: list[Architecture] = []


def architecture(library: str, quick: bool = False, **options):
    """Adds a builder to the list, under its function's name."""

    def add(build: Callable[[], tuple[nn.Module, tuple]]):
        architectures.append(Architecture(build.__name__, library, build, quick, **options))
        return build

    return add
