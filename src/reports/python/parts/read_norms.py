def read_norms(path):
    """The norms of the inputs of each layer, as Secateur saves them beside the recipe."""
    norms = safetensors.torch.load_file(path)
    missing = [name for name in NORMS if name not in norms]
    if missing:
        sys.exit(f"{path} has no norms of the inputs of {missing[0]}.")
    return norms
