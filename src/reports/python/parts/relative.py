def relative(layer, axes):
    """|w| over the root mean square of the weights of its output, as they came, in single precision."""
    weight = getattr(layer, "weight_orig", layer.weight)
    places = [layer.axes.index(axis) for axis in axes]
    others = [place for place in range(weight.dim()) if place not in places]
    norms = (weight.double() ** 2).sum(others, keepdim=True).sqrt()
    norms = norms.masked_fill(norms.isinf(), math.nan)  # nothing goes of an output with a weight that is not finite
    size = weight.numel() // norms.numel()
    factors = (math.sqrt(size) / norms).clamp(max=torch.finfo(torch.float).max).float()
    return (layer.weight.abs().float() * factors).masked_fill(~layer.weight.isfinite(), math.nan)
