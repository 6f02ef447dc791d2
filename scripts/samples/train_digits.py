"""Trains the sample network on scikit-learn's digits and writes it to public/samples in every format Secateur opens.

    pip install torch scikit-learn safetensors onnx onnxruntime
    python scripts/samples/train_digits.py
    python scripts/samples/train_digits.py calibration    # only the calibration set and the list

One thread and fixed seeds, so that the same versions of the libraries on the same kind of machine give the same files.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional

SEED = 7
EPOCHS = 40
BATCH = 64
CALIBRATION = 256
SAMPLES = Path(__file__).resolve().parents[2] / "public" / "samples"


class DigitsCnn(nn.Module):
    """8×8 grey digits to ten classes: convolution, normalisation, linear and bias tensors, 118 k parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=3, padding=1)
        self.bn1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.bn2 = nn.BatchNorm2d(64)
        self.dropout = nn.Dropout(0.3)
        self.fc1 = nn.Linear(64 * 4 * 4, 96)
        self.fc2 = nn.Linear(96, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)))
        x = torch.flatten(functional.max_pool2d(x, 2), 1)
        x = torch.relu(self.fc1(self.dropout(x)))
        return self.fc2(self.dropout(x))


def load_split() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Images as N×1×8×8 in 0..1 and labels; a third of each class is held out."""
    # Here, as the network alone is read where scikit-learn need not be.
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    x = (digits.images / 16.0).astype(np.float32)[:, None]
    y = digits.target.astype(np.int64)
    train_x, test_x, train_y, test_y = train_test_split(x, y, test_size=1 / 3, random_state=SEED, stratify=y)
    return torch.tensor(train_x), torch.tensor(train_y), torch.tensor(test_x), torch.tensor(test_y)


def train(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> None:
    """Leaves the model in eval mode."""
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
        schedule.step()
    model.eval()


def accuracy(scores: np.ndarray, y: torch.Tensor) -> float:
    return float((scores.argmax(axis=1) == y.numpy()).mean())


def export_onnx(model: nn.Module, example: torch.Tensor, path: Path) -> None:
    """PRESERVE and no folding keep batch normalisation as nodes and every initializer under its state dict's name."""
    torch.onnx.export(
        model,
        (example,),
        str(path),
        dynamo=False,
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
        input_names=["image"],
        output_names=["scores"],
        dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}},
        opset_version=17,
    )


def verify(test_x: torch.Tensor, test_y: torch.Tensor) -> float:
    """Every file gives the same scores on the held-out images. Returns their accuracy."""
    model = DigitsCnn().eval()
    scores = []
    for state in (torch.load(SAMPLES / "digits-cnn.pth"), load_file(SAMPLES / "digits-cnn.safetensors")):
        model.load_state_dict(state)
        with torch.no_grad():
            scores.append(model(test_x).numpy())
    graph = onnx.load(SAMPLES / "digits-cnn.onnx")
    onnx.checker.check_model(graph, full_check=True)
    learned = {name for name in model.state_dict() if not name.endswith("num_batches_tracked")}
    assert {initializer.name for initializer in graph.graph.initializer} == learned
    session = onnxruntime.InferenceSession(SAMPLES / "digits-cnn.onnx", providers=["CPUExecutionProvider"])
    scores.append(session.run(None, {"image": test_x.numpy()})[0])
    for other in scores[1:]:
        np.testing.assert_allclose(other, scores[0], atol=1e-4)
    return accuracy(scores[0], test_y)


def describe() -> None:
    """The list that the empty page offers."""
    entries = [
        ("digits-cnn.pth", "PyTorch", "State dict of a small convolutional network that reads handwritten digits."),
        ("digits-cnn.safetensors", "safetensors", "The same network as safetensors."),
        ("digits-cnn.onnx", "ONNX", "The same network as an ONNX graph that can be run."),
    ]
    graph = "digits-cnn.onnx"
    samples = [
        {
            "file": file,
            "title": title,
            "bytes": (SAMPLES / file).stat().st_size,
            "description": description,
            "testSet": "digits-test.npz",
            "calibrationSet": "digits-calibration.npz",
            **({} if file == graph else {"graph": graph}),
        }
        for file, title, description in entries
    ]
    (SAMPLES / "samples.json").write_text(json.dumps(samples, indent=2) + "\n")


def save_calibration(train_x: torch.Tensor, train_y: torch.Tensor) -> None:
    """Training images that a repair may see: every one of the test set is kept from it."""
    chosen = np.random.default_rng(SEED).permutation(len(train_x))[:CALIBRATION]
    np.savez(SAMPLES / "digits-calibration.npz", x=train_x.numpy()[chosen], y=train_y.numpy()[chosen])


def main() -> None:
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    train_x, train_y, test_x, test_y = load_split()
    model = DigitsCnn()
    train(model, train_x, train_y)

    SAMPLES.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), SAMPLES / "digits-cnn.pth")
    save_file(model.state_dict(), SAMPLES / "digits-cnn.safetensors", metadata={"format": "pt"})
    export_onnx(model, test_x[:1], SAMPLES / "digits-cnn.onnx")
    np.savez(SAMPLES / "digits-test.npz", x=test_x.numpy(), y=test_y.numpy())
    save_calibration(train_x, train_y)
    describe()

    reached = verify(test_x, test_y)
    print(f"{sum(p.numel() for p in model.parameters())} parameters, accuracy {reached:.2%} on {len(test_y)} held-out images")
    assert reached >= 0.97, "the sample should be a network worth pruning"


if __name__ == "__main__":
    if sys.argv[1:] == ["calibration"]:
        save_calibration(*load_split()[:2])
        describe()
    else:
        main()
