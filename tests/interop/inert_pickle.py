"""A `pickle_module` for torch.load: rebuilds tensors with the real PyTorch and runs nothing else that a pickle names.

Checkpoints of whole models name classes that cannot be imported here. They become `Inert` objects that keep their state.
"""

import pickle
from pickle import HIGHEST_PROTOCOL, PickleError, UnpicklingError, dump, dumps  # noqa: F401  torch.load looks for these

_REAL_MODULES = {"collections", "torch", "torch._utils", "torch._tensor", "torch.storage", "torch.nn.parameter"}
_REAL_BUILTINS = {"set", "frozenset", "dict", "list", "tuple", "int", "float", "bool", "str", "bytes", "complex", "slice"}


class Inert:
    """Takes the place of any other class, and of functions called to rebuild one."""

    def __new__(cls, *_args, **_kwargs):
        return super().__new__(cls)

    def __init__(self, *_args, **_kwargs):
        self.entries = []

    def __setstate__(self, state):
        # With __slots__ the state is a pair of dictionaries.
        parts = state if isinstance(state, tuple) and len(state) == 2 else (state,)
        for part in parts:
            if isinstance(part, dict):
                self.__dict__.update(part)

    def append(self, entry):
        self.entries.append(entry)

    def extend(self, entries):
        self.entries.extend(entries)

    def __setitem__(self, key, value):
        self.__dict__[key] = value


class Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if module in _REAL_MODULES or (module in ("builtins", "__builtin__") and name in _REAL_BUILTINS):
            return super().find_class(module, name)
        return type(name, (Inert,), {"__module__": module})


def load(file, **options):
    return Unpickler(file, **options).load()


def loads(data, **options):
    raise NotImplementedError("nothing in a checkpoint should need this")
