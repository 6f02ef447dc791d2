class Groups:
    """Weights that go together: the group number of each weight, the groups' scores, and which have any weight left."""

    def __init__(self, layer, numbers, count):
        self.layer = layer
        self.numbers = numbers.expand(layer.weight.shape).flatten()
        self.count = count
        stays = left(layer).flatten()
        self.left = self.sums(stays) > 0
        self.broken = self.sums(stays & ~layer.weight.flatten().isfinite()) > 0

    def sums(self, values):
        return torch.zeros(self.count, dtype=torch.double).index_add(0, self.numbers, values.double())

    def score(self, scores):
        """Groups with nothing left, or with a number in them that is not finite, never go."""
        self.scores = scores.masked_fill(~self.left | self.broken, math.nan)
        return self

    def take(self, chosen):
        """Prunes the chosen groups whole."""
        mask = ~chosen[self.numbers].view(self.layer.weight.shape)
        prune.custom_from_mask(self.layer, "weight", mask)


def along(layer, axis, block=1):
    """The index of each weight along an axis of the tensor, counted in blocks."""
    at = layer.axes.index(axis)
    shape = [-1 if place == at else 1 for place in range(layer.weight.dim())]
    return (torch.arange(layer.weight.shape[at]) // block).view(shape)


def size(layer, axis, block=1):
    return math.ceil(layer.weight.shape[layer.axes.index(axis)] / block)
