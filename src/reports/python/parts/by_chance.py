def by_chance(groups, name, seed):
    """Scores groups at random."""
    return groups.score(random_scores(name, seed, groups.count))
