def take_lowest_of_rows(layer, scores, axis, amount, keep=0.0):
    """Of each index along an axis the lowest scores go: of equal ones the first."""
    rows = scores.movedim(layer.axes.index(axis), 0)
    stays = left(layer).movedim(layer.axes.index(axis), 0)
    length = rows[0].numel()
    remaining = length - getattr(layer, "taken_of_rows", 0)
    count = max(0, min(count_of(amount, remaining), remaining - math.ceil(keep * length)))
    layer.taken_of_rows = length - remaining + count
    eligible = (stays & rows.isfinite()).flatten(1)
    order = rows.flatten(1).masked_fill(~eligible, math.inf).argsort(dim=-1, stable=True)
    mask = ~(eligible & (order.argsort(-1) < count)).view(rows.shape)
    prune.custom_from_mask(layer, "weight", mask.movedim(0, layer.axes.index(axis)))
