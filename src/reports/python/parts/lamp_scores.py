def lamp_scores(layer):
    """Layer-adaptive scores (Lee et al. 2021): w^2 over the sum of all v^2 of the layer with |v| >= |w|."""
    finite = left(layer) & layer.weight.isfinite()
    values, which, counts = layer.weight[finite].abs().double().unique(return_inverse=True, return_counts=True)
    squares = values**2
    sums = (squares * counts).flip(0).cumsum(0).flip(0)
    scores = torch.full(layer.weight.shape, math.nan, dtype=torch.double)
    scores[finite] = torch.where(sums > 0, squares / sums, 0).clamp(max=1)[which]
    return scores
