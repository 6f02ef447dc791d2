def lowest(scores, count):
    """Which scores are the `count` lowest: of equal ones the first, and never NaN or an infinity."""
    finite = scores.isfinite()
    count = min(count, int(finite.sum()))
    if count <= 0:
        return torch.zeros_like(finite)
    ranked = scores.detach().masked_fill(~finite, math.inf)
    threshold = ranked.flatten().kthvalue(count).values
    chosen = ranked < threshold
    ties = (ranked == threshold).flatten().nonzero().flatten()
    chosen.view(-1)[ties[: count - int(chosen.sum())]] = True
    return chosen
