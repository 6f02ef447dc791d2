class LowestPruning(prune.BasePruningMethod):
    """The lowest scores go: prune.L1Unstructured, except that torch does not say which of equal scores those are."""

    PRUNING_TYPE = "unstructured"

    def __init__(self, amount):
        self.amount = amount

    def compute_mask(self, scores, default_mask):
        return default_mask.masked_fill(lowest(scores, count_of(self.amount, scores.numel())), 0)
