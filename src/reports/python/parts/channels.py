def channels(layer, dim):
    """All weights that share an index of one dimension, as in prune.ln_structured."""
    return Groups(layer, along(layer, dim), size(layer, dim))
