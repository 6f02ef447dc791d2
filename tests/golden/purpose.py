"""What a module's parameter is for, by `isinstance`: the oracle of what a file says of its tensors."""

from torch import nn


def purpose(module, leaf):
    """(kind, outputs, inputs) of a parameter, by the class that owns it; None where that does not tell."""
    name = leaf.removesuffix("_orig")
    if leaf == "weight_v":  # of weight_norm: the directions
        name = "weight"
    if leaf == "weight_g":  # and the lengths
        return "parameter", None, None
    if isinstance(module, nn.RNNBase | nn.RNNCellBase):
        return ("recurrent", [0], [1]) if name.startswith("weight") else ("bias", None, None)
    if isinstance(module, nn.MultiheadAttention):
        return ("linear", [0], [1]) if name.endswith("weight") else ("bias", None, None)
    if name == "bias":
        return "bias", None, None
    transposed = nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d
    if isinstance(module, transposed):
        return "conv", [1], [0]
    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d):
        return "conv", [0], [1]
    if isinstance(module, nn.Linear):
        return "linear", [0], [1]
    if type(module).__name__ in ("Conv1D", "Backwards"):  # transformers', and one of a golden file
        return "linear", [1], [0]
    if isinstance(module, nn.Bilinear):  # of two inputs: no layer whose weights are pruned
        return "parameter", None, None
    if isinstance(module, nn.Embedding | nn.EmbeddingBag):
        return "embedding", [0], [1]
    if isinstance(module, nn.PReLU):
        return "prelu", None, None
    if isinstance(module, nn.modules.batchnorm._NormBase | nn.LayerNorm | nn.GroupNorm | nn.RMSNorm):
        return "norm", None, None
    return ("norm", None, None) if type(module).__name__.endswith("RMSNorm") else None
