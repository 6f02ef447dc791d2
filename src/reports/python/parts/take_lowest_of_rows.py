def take_lowest_of_rows(layer, scores, axes, amount, keep=0.0):
    """Of each index along some axes together the lowest scores go: of equal ones the first."""
    places = sorted(layer.axes.index(axis) for axis in axes)
    front = tuple(range(len(places)))
    rows = scores.movedim(places, front)
    stays = left(layer).movedim(places, front)
    length = math.prod(rows.shape[len(places) :])
    remaining = length - getattr(layer, "taken_of_rows", 0)
    count = max(0, min(count_of(amount, remaining), remaining - math.ceil(keep * length)))
    layer.taken_of_rows = length - remaining + count
    eligible = (stays & rows.isfinite()).reshape(-1, length)
    order = rows.reshape(-1, length).masked_fill(~eligible, math.inf).argsort(dim=-1, stable=True)
    mask = ~(eligible & (order.argsort(-1) < count)).view(rows.shape)
    prune.custom_from_mask(layer, "weight", mask.movedim(front, places))
