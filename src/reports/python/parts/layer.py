class Layer(nn.Module):
    """One weight, so that torch.nn.utils.prune can work on it.

    Its dimensions are in the order of memory: of equal scores the first in the file goes first.
    """

    def __init__(self, tensor):
        super().__init__()
        self.axes = sorted(range(tensor.dim()), key=lambda axis: -tensor.stride(axis))
        weight = tensor.detach().permute(self.axes).contiguous()
        self.weight = nn.Parameter(weight, requires_grad=False)


def write_zeros(layer, tensor):
    """What prune.remove does, but with 0.0 where its product would leave -0.0 for a negative weight."""
    if prune.is_pruned(layer):
        tensor.detach().permute(layer.axes)[layer.weight_mask == 0] = 0
