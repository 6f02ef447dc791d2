def by_norm(groups, p, scores=None):
    """Scores groups by the p-norms of their weights (or of their scores), summed in double precision and rounded back."""
    scores = groups.layer.weight if scores is None else scores
    stays = left(groups.layer).flatten()
    sizes = scores.flatten().double().abs()
    if p == math.inf or p == -math.inf:
        start = torch.full((groups.count,), 0.0 if p > 0 else math.inf, dtype=torch.double)
        sizes = sizes.masked_fill(~stays, 0.0 if p > 0 else math.inf)
        norms = start.scatter_reduce(0, groups.numbers, sizes, "amax" if p > 0 else "amin")
    else:
        norms = groups.sums((sizes**p).masked_fill(~stays, 0)) ** (1 / p)
    return groups.score(norms.to(scores.dtype))
