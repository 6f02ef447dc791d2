def hold_back(scores, stays, keep):
    """The scores with NaN for those that have to stay so that `keep` of all do: all but the lowest of what is left."""
    room = int(stays.sum()) - math.ceil(keep * scores.numel())
    return scores.masked_fill(~lowest(scores.masked_fill(~stays, math.nan), room), math.nan)
