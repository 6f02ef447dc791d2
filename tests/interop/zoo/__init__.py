"""Small models with random weights, of the kinds that people prune: what architectures.py saves and judges by."""
