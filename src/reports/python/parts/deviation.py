def deviation(scores):
    """torch.std, in double precision."""
    return scores[scores.isfinite()].double().std().item()
