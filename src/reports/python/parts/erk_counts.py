def erk_counts(shapes, counts, sparsity, keep=0.0):
    """How many go of each layer by Erdős-Rényi-kernel densities (Evci et al. 2020).

    A density is proportional to the sum of the layer's shape over its product. Layers that would exceed 1 stay dense (and
    those that would fall below `keep` keep that much), and the others are scaled again.
    """
    raw = [sum(shape) / math.prod(shape) if math.prod(shape) else 0 for shape in shapes]
    kept = (1 - sparsity) * sum(counts)
    densities = [0.0] * len(raw)
    free = list(range(len(raw)))
    while free:
        rest = kept
        for i in range(len(raw)):
            rest -= 0 if i in free else densities[i] * counts[i]
        divisor = sum(raw[i] * counts[i] for i in free)
        scale = max(0, rest) / divisor if divisor else 0
        over = sum(max(0, scale * raw[i] - 1) * counts[i] for i in free)
        under = sum(max(0, keep - scale * raw[i]) * counts[i] for i in free)
        if over > 0 and over >= under:
            fixed = [i for i in free if scale * raw[i] > 1]
        elif under > 0:
            fixed = [i for i in free if scale * raw[i] < keep]
        else:
            fixed = free
        for i in fixed:
            densities[i] = min(1, max(keep, scale * raw[i]))
        free = [i for i in free if i not in fixed]
    return [round((1 - density) * count) for density, count in zip(densities, counts)]
