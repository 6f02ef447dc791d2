def by_norm(groups, p):
    """Scores groups by their p-norms, summed in double precision and rounded to the dtype of the weights."""
    weight = groups.layer.weight.flatten()
    stays = left(groups.layer).flatten()
    sizes = weight.double().abs()
    if p == math.inf or p == -math.inf:
        start = torch.full((groups.count,), 0.0 if p > 0 else math.inf, dtype=torch.double)
        sizes = sizes.masked_fill(~stays, 0.0 if p > 0 else math.inf)
        norms = start.scatter_reduce(0, groups.numbers, sizes, "amax" if p > 0 else "amin")
    else:
        norms = groups.sums((sizes**p).masked_fill(~stays, 0)) ** (1 / p)
    return groups.score(norms.to(weight.dtype))
