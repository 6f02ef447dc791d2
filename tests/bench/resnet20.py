"""ResNet-20 for CIFAR-10 (akamaster/pytorch_resnet_cifar10) as graphs that can be run, and images for it.

    python resnet20.py resnet20-cifar10.th cifar10-jpeg.npz folder [images]

writes resnet20.onnx (open batch), resnet20-one.onnx (a batch of one) and images.npz (x normalised, y).
Batch normalisation stays unfolded, so that weights are those of the checkpoint.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.widens = stride != 1

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.widens:
            # Option A of the paper: every second pixel, and channels of zeros on both sides.
            fill = x.shape[1] // 2
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, fill, fill))
        return F.relu(y + x)


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = self.stage(16, 16, 1)
        self.layer2 = self.stage(16, 32, 2)
        self.layer3 = self.stage(32, 64, 2)
        self.linear = nn.Linear(64, 10)

    @staticmethod
    def stage(inputs, outputs, stride):
        return nn.Sequential(*(Block(inputs if i == 0 else outputs, outputs, stride if i == 0 else 1) for i in range(3)))

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(x.mean((2, 3)))


def main(checkpoint, images, folder, count=300):
    folder = Path(folder)
    state = torch.load(checkpoint, map_location="cpu", weights_only=False)["state_dict"]
    model = ResNet20()
    model.load_state_dict({name.removeprefix("module."): tensor for name, tensor in state.items()})
    model.eval()
    for name, axes in [("resnet20", {"x": {0: "batch"}, "logits": {0: "batch"}}), ("resnet20-one", None)]:
        torch.onnx.export(
            model,
            torch.zeros(1, 3, 32, 32),
            str(folder / f"{name}.onnx"),
            input_names=["x"],
            output_names=["logits"],
            dynamic_axes=axes,
            dynamo=False,
            # Weights as trained: what is folded no longer ranks by magnitude.
            training=torch.onnx.TrainingMode.PRESERVE,
            do_constant_folding=False,
        )
    with np.load(images) as data:
        x, y = data["test_images"], data["test_labels"]
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    normalised = ((x[: int(count)] / 255 - mean) / deviation).transpose(0, 3, 1, 2).astype(np.float32)
    np.savez(folder / "images.npz", x=normalised, y=y[: int(count)].astype(np.int64))


if __name__ == "__main__":
    main(*sys.argv[1:])
