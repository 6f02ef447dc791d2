"""Lines of text for a recogniser, and what Python's ONNX Runtime reads in them.

    python recogniser.py question.json answer.json

`{"kind": "render", "folder": …, "lines": […]}` writes line-00.png, …: 48 high, as wide as the text is.
`{"kind": "read", "original": …, "exports": […], "images": […]}` gives figures of each export against the original. Images are prepared
as PaddleOCR does for a batch of one (tools/infer/predict_rec.py, resize_norm_img): blue first, (x / 255 - 0.5) / 0.5, zeros behind up to
a width of 320. Sequences are decoded greedily: repeats are one, the blank (class 0) is none.
"""

import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import onnxruntime

HEIGHT, LEAST_WIDTH, BLANK = 48, 320, 0

# Five columns of seven dots each, the lowest bit on top: the font of Hitachi's HD44780 displays.
GLYPHS = {
    "0": "3e5149453e", "1": "00427f4000", "2": "4261514946", "3": "2141454b31", "4": "1814127f10",
    "5": "2745454539", "6": "3c4a494930", "7": "0171090503", "8": "3649494936", "9": "064949291e",
    "A": "7e1111117e", "B": "7f49494936", "C": "3e41414122", "D": "7f4141221c", "E": "7f49494941",
    "F": "7f09090901", "H": "7f0808087f", "K": "7f08142241", "L": "7f40404040", "M": "7f020c027f",
    "N": "7f0408107f", "P": "7f09090906", "R": "7f09192946", "S": "4649494931", "T": "01017f0101",
    "G": "3e4149497a", "I": "00417f4100", "O": "3e4141413e", "V": "1f2040201f", "W": "3f4038403f",
    "U": "3f4040403f", "X": "6314081463", "Y": "0708700807", "Z": "6151494543", " ": "0000000000",
}  # fmt: skip


def render(text: str, seed: int) -> np.ndarray:
    """Dark text on a light ground, both with a colour: height × width × RGB."""
    rng = np.random.default_rng(seed)
    columns = [[int(GLYPHS[c][i : i + 2], 16) for i in range(0, 10, 2)] + [0] for c in text]
    dots = np.array([[(column >> row) & 1 for glyph in columns for column in glyph] for row in range(7)], np.float64)
    scale = 4
    ink = np.zeros((HEIGHT, dots.shape[1] * scale + 16))
    large = dots.repeat(scale, 0).repeat(scale, 1)
    ink[10 : 10 + large.shape[0], 8 : 8 + large.shape[1]] = large
    for axis in (0, 1):  # softer edges
        ink = sum(weight * np.roll(ink, shift, axis) for shift, weight in ((-1, 0.25), (0, 0.5), (1, 0.25)))
    ground, colour = rng.integers(200, 256, 3), rng.integers(0, 90, 3)
    pixels = ground + ink[:, :, None] * (colour - ground.astype(np.float64)) + rng.normal(0, 4, (*ink.shape, 3))
    return pixels.round().clip(0, 255).astype(np.uint8)


def write_png(path: Path, pixels: np.ndarray) -> None:
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(png)


def read_png(path: str) -> np.ndarray:
    """As `write_png` wrote it."""
    content = Path(path).read_bytes()
    width, height = struct.unpack(">II", content[16:24])
    length = struct.unpack(">I", content[33:37])[0]
    rows = np.frombuffer(zlib.decompress(content[41 : 41 + length]), np.uint8).reshape(height, width * 3 + 1)
    return rows[:, 1:].reshape(height, width, 3)


def prepared(path: str) -> np.ndarray:
    values = (read_png(path)[:, :, ::-1].astype(np.float32).transpose(2, 0, 1) / 255 - 0.5) / 0.5
    padded = np.zeros((1, 3, HEIGHT, max(LEAST_WIDTH, values.shape[2])), np.float32)
    padded[0, :, :, : values.shape[2]] = values
    return padded


def scores(model: str, images: list[np.ndarray]) -> list[np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return [session.run(None, {name: image})[0][0].astype(np.float64) for image in images]


def collapse(steps: np.ndarray) -> list[int]:
    return [int(step) for i, step in enumerate(steps) if step != BLANK and (i == 0 or step != steps[i - 1])]


def edit_distance(a: list[int], b: list[int]) -> int:
    table = np.zeros((len(a) + 1, len(b) + 1), int)
    table[:, 0], table[0] = np.arange(len(a) + 1), np.arange(len(b) + 1)
    for i in range(len(a)):
        for j in range(len(b)):
            table[i + 1, j + 1] = min(table[i, j] + (a[i] != b[j]), table[i, j + 1] + 1, table[i + 1, j] + 1)
    return int(table[-1, -1])


def figures(original: list[np.ndarray], pruned: list[np.ndarray]) -> dict[str, float]:
    steps = [(a.argmax(1), b.argmax(1)) for a, b in zip(original, pruned)]
    texts = [(collapse(a), collapse(b)) for a, b in steps]
    told = [(a != BLANK) | (b != BLANK) for a, b in steps]
    same = [((a == b) & some).sum() for (a, b), some in zip(steps, told)]
    x, y = (np.concatenate([each.ravel() for each in all]) for all in (original, pruned))
    return {
        "sequenceAgreement": float(np.mean([a == b for a, b in texts])),
        "stepAgreement": float(sum(same) / sum(some.sum() for some in told)),
        "symbolErrors": float(sum(edit_distance(a, b) for a, b in texts) / sum(len(a) for a, _ in texts)),
        "relativeL2": float(np.linalg.norm(x - y) / np.linalg.norm(x)),
    }


def main() -> None:
    question = json.loads(Path(sys.argv[1]).read_text())
    if question["kind"] == "render":
        paths = [Path(question["folder"]) / f"line-{i:02}.png" for i in range(len(question["lines"]))]
        for i, (path, line) in enumerate(zip(paths, question["lines"])):
            write_png(path, render(line, i))
        answer = [str(path) for path in paths]
    else:
        images = [prepared(path) for path in question["images"]]
        original = scores(question["original"], images)
        read = [[collapse(each.argmax(1)) for each in original]]
        answer = {
            "widths": [image.shape[3] for image in images],
            "read": read[0],
            "figures": [figures(original, scores(path, images)) for path in question["exports"]],
        }
    Path(sys.argv[2]).write_text(json.dumps(answer))


if __name__ == "__main__":
    main()
