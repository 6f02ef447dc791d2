"""Smaller models in PyTorch and in ONNX Runtime itself.

    python slim.py export FOLDER [resnet20-cifar10.th]
    python slim.py check FOLDER
    python slim.py modules FOLDER…
    python slim.py scripts SCRIPT STEM…

`export` writes the models that are to get smaller: ResNet-20 with and without its batch norms folded (trained weights where there are
any, else random ones), and the sample's network. `check` reads NAME-slim.onnx and NAME-zeroed.onnx beside them, and where there is a
NAME-slim-plan.json the same PyTorch module is built smaller by it, loaded strictly, and run. `modules` runs what the script in each folder
makes of a module beside MODEL.onnx there. `scripts` runs the script on STEM.onnx with STEM-plan.json, and holds what it writes against
STEM-ours.onnx. Print problems, one a line.
"""

import importlib.util
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "samples"))
from train_digits import DigitsCnn  # noqa: E402

TOLERANCE = 1e-5


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.widens, self.quarter = inputs != outputs, outputs // 4

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if self.widens:
            x = functional.pad(functional.max_pool2d(x, 1, 2), (0, 0, 0, 0, self.quarter, self.quarter))
        return torch.relu(y + x)


class ResNet20(nn.Module):
    """He et al. 2015, for CIFAR, shortcuts by option A."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(*(Block(16, 16, 1) for _ in range(3)))
        self.layer2 = nn.Sequential(Block(16, 32, 2), Block(32, 32, 1), Block(32, 32, 1))
        self.layer3 = nn.Sequential(Block(32, 64, 2), Block(64, 64, 1), Block(64, 64, 1))
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(x))))))
        return self.linear(x.mean((2, 3)))


def resnet20(checkpoint):
    model = ResNet20()
    if checkpoint:
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)["state_dict"]
        model.load_state_dict({name.removeprefix("module."): tensor for name, tensor in state.items()}, strict=False)
    return model.eval()


def export(folder, checkpoint=None):
    torch.manual_seed(1)
    model = resnet20(checkpoint)
    torch.save(model.state_dict(), folder / "resnet20-norms.pt")
    save_file(model.state_dict(), folder / "resnet20-norms.safetensors")
    for name, mode in (("resnet20-norms", "PRESERVE"), ("resnet20-folded", "EVAL")):
        buffer = io.BytesIO()
        torch.onnx.export(
            model, (torch.randn(1, 3, 32, 32),), buffer, dynamo=False, opset_version=13, input_names=["x"],
            training=getattr(torch.onnx.TrainingMode, mode), dynamic_axes={"x": {0: "batch"}},
        )  # fmt: skip
        (folder / f"{name}.onnx").write_bytes(buffer.getvalue())


def shrunk(model, state):
    """Layers as wide as their tensors; only then everything has to fit."""
    for name, module in list(model.named_modules()):
        weight = state.get(f"{name}.weight")
        if isinstance(module, nn.Conv2d):
            module.weight = nn.Parameter(torch.empty_like(weight))
        elif isinstance(module, nn.BatchNorm2d):
            for key in ("weight", "bias"):
                setattr(module, key, nn.Parameter(torch.empty_like(weight)))
            for key in ("running_mean", "running_var"):
                setattr(module, key, torch.empty_like(weight))
    model.load_state_dict(state, strict=True)
    return model.eval()


def run(path, x):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


def check(folder):
    x = np.random.default_rng(2).standard_normal((4, 3, 32, 32)).astype(np.float32)
    for permuted in sorted(folder.glob("*-permuted.onnx")):
        name = permuted.name.removesuffix("-permuted.onnx")
        onnx.checker.check_model(onnx.load(permuted), full_check=True)
        report(name, "with channels in another order", run(permuted, x), run(folder / f"{name}.onnx", x))
    for slim in sorted(folder.glob("*-slim.onnx")):
        name = slim.name.removesuffix("-slim.onnx")
        onnx.checker.check_model(onnx.load(slim), full_check=True)
        ours, zeroed = run(slim, x), run(folder / f"{name}-zeroed.onnx", x)
        report(name, "beside zeros", ours, zeroed)
        if slim.stat().st_size >= (folder / f"{name}.onnx").stat().st_size:
            print(f"{name}: no smaller")
        plan = folder / f"{name}-slim-plan.json"
        if not plan.exists():
            continue
        state = torch.load(folder / f"{name}.pt", weights_only=True)
        for tensor in json.loads(plan.read_text())["tensors"]:
            for axis in tensor["axes"]:
                state[tensor["name"]] = state[tensor["name"]].index_select(axis["axis"], torch.tensor(axis["kept"]))
        with torch.no_grad():
            report(name, "beside the smaller module", ours, shrunk(ResNet20(), state)(torch.from_numpy(x)).numpy())


def modules(folders):
    for folder in map(Path, folders):
        spec = importlib.util.spec_from_file_location("of_the_studio", folder / "slim.py")
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        (path,) = folder.glob("*.onnx")
        model, size = (ResNet20(), (3, 32, 32)) if path.stem == "resnet20" else (DigitsCnn(), (1, 8, 8))
        x = np.random.default_rng(3).standard_normal((4, *size)).astype(np.float32)
        before = sum(parameter.numel() for parameter in model.parameters())
        model = script.slim(model).eval()
        if not sum(parameter.numel() for parameter in model.parameters()) < 0.9 * before:
            print(f"{folder.name}: no smaller")
        for module in model.modules():
            if isinstance(module, nn.Conv2d) and module.weight.shape[:2] != (module.out_channels, module.in_channels):
                print(f"{folder.name}: {module} is {list(module.weight.shape)}")
        with torch.no_grad():
            report(folder.name, "beside the slim graph", model(torch.from_numpy(x)).numpy(), run(path, x))


def scripts(script, stems):
    for stem in stems:
        ours = onnx.load(f"{stem}-ours.onnx")
        command = [sys.executable, script, f"{stem}.onnx", f"{stem}-made.onnx", "--plan", f"{stem}-plan.json"]
        subprocess.run(command, check=True)
        made = onnx.load(f"{stem}-made.onnx")
        for what, of in (("nodes", nodes_of), ("weights", weights_of), ("inputs", inputs_of)):
            if of(ours) != of(made):
                print(f"{Path(stem).name}: other {what}")
        if ours.ir_version != made.ir_version:
            print(f"{Path(stem).name}: another IR version")


def nodes_of(model):
    return [
        (node.op_type, list(node.input), list(node.output), {each.name: each.SerializeToString() for each in node.attribute})
        for node in model.graph.node
    ]


def weights_of(model):
    arrays = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    return {name: (array.dtype, array.shape, array.tobytes()) for name, array in arrays.items()}


def inputs_of(model):
    return [each.name for each in model.graph.input], sorted(each.name for each in model.graph.value_info)


def report(name, beside, a, b):
    difference = np.abs(a - b).max() / np.abs(b).max()
    print(f"{name} {beside}: {difference:.1e}", file=sys.stderr)
    if not difference < TOLERANCE:
        print(f"{name} {beside}: {difference}")


if __name__ == "__main__":
    command, first, *rest = sys.argv[1:]
    if command == "modules":
        modules([first, *rest])
    elif command == "scripts":
        scripts(first, rest)
    else:
        (export if command == "export" else check)(Path(first), *rest)
