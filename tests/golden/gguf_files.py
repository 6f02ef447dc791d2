"""Writes small GGUF files with the gguf package (llama.cpp's own), and what it reads from them.

    python tests/golden/gguf_files.py

`files/gguf/types.gguf` has a tensor of each type that is decoded, `big.gguf` the same tensors big-endian, `llama.gguf` the names of a
model with experts, and `split-00001-of-00002.gguf` and its neighbour a model in two parts. `expected.json` holds, for each file,
every tensor's type, shape (as numpy has it) and the SHA-256 of its elements, dequantised by the package to little-endian f32.
"""

import hashlib
import json
import shutil
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

folder = Path(__file__).parent / "files" / "gguf"
random = np.random.default_rng(7)

plain = {Type.F32: np.float32, Type.F16: np.float16, Type.F64: np.float64}
quantised = [Type.BF16, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q8_0, Type.MXFP4]
# The package decodes these, but does not write them: random codes, with scales that are numbers. Where the f16 are.
halves = {
    Type.Q2_K: [80, 82],
    Type.Q3_K: [108],
    Type.Q4_K: [0, 2],
    Type.Q5_K: [0, 2],
    Type.Q6_K: [208],
    Type.IQ4_NL: [0],
    Type.IQ2_XXS: [0],
}


def random_blocks(kind: Type, shape: tuple[int, ...]) -> np.ndarray:
    elements, width = gguf.GGML_QUANT_SIZES[kind]
    rows, columns = shape
    blocks = random.integers(0, 256, (rows, columns // elements, width), dtype=np.uint8)
    for at in halves[kind]:
        scale = random.standard_normal((rows, columns // elements, 1)).astype(np.float16)
        blocks[..., at : at + 2] = scale.view(np.uint8)
    return blocks.reshape(rows, -1)


def add(writer: gguf.GGUFWriter, name: str, kind: Type, shape: tuple[int, ...]) -> None:
    if kind in halves:
        writer.add_tensor(name, random_blocks(kind, shape), raw_dtype=kind)
        return
    values = random.standard_normal(shape).astype(np.float32)
    if kind in plain:
        writer.add_tensor(name, values.astype(plain[kind]))
    else:
        writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)


def finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def elements_of(tensor) -> np.ndarray:
    data = np.asarray(tensor.data)
    if tensor.tensor_type in plain:
        return data.astype("<f8" if tensor.tensor_type == Type.F64 else "<f4")
    return gguf.quants.dequantize(data, tensor.tensor_type).astype("<f4")


def described(path: Path) -> list[dict]:
    tensors = []
    for tensor in gguf.GGUFReader(path).tensors:
        digest = hashlib.sha256(elements_of(tensor).tobytes()).hexdigest()
        shape = [int(size) for size in reversed(tensor.shape)]
        tensors.append({"name": tensor.name, "type": tensor.tensor_type.name, "shape": shape, "sha256": digest})
    return tensors


def write_types() -> None:
    writer = gguf.GGUFWriter(folder / "types.gguf", "llama")
    writer.add_array("tokenizer.ggml.tokens", ["a", "b", "ü"])
    for kind in [*plain, *quantised, *halves]:
        add(writer, f"blk.0.{kind.name.lower()}.weight", kind, (2, 256))
    finish(writer)


def write_big() -> None:
    writer = gguf.GGUFWriter(folder / "big.gguf", "llama", endianess=gguf.GGUFEndian.BIG)
    values = random.standard_normal((4, 32)).astype(np.float32)
    writer.add_tensor("blk.0.attn_q.weight", values.copy())
    writer.add_tensor("blk.0.attn_k.weight", values.astype(np.float16))
    # The package turns the elements of arrays, but knows nothing of the scales in blocks.
    blocks = gguf.quants.quantize(values, Type.Q8_0).reshape(-1, 34)
    blocks[:, :2] = blocks[:, 1::-1]
    writer.add_tensor("blk.0.attn_v.weight", blocks.reshape(4, -1), raw_dtype=Type.Q8_0)
    finish(writer)


llama = {
    "token_embd.weight": (Type.Q8_0, (32, 64)),
    "blk.0.attn_norm.weight": (Type.F32, (64,)),
    "blk.0.attn_q.weight": (Type.Q8_0, (64, 64)),
    "blk.0.attn_k.weight": (Type.Q4_0, (32, 64)),
    "blk.0.attn_k.bias": (Type.F32, (32,)),
    "blk.0.attn_output.weight": (Type.F16, (64, 64)),
    "blk.0.ffn_norm.weight": (Type.F32, (64,)),
    "blk.0.ffn_gate_inp.weight": (Type.F32, (4, 64)),
    "blk.0.ffn_up_exps.weight": (Type.Q5_0, (4, 32, 64)),
    "blk.0.ffn_down_exps.weight": (Type.Q4_1, (4, 64, 32)),
    "rope_freqs.weight": (Type.F32, (8,)),
    "output_norm.weight": (Type.F32, (64,)),
    "output.weight": (Type.BF16, (32, 64)),
}


def write_llama() -> None:
    writer = gguf.GGUFWriter(folder / "llama.gguf", "llama")
    writer.add_custom_alignment(64)
    for name, (kind, shape) in llama.items():
        add(writer, name, kind, shape)
    finish(writer)


def write_split() -> None:
    writer = gguf.GGUFWriter(folder / "split.gguf", "llama", split_max_tensors=2)
    for layer in range(4):
        add(writer, f"blk.{layer}.attn_q.weight", Type.Q8_0 if layer % 2 else Type.F32, (8, 32))
    finish(writer)


def main() -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for write in (write_types, write_llama, write_split):
        write()
    expected = {path.name: described(path) for path in sorted(folder.glob("*.gguf"))}
    write_big()
    # Of the big-endian file the package's own reader does not turn scales in blocks: its f32 are the reference.
    expected["big.gguf"] = [each for each in described(folder / "big.gguf") if each["type"] in ("F32", "F16")]
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    print(sum(path.stat().st_size for path in folder.iterdir()), "bytes")


if __name__ == "__main__":
    main()
