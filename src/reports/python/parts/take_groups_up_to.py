def take_groups_up_to(groups, threshold, keep=0.0):
    """Prunes the groups whose score is at or below the threshold, compared in the dtype of the scores."""
    scores = hold_back(groups.scores, groups.left, keep)
    groups.take((scores <= torch.tensor(threshold, dtype=scores.dtype)) & scores.isfinite())
