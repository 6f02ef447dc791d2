def blocks(layer, outputs, inputs, rows=1, columns=1):
    """Rectangles of so many outputs by so many inputs; kernels are blocks of one by one."""
    across = size(layer, inputs, columns)
    numbers = along(layer, outputs, rows) * across + along(layer, inputs, columns)
    return Groups(layer, numbers, size(layer, outputs, rows) * across)
