"""Writes a small OpenVINO model by the documented layout of its IR (version 11), and what is in it.

    python tests/golden/openvino_files.py

OpenVINO itself was not at hand: the layout is that of https://docs.openvino.ai/2025/documentation/openvino-ir-format.html and of the
operation sets there. `files/openvino/net.xml` and `net.bin` have convolutions (one in groups, in f16 behind Convert), matrices that are turned
and not, a table, a recurrent sequence, a loop with a body, weights in bytes with scales, and two constants of equal content in one place.
`expected.json` holds for each constant: shape, dtype and the SHA-256 of its elements.
"""

import hashlib
import json
import shutil
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

folder = Path(__file__).parent / "files" / "openvino"
random = np.random.default_rng(10)
types = {"float32": ("f32", "FP32"), "float16": ("f16", "FP16"), "int64": ("i64", "I64"), "int8": ("i8", "I8")}


class Model:
    def __init__(self) -> None:
        self.content = bytearray()
        self.places: dict[bytes, int] = {}
        self.described: dict[str, dict] = {}
        self.ids = 0

    def place(self, array: np.ndarray) -> int:
        """Equal content is written once, as OpenVINO does."""
        key = array.tobytes()
        if key not in self.places:
            self.places[key] = len(self.content)
            self.content += key
        return self.places[key]


class Graph:
    def __init__(self, model: Model, prefix: str = "") -> None:
        self.model, self.prefix = model, prefix
        self.layers: list[str] = []
        self.edges: list[str] = []

    def layer(self, kind: str, name: str, inputs: list[str] = [], data: str = "", body: str = "") -> str:
        key = str(self.model.ids)
        self.model.ids += 1
        for port, source in enumerate(inputs):
            self.edges.append(f'<edge from-layer="{source}" from-port="0" to-layer="{key}" to-port="{port}"/>')
        self.layers.append(f'<layer id="{key}" name={quoteattr(name)} type="{kind}" version="opset1">{data}{body}</layer>')
        return key

    def constant(self, name: str, array: np.ndarray) -> str:
        element, _ = types[array.dtype.name]
        shape = ", ".join(map(str, array.shape))
        offset = self.model.place(array)
        self.model.described[self.prefix + name] = {
            "shape": list(array.shape),
            "dtype": element,
            "sha256": hashlib.sha256(array.tobytes()).hexdigest(),
        }
        return self.layer("Const", name, data=f'<data element_type="{element}" shape="{shape}" offset="{offset}" size="{array.nbytes}"/>')

    def text(self) -> str:
        return f"<layers>{''.join(self.layers)}</layers><edges>{''.join(self.edges)}</edges>"


def weights(*shape: int, dtype: str = "float32") -> np.ndarray:
    return random.standard_normal(shape).astype(dtype)


def main() -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model = Model()
    graph = Graph(model)
    image = graph.layer("Parameter", "image", data='<data shape="1,3,8,8" element_type="f32"/>')
    x = graph.layer("Convolution", "conv", [image, graph.constant("conv/weights", weights(8, 3, 3, 3))], '<data strides="1, 1"/>')
    bias = graph.layer("Reshape", "bias shape", [graph.constant("conv/bias", weights(8)), graph.constant("sizes", np.array([1, -1, 1, 1]))])
    x = graph.layer("Add", "conv & bias", [x, bias])
    half = graph.layer("Convert", "to f32", [graph.constant('group "a"', weights(4, 2, 2, 3, 3, dtype="float16"))])
    x = graph.layer("GroupConvolution", "group", [x, half])
    x = graph.layer("ConvolutionBackpropData", "up", [x, graph.constant("up/weights", weights(8, 4, 2, 2))])
    x = graph.layer("PRelu", "prelu", [x, graph.constant("prelu/slope", weights(4))])
    first = graph.constant("first", weights(16, 12))
    x = graph.layer("MatMul", "fc1", [x, first], '<data transpose_a="false" transpose_b="true"/>')
    second = graph.constant("second", weights(16, 10))
    x = graph.layer("MatMul", "fc2", [x, second], '<data transpose_a="false" transpose_b="false"/>')
    table = graph.layer("Gather", "words", [graph.constant("table", weights(11, 6)), image, graph.constant("axis", np.array(0))])
    same = weights(24, 6)[None]
    graph.layer(
        "LSTMSequence",
        "lstm",
        [table, image, image, image, graph.constant("lstm/W", same), graph.constant("lstm/R", same), graph.constant("lstm/B", weights(1, 24))],
    )
    scales = graph.constant("packed/scale", weights(6, 1))
    packed = graph.layer("Convert", "packed/f32", [graph.constant("packed", random.integers(-128, 128, (6, 10)).astype(np.int8))])
    packed = graph.layer("Multiply", "packed/values", [packed, scales])
    x = graph.layer("MatMul", "fc3", [x, packed], '<data transpose_b="true"/>')
    body = Graph(model, "loop/body/")
    inner = body.layer("Parameter", "state")
    body.layer("MatMul", "step", [inner, body.constant("step/weights", weights(10, 10))], '<data transpose_b="true"/>')
    x = graph.layer("Loop", "loop", [x], body=f"<body>{body.text()}</body>")
    graph.layer("Result", "result", [x])
    text = f'<?xml version="1.0"?>\n<!-- a > b -->\n<net name="net" version="11">{graph.text()}<rt_info><conversion value="x"/></rt_info></net>\n'
    (folder / "net.xml").write_text(text)
    (folder / "net.bin").write_bytes(bytes(model.content))
    (folder / "expected.json").write_text(json.dumps(model.described, indent=1) + "\n")
    print({path.name: path.stat().st_size for path in folder.iterdir()})


if __name__ == "__main__":
    main()
