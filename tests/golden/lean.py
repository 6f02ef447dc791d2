"""Writes a small training checkpoint, and what PyTorch makes of its weights in fewer bits.

    python tests/golden/lean.py

`files/lean/training.pth` has a state dict, its average (parameters alone), Adam's state, and things that are no tensors;
`expected.json` the SHA-256 of the bytes of every tensor of the state dict, as it is, as `half()` and as `bfloat16()`, and
`narrowing.json` the bits of numbers beside every border of the two dtypes.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

folder = Path(__file__).parent / "files" / "lean"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 6, 3)
        self.norm = nn.BatchNorm2d(6)
        self.fc = nn.Linear(24, 5)
        self.head = nn.Linear(24, 5, bias=False)
        self.head.weight = self.fc.weight

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x))).flatten(1)
        return self.fc(x) + self.head(x)


def digest(tensor):
    return hashlib.sha256(tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes()).hexdigest()


def main():
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(3)
    net = Net()
    optimizer = torch.optim.Adam(net.parameters())
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    average = {name: value.detach().clone() for name, value in net.named_parameters(remove_duplicate=False)}
    for _ in range(3):
        net(torch.randn(4, 2, 4, 4)).square().mean().backward()
        optimizer.step()
        scheduler.step()
        for name, value in net.named_parameters(remove_duplicate=False):
            average[name].lerp_(value.detach(), 0.1)
    with torch.no_grad():
        net.conv.weight.view(-1)[:4] = torch.tensor([7e4, -1e-9, 2.0**-25, 65519.0])
        # A view saves all that it looks into.
        net.fc.bias.data = torch.cat([net.fc.bias.data, torch.randn(200)])[:5]
        net.conv.weight.data = net.conv.weight.data.to(memory_format=torch.channels_last)
    state = net.state_dict()
    torch.save(
        {
            "epoch": 3,
            "args": {"lr": 0.001},
            "state_dict": state,
            "state_dict_ema": average,
            "optimizer": optimizer.state_dict(),
            "scheduler": scheduler.state_dict(),
        },
        folder / "training.pth",
    )
    kinds = {"F32": lambda tensor: tensor, "F16": torch.Tensor.half, "BF16": torch.Tensor.bfloat16}
    expected = {
        kind: {name: digest(made(tensor) if tensor.is_floating_point() else tensor) for name, tensor in state.items()}
        for kind, made in kinds.items()
    }
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    borders = [0.0, 2.0**-14, 2.0**-24, 2.0**-25, 2.0**-26, 65504.0, 65520.0, 2.0**-126, 2.0**-133, 2.0**-134, 1.0, 1.5]
    borders += [1 + 2.0**-11, 1 + 3 * 2.0**-11, 1 + 2.0**-8, 1 + 3 * 2.0**-8, 3.3895313892515355e38, 3.4e38, np.inf]
    singles = np.unique([step for x in np.float32(borders) for step in (x, np.nextafter(x, np.float32(0)), np.nextafter(x, np.float32(np.inf)))])
    singles = torch.from_numpy(np.concatenate([singles, -singles]).astype(np.float32))
    doubles = torch.tensor([1 + 2.0**-11 + 2.0**-40, 1e-320, 1e300, 65519.99999999, -2.0**-25 - 2.0**-60], dtype=torch.float64)
    bits = lambda tensor, kind: tensor.view({8: torch.int64, 4: torch.int32, 2: torch.int16}[tensor.element_size()]).tolist()
    narrowing = {
        name: {"bits": bits(numbers, name), "F16": [b & 0xFFFF for b in bits(numbers.half(), 0)], "BF16": [b & 0xFFFF for b in bits(numbers.bfloat16(), 0)]}
        for name, numbers in (("F32", singles), ("F64", doubles))
    }
    # As text: JSON's numbers end at 2^53.
    narrowing["F64"]["bits"] = [str(each) for each in narrowing["F64"]["bits"]]
    (folder / "narrowing.json").write_text(json.dumps(narrowing) + "\n")


main()
