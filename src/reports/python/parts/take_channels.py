def take_channels(layer, cuts):
    """Whole indices of axes go, whatever is there."""
    mask = torch.ones(layer.weight.shape, dtype=torch.bool)
    for axis, indices in cuts:
        mask.movedim(layer.axes.index(axis), 0)[indices] = False
    prune.custom_from_mask(layer, "weight", mask)
