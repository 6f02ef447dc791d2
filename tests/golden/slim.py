"""Writes small networks of many kinds, exported by PyTorch, for the tests that make models smaller.

    python tests/golden/slim.py

`files/slim/NAME.onnx`. Their weights are random; batch norm has figures of its own, as after training. Nothing is written of what
comes out: a smaller model is held against the same file with zeros.
"""

import io
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional

folder = Path(__file__).parent / "files" / "slim"


class Residual(nn.Module):
    """ResNet for CIFAR in small: a stage that keeps its width, and one with the shortcut of option A (padded channels) and B."""

    def __init__(self):
        super().__init__()
        self.stem = self.conv(3, 16)
        self.a1, self.a2 = self.conv(16, 16), self.conv(16, 16)
        self.b1, self.b2 = self.conv(16, 24, 2), self.conv(24, 24)
        self.c1, self.c2 = self.conv(24, 32, 2), self.conv(32, 32)
        self.down = self.conv(24, 32, 2)
        self.fc = nn.Linear(32, 10)

    @staticmethod
    def conv(inputs, outputs, stride=1):
        return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        x = torch.relu(self.stem(x))
        x = torch.relu(self.a2(torch.relu(self.a1(x))) + x)
        short = functional.pad(functional.max_pool2d(x, 1, 2), (0, 0, 0, 0, 4, 4))
        x = torch.relu(self.b2(torch.relu(self.b1(x))) + short)
        x = torch.relu(self.c2(torch.relu(self.c1(x))) + self.down(x))
        return self.fc(x.mean((2, 3)))


class Mobile(nn.Module):
    """Depthwise convolutions, squeeze-and-excite, hard activations, as in MobileNetV3."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.Hardswish())
        self.expand = nn.Sequential(nn.Conv2d(16, 32, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU6())
        self.depthwise = nn.Sequential(nn.Conv2d(32, 32, 3, 1, 1, groups=32, bias=False), nn.BatchNorm2d(32), nn.Hardswish())
        self.squeeze, self.excite = nn.Conv2d(32, 16, 1), nn.Conv2d(16, 32, 1)
        self.project = nn.Sequential(nn.Conv2d(32, 16, 1, bias=False), nn.BatchNorm2d(16))
        self.fc = nn.Linear(16, 5)

    def forward(self, x):
        x = self.stem(x)
        y = self.depthwise(self.expand(x))
        y = y * functional.hardsigmoid(self.excite(torch.relu(self.squeeze(functional.adaptive_avg_pool2d(y, 1)))))
        x = x + self.project(y)
        return self.fc(torch.flatten(functional.adaptive_avg_pool2d(x, 1), 1))


class UNet(nn.Module):
    """Down and up again: Concat, ConvTranspose and Resize, PReLU, instance norm."""

    def __init__(self):
        super().__init__()
        self.down1 = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.PReLU(16))
        self.down2 = nn.Sequential(nn.Conv2d(16, 24, 3, padding=1), nn.InstanceNorm2d(24, affine=True), nn.LeakyReLU(0.1))
        self.bottom = nn.Sequential(nn.Conv2d(24, 32, 3, padding=1), nn.SiLU())
        self.up1 = nn.ConvTranspose2d(32, 24, 2, 2)
        self.join1 = nn.Sequential(nn.Conv2d(48, 16, 3, padding=1), nn.ReLU())
        self.join2 = nn.Sequential(nn.Conv2d(32, 16, 3, padding=1), nn.ReLU())
        self.out = nn.Conv2d(16, 1, 1)

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(functional.max_pool2d(a, 2))
        c = self.bottom(functional.max_pool2d(b, 2))
        c = self.join1(torch.cat([self.up1(c), b], 1))
        c = functional.interpolate(c, scale_factor=2, mode="bilinear", align_corners=False)
        return torch.sigmoid(self.out(self.join2(torch.cat([c, a], 1))))


class Shuffle(nn.Module):
    """Channels split in halves, one of them convolved, and shuffled, as in ShuffleNetV2; grouped convolutions as in ResNeXt."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1), nn.ReLU())
        self.branches = nn.ModuleList(self.branch() for _ in range(2))
        self.grouped = nn.Sequential(nn.Conv2d(32, 48, 3, padding=1, groups=4), nn.ReLU(), nn.Conv2d(48, 48, 3, padding=1, groups=16))
        self.fc = nn.Linear(48, 6)

    @staticmethod
    def branch():
        depthwise = nn.Conv2d(16, 16, 3, padding=1, groups=16)
        return nn.Sequential(nn.Conv2d(16, 16, 1), nn.ReLU(), depthwise, nn.Conv2d(16, 16, 1), nn.ReLU())

    def forward(self, x):
        x = self.stem(x)
        for branch in self.branches:
            a, b = x.chunk(2, 1)
            x = torch.cat([a, branch(b)], 1)
            n, c, h, w = x.shape
            x = x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        x = self.grouped(x)
        return self.fc(x.mean((2, 3)))


class Transformer(nn.Module):
    """One block with grouped queries over tokens, with an MLP."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(20, 32)
        self.n1, self.n2 = nn.LayerNorm(32), nn.LayerNorm(32)
        self.q, self.k, self.v = nn.Linear(32, 32), nn.Linear(32, 16), nn.Linear(32, 16)
        self.o = nn.Linear(32, 32)
        self.mlp = nn.Sequential(nn.Linear(32, 64), nn.GELU(), nn.Linear(64, 32))
        self.head = nn.Linear(32, 20)

    def forward(self, ids):
        x = self.tokens(ids)
        y = self.n1(x)
        n, t, _ = y.shape
        q = self.q(y).view(n, t, 4, 8).transpose(1, 2)
        k = self.k(y).view(n, t, 2, 8).transpose(1, 2).repeat_interleave(2, 1)
        v = self.v(y).view(n, t, 2, 8).transpose(1, 2).repeat_interleave(2, 1)
        weights = (q @ k.transpose(2, 3) / q.shape[-1] ** 0.5).softmax(-1)
        x = x + self.o((weights @ v).transpose(1, 2).reshape(n, t, 32))
        x = x + self.mlp(self.n2(x))
        return self.head(x)


class Recurrent(nn.Module):
    """A convolution over time, an LSTM that keeps its state whole, and a classifier."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(8, 24, 3, padding=1)
        self.lstm = nn.LSTM(24, 16, batch_first=True)
        self.fc = nn.Sequential(nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 4))

    def forward(self, x):
        y, _ = self.lstm(torch.relu(self.conv(x)).transpose(1, 2))
        return self.fc(y[:, -1])


class PixelShuffle(nn.Module):
    """Super-resolution: channels become places."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 16, 3, padding=1), nn.Conv2d(16, 32, 3, padding=1)
        self.out = nn.Conv2d(8, 1, 3, padding=1)

    def forward(self, x):
        return self.out(torch.relu(functional.pixel_shuffle(self.conv2(torch.relu(self.conv1(x))), 2)))


class Normed(nn.Module):
    """Group norm and layer norm over channels, which pin them, before layers that are free."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3)
        self.norm = nn.GroupNorm(4, 16)
        self.mid, self.fc = nn.Linear(16, 24), nn.Linear(24, 3)

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x))).amax((2, 3))
        return self.fc(torch.tanh(self.mid(x)))


class Padded(nn.Module):
    """A shortcut that is padded to as many channels as half of what it has says (option A of He et al., 2015)."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3, padding=1)
        self.second = nn.Conv2d(16, 32, 3, 2, 1)
        self.head = nn.Linear(32, 5)

    def forward(self, x):
        x = nn.functional.relu(self.first(x))
        fill = x.shape[1] // 2
        shortcut = nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, fill, fill))
        return self.head(nn.functional.relu(self.second(x) + shortcut).mean((2, 3)))


def settle(model):
    """Figures of batch norms as after training, scales of both signs."""
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.InstanceNorm2d)):
            nn.init.uniform_(module.weight, -1.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 2)
    return model.eval()


def export(name, model, x, *, opset=17, folded=True, **options):
    buffer = io.BytesIO()
    training = torch.onnx.TrainingMode.EVAL if folded else torch.onnx.TrainingMode.PRESERVE
    torch.onnx.export(
        settle(model), (x,), buffer, dynamo=False, opset_version=opset, input_names=["x"], output_names=["y"], training=training,
        do_constant_folding=folded, dynamic_axes={"x": {0: "batch"}}, **options,
    )  # fmt: skip
    (folder / f"{name}.onnx").write_bytes(buffer.getvalue())


def export_new(name, model, x, **options):
    program = torch.onnx.export(settle(model), (x,), dynamo=True, input_names=["x"], output_names=["y"], **options)
    (folder / f"{name}.onnx").write_bytes(program.model_proto.SerializeToString())


def within_a_branch():
    """A layer that a branch of an If reads, beside one that nothing else does."""
    rng = np.random.default_rng(5)
    arrays = {"w1": (8, 16), "w2": (16, 16), "w3": (16, 4), "b": (16, 4)}
    initializers = [numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32), name) for name, shape in arrays.items()]
    initializers.append(numpy_helper.from_array(np.array(True), "yes"))
    out = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", 4]) for name in ("t", "e", "y")]
    then = helper.make_graph([helper.make_node("MatMul", ["h2", "w3"], ["t"])], "then", [], out[:1])
    other = helper.make_graph([helper.make_node("MatMul", ["h2", "b"], ["e"])], "other", [], out[1:2])
    nodes = [
        helper.make_node("MatMul", ["x", "w1"], ["h0"]),
        helper.make_node("Relu", ["h0"], ["h1"]),
        helper.make_node("MatMul", ["h1", "w2"], ["h2"]),
        helper.make_node("If", ["yes"], ["y"], then_branch=then, else_branch=other),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 8])
    graph = helper.make_graph(nodes, "branch", [x], out[2:], initializers)
    model = helper.make_model(graph, producer_name="golden", ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, folder / "branch.onnx")


def main():
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(3)
    image, grey = torch.randn(2, 3, 16, 16), torch.randn(2, 1, 16, 16)
    residual = Residual()
    export("residual-folded", residual, image)
    export("residual-norms", residual, image, folded=False)
    export("residual-9", residual, image, opset=9, folded=False, keep_initializers_as_inputs=True)
    export("mobile", Mobile(), image)
    export("unet", UNet(), grey)
    shuffle = Shuffle()
    export("shuffle", shuffle, image)
    export_new("shuffle-new", shuffle, image)
    ids = torch.randint(0, 20, (2, 6))
    transformer = Transformer()
    export("transformer", transformer, ids)
    export_new("transformer-new", transformer, ids)
    export("recurrent", Recurrent(), torch.randn(2, 8, 10))
    export("pixels", PixelShuffle(), grey)
    export("normed", Normed(), image)
    export("padded", Padded(), image)
    # As PyTorch's exporter gives it where nothing is optimised: biases that a layer has not are filled with zeros, as many as its weight's shape says.
    export_new("mobile-plain", Mobile(), image, optimize=False, dynamic_shapes={"x": {0: torch.export.Dim("batch")}})
    within_a_branch()
    for path in sorted(folder.iterdir()):
        model = onnx.load(path)
        print(path.name, path.stat().st_size, sorted({node.op_type for node in model.graph.node}))


if __name__ == "__main__":
    main()
