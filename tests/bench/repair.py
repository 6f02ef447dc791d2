"""ResNet-20 for CIFAR-10 as graphs with and without folded batch normalisation, and images to repair it on.

    python repair.py resnet20-cifar10.th cifar10-jpeg.npz folder

writes unfolded.onnx, folded.onnx, calibration.npz (training images) and test.npz (x normalised, y).
"""

import sys
from pathlib import Path

import numpy as np
import torch
from resnet20 import ResNet20


def normalised(images):
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    return ((images / 255 - mean) / deviation).transpose(0, 3, 1, 2).astype(np.float32)


def main(checkpoint, images, folder):
    folder = Path(folder)
    state = torch.load(checkpoint, map_location="cpu", weights_only=False)["state_dict"]
    model = ResNet20()
    model.load_state_dict({name.removeprefix("module."): tensor for name, tensor in state.items()})
    model.eval()
    names = {"input_names": ["x"], "output_names": ["logits"]}
    torch.onnx.export(
        model,
        (torch.zeros(2, 3, 32, 32),),
        str(folder / "unfolded.onnx"),
        dynamo=True,
        # What optimising would fold batch normalisation into.
        optimize=False,
        external_data=False,
        dynamic_shapes={"x": {0: torch.export.Dim("batch")}},
        **names,
    )
    torch.onnx.export(
        model,
        (torch.zeros(2, 3, 32, 32),),
        str(folder / "folded.onnx"),
        dynamo=False,
        dynamic_axes={"x": {0: "batch"}, "logits": {0: "batch"}},
        **names,
    )
    with np.load(images) as data:
        for name in ("calibration", "test"):
            x, y = data[f"{name}_images"], data[f"{name}_labels"]
            np.savez(folder / f"{name}.npz", x=normalised(x), y=y.astype(np.int64))


if __name__ == "__main__":
    main(*sys.argv[1:])
