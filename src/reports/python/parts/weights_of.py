def weights_of(tensors):
    """The weights that the recipe prunes, by name."""
    missing = [name for name in NAMES if PATHS.get(name, name) not in tensors]
    if missing:
        sys.exit(f"The checkpoint has no tensor {PATHS.get(missing[0], missing[0])}.")
    return {name: tensors[PATHS.get(name, name)] for name in NAMES}
