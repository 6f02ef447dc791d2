def left(layer):
    """Which weights nothing has taken yet."""
    return getattr(layer, "weight_mask", torch.ones_like(layer.weight)) == 1
