def keep_n_of_m(layer, scores, axis, n, m):
    """Of every m neighbours along an axis all but the n highest go: of equal ones the first. A ragged end stays."""
    at = layer.axes.index(axis)
    whole = layer.weight.shape[at] // m * m
    strips = scores.movedim(at, -1)[..., :whole].unflatten(-1, (-1, m))
    stays = left(layer).movedim(at, -1)[..., :whole].unflatten(-1, (-1, m))
    eligible = stays & strips.isfinite()
    order = strips.masked_fill(~eligible, math.inf).argsort(dim=-1, stable=True)
    going = (stays.sum(-1, keepdim=True) - n).clamp(min=0)
    mask = torch.ones(layer.weight.shape, dtype=torch.bool)
    mask.movedim(at, -1)[..., :whole] = ~(eligible & (order.argsort(-1) < going)).flatten(-2)
    prune.custom_from_mask(layer, "weight", mask)
