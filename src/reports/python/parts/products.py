def products(layer, norms, outputs, inputs):
    """|w| times the norm of the input that it multiplies, in single precision (Wanda, Sun et al. 2023)."""
    at = [layer.axes.index(outputs), layer.axes.index(inputs)]
    count, width = (layer.weight.shape[place] for place in at)
    rows = norms.view(-1, width)  # of a grouped convolution one for each group
    factors = rows.repeat_interleave(count // len(rows), 0)
    shape = [size if place in at else 1 for place, size in enumerate(layer.weight.shape)]
    factors = (factors if at[0] < at[1] else factors.T).reshape(shape)
    return (layer.weight.abs().float() * factors).masked_fill(~layer.weight.isfinite(), math.nan)
