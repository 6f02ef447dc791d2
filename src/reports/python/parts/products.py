def products(layer, known, outputs, inputs):
    """|w| times what is known of the input that it multiplies, in single precision: its norm (Wanda, Sun et al. 2023), or a
    factor for each place of the kernel."""
    order = [outputs, inputs, *(axis for axis in sorted(layer.axes) if axis not in (outputs, inputs))]
    weight = layer.weight.permute([layer.axes.index(axis) for axis in order])
    kernel = weight.shape[2:] if known.dim() > 1 else [1] * (weight.dim() - 2)
    rows = known.reshape(-1, weight.shape[1], *kernel)  # of a grouped convolution one for each group
    factors = rows.repeat_interleave(len(weight) // len(rows), 0)
    scores = (weight.abs().float() * factors).masked_fill(~weight.isfinite(), math.nan)
    return scores.permute([order.index(axis) for axis in layer.axes]).contiguous()
