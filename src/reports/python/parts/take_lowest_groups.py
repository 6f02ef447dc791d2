def take_lowest_groups(ranked, amount, keep=0.0):
    """Prunes the lowest of all groups given, ranked together."""
    scores = [hold_back(groups.scores, groups.left, keep) for groups in ranked]
    population = sum(int(groups.left.sum()) for groups in ranked)
    chosen = lowest(torch.cat(scores), count_of(amount, population))
    for groups, part in zip(ranked, chosen.split([groups.count for groups in ranked])):
        groups.take(part)
