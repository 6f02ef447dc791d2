def read_repair(path):
    """The repaired weights by name, as Secateur saves them beside the recipe."""
    if path is None:
        print("Prunes only: the recipe was repaired, and --repair names no file with its weights.", file=sys.stderr)
        return {}
    content = path.read_bytes()
    values = content[8 + int.from_bytes(content[:8], "little") :]
    if hashlib.sha256(values).hexdigest() != REPAIR:
        sys.exit(f"{path} does not hold the repaired weights of this recipe.")
    return safetensors.torch.load(content)


def apply_repair(weights, values):
    """In place of what pruning left, zeros and all."""
    for name, value in values.items():
        if name not in weights:
            continue
        weight = weights[name].detach()
        if weight.dtype != value.dtype or weight.shape != value.shape:
            sys.exit(f"The repaired {name} is {value.dtype} {list(value.shape)}, and the checkpoint's {weight.dtype} {list(weight.shape)}.")
        weight.copy_(value)
