class ThresholdPruning(prune.BasePruningMethod):
    """Every score at or below the threshold goes, compared in the dtype of the scores."""

    PRUNING_TYPE = "unstructured"

    def __init__(self, threshold):
        self.threshold = threshold

    def compute_mask(self, scores, default_mask):
        threshold = torch.tensor(self.threshold, dtype=scores.dtype)
        return default_mask.masked_fill((scores <= threshold) & scores.isfinite(), 0)
