def tensors_in(value, path=""):
    """Every tensor of a checkpoint by its path: state dicts may sit in dicts, and modules may be pickled whole."""
    if isinstance(value, nn.Module):
        value = value.state_dict(keep_vars=True)
    if isinstance(value, torch.Tensor):
        yield path or "tensor", value
    elif isinstance(value, (dict, list, tuple)):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, entry in entries:
            yield from tensors_in(entry, f"{path}.{key}" if path else str(key))


def load(path, trust_code):
    try:
        return torch.load(path, map_location="cpu", weights_only=not trust_code)
    except pickle.UnpicklingError as error:
        sys.exit(f"{error}\n\nOnly if you trust where {path} comes from: --trust-code runs the code that it names.")
