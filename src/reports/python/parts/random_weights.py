def random_weights(name, layer, seed):
    """A random score for every weight that is a finite number."""
    scores = random_scores(name, seed, layer.weight.numel()).view(layer.weight.shape)
    return scores.masked_fill(~layer.weight.isfinite(), math.nan)
