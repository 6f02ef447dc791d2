def count_of(amount, population):
    """As in torch.nn.utils.prune: a float is a fraction, an int a count."""
    return amount if isinstance(amount, int) else round(amount * population)
