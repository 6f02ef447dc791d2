"""Imports torchvision, which timm and transformers import in turn, also where its compiled half does not fit PyTorch's."""

import sys

import torch


def import_torchvision() -> None:
    """
    A torchvision built for CUDA does not load its operators beside a PyTorch without it, and refuses to be imported
    then. No architecture here computes with them: it is enough that their names exist.
    """
    try:
        import torchvision  # noqa: F401
    except RuntimeError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "FRAGMENT")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        held.append(library)
        import torchvision  # noqa: F401


# A Library takes its operators with it.
held: list[torch.library.Library] = []
import_torchvision()
