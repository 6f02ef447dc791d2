"""
Writes small files of kinds that people really have and that are easily judged wrongly, and beside each the right answer.

    python tests/golden/cases.py

`files/cases/NAME` is the file, `NAME.json` the answer: the tensors that are pruned by default with their axes (`in`),
tensors that are of a kind though they look like another (`kinds`), and tensors that nothing may change (`locked`).
Everything else in a file is off by default. Names are full: container, a dot, and the key.
"""

import importlib
import json
import struct
import sys
import types
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm

folder = Path(__file__).parent / "files" / "cases"

PLAIN, TRANSPOSED = {"outputs": [0], "inputs": [1]}, {"outputs": [1], "inputs": [0]}
EXPERTS = {"outputs": [1], "inputs": [2], "copies": [0]}


def answer(name: str, *, weights: dict | list = (), kinds: dict = {}, locked: list = (), **more) -> None:
    """`weights` with their axes; those of a list are outputs first."""
    axes = weights if isinstance(weights, dict) else {each: PLAIN for each in weights}
    right = {"in": axes, "kinds": kinds, "locked": list(locked)} | more
    (folder / f"{name}.json").write_text(json.dumps(right, indent=1) + "\n")


def save(name: str, value, **options) -> None:
    torch.save(value, folder / name, **options)


def random(*shape: int) -> torch.Tensor:
    return torch.randn(shape)


def norm(name: str, size: int) -> dict:
    return {
        f"{name}.weight": random(size),
        f"{name}.bias": random(size),
        f"{name}.running_mean": random(size),
        f"{name}.running_var": torch.rand(size) + 0.5,
        f"{name}.num_batches_tracked": torch.tensor(9),
    }


def linear(name: str, outputs: int, inputs: int) -> dict:
    return {f"{name}.weight": random(outputs, inputs), f"{name}.bias": random(outputs)}


def in_somebodys_module(*classes: type) -> None:
    """Pickled under a module that no reader can import."""
    module = types.ModuleType("somebody.model")
    sys.modules["somebody"], sys.modules["somebody.model"] = types.ModuleType("somebody"), module
    for cls in classes:
        cls.__module__ = "somebody.model"
        setattr(module, cls.__name__, cls)


# Names that mislead.


def embeddings_in_a_list() -> None:
    state = {
        "embeds.0.weight": random(40, 8),
        "embeds.1.weight": random(50, 6),
        "emb_l.0.weight": random(30, 8),
        "emb_l.1.weight": random(20, 8),
        **norm("bn_cont", 4),
        **linear("layers.0.0", 16, 34),
        **linear("layers.1", 2, 16),
    }
    save("embeddings-in-a-list.pth", state)
    embeddings = {name: "embedding" for name in state if name.startswith("emb")}
    answer("embeddings-in-a-list.pth", weights=["layers.0.0.weight", "layers.1.weight"], kinds=embeddings)


def linear_named_embed() -> None:
    state = {
        "transformer.encoder.layers.0.self_attn.in_proj_weight": random(48, 16),
        "transformer.encoder.layers.0.self_attn.in_proj_bias": random(48),
        **linear("transformer.encoder.layers.0.self_attn.out_proj", 16, 16),
        **linear("class_embed", 6, 16),
        **linear("bbox_embed.layers.0", 16, 16),
        **linear("bbox_embed.layers.1", 4, 16),
        "query_embed.weight": random(10, 16),
        "input_proj.weight": random(16, 8, 1, 1),
        "input_proj.bias": random(16),
    }
    save("linear-named-embed.pth", {"model": state})
    weights = [f"model.{key}" for key, tensor in state.items() if tensor.dim() > 1 and key != "query_embed.weight"]
    answer("linear-named-embed.pth", weights=weights, kinds={"model.query_embed.weight": "embedding"})


def fixed_filters() -> None:
    def modulated(name: str, *shape: int) -> dict:
        return {f"{name}.weight": random(1, *shape), **linear(f"{name}.modulation", shape[1], 16)}

    filters = torch.tensor([1.0, 3.0, 3.0, 1.0]).outer(torch.tensor([1.0, 3.0, 3.0, 1.0])) / 64
    state = {
        **linear("style.1", 16, 16),
        "input.input": random(1, 8, 4, 4),
        **modulated("conv1.conv", 8, 8, 3, 3),
        "conv1.noise.weight": random(1),
        "conv1.activate.bias": random(8),
        "to_rgb1.bias": random(1, 3, 1, 1),
        **modulated("to_rgb1.conv", 3, 8, 1, 1),
        **modulated("convs.0.conv", 8, 8, 3, 3),
        "convs.0.conv.blur.kernel": filters.clone(),
        "to_rgbs.0.upsample.kernel": filters.clone(),
        "noises.noise_0": random(1, 1, 4, 4),
    }
    save("fixed-filters.pt", {"g_ema": state, "latent_avg": random(16)})
    modulations = [f"g_ema.{key}" for key in state if key.endswith("modulation.weight")]
    convolutions = ["g_ema.conv1.conv.weight", "g_ema.to_rgb1.conv.weight", "g_ema.convs.0.conv.weight"]
    answer(
        "fixed-filters.pt",
        weights={name: PLAIN for name in ["g_ema.style.1.weight", *modulations]}
        | {name: {"outputs": [1], "inputs": [2]} for name in convolutions},
        kinds={"g_ema.convs.0.conv.blur.kernel": "buffer", "g_ema.to_rgbs.0.upsample.kernel": "buffer"}
        | {name: "conv" for name in convolutions},
    )


def gpt2_state() -> dict:
    conv1d = {"attn.c_attn": (16, 48), "attn.c_proj": (16, 16), "mlp.c_fc": (16, 64), "mlp.c_proj": (64, 16)}
    state = {"transformer.wte.weight": random(60, 16), "transformer.wpe.weight": random(20, 16)}
    for name in ("ln_1", "ln_2"):
        state |= {f"transformer.h.0.{name}.weight": random(16), f"transformer.h.0.{name}.bias": random(16)}
    for name, shape in conv1d.items():
        state |= {f"transformer.h.0.{name}.weight": random(*shape), f"transformer.h.0.{name}.bias": random(shape[1])}
    state["transformer.h.0.attn.bias"] = torch.tril(torch.ones(20, 20)).view(1, 1, 20, 20)
    state["lm_head.weight"] = state["transformer.wte.weight"]
    return state


def gpt2_conv1d() -> None:
    save("gpt2-conv1d.bin", gpt2_state())
    names = ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"]
    kinds = {"transformer.wte.weight": "embedding", "transformer.h.0.attn.bias": "buffer"}
    answer("gpt2-conv1d.bin", weights={f"transformer.h.0.{name}.weight": TRANSPOSED for name in names}, kinds=kinds)


def tch_names() -> None:
    archive = nn.Module()
    tensors = {
        "conv1.weight": random(8, 1, 3, 3),
        "conv1.bias": random(8),
        **norm("bn1", 8),
        "embed.weight": random(20, 4),
        **linear("layer1.0", 8, 8),
        **linear("fc", 4, 8),
    }
    for name, tensor in tensors.items():
        if tensor.is_floating_point():
            archive.register_parameter(name.replace(".", "|"), nn.Parameter(tensor, requires_grad=False))
    torch.jit.save(torch.jit.script(archive), str(folder / "tch-names.ot"))
    weights = ["conv1|weight", "layer1|0|weight", "fc|weight"]
    answer("tch-names.ot", weights=weights, kinds={"embed|weight": "embedding", "bn1|running_mean": "buffer"})


# What the file itself says.


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 8, 3)
        self.up = nn.ConvTranspose2d(8, 4, 4)
        self.n = nn.LayerNorm([4, 6, 6])
        self.lut = nn.Embedding(12, 8)
        self.seq = nn.Sequential(nn.Embedding(20, 8), nn.Linear(8, 4))


class Block(nn.Module):
    def __init__(self, conv1d: type):
        super().__init__()
        self.c_attn = conv1d(48, 16)
        self.c_proj = conv1d(16, 16)
        self.tokens = nn.Embedding(60, 16)
        self.head = nn.Linear(16, 60, bias=False)
        self.head.weight = self.tokens.weight


class Traced(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3)
        self.bn = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 4)
        self.register_buffer("table", random(8, 8))

    def forward(self, x):
        return self.fc(self.bn(self.conv1(x)).mean((2, 3)) @ self.table)


def whole_modules() -> None:
    in_somebodys_module(Autoencoder, Block)
    save("whole-module-classes.pt", Autoencoder())
    answer(
        "whole-module-classes.pt",
        weights={"down.weight": PLAIN, "up.weight": TRANSPOSED, "seq.1.weight": PLAIN},
        kinds={"n.weight": "norm", "lut.weight": "embedding", "seq.0.weight": "embedding"},
    )
    # The class of transformers alone, so that no configuration comes along.
    save("gpt2-conv1d-module.pt", Block(importlib.import_module("transformers.pytorch_utils").Conv1D))
    weights = {"c_attn.weight": TRANSPOSED, "c_proj.weight": TRANSPOSED}
    answer("gpt2-conv1d-module.pt", weights=weights, kinds={"tokens.weight": "embedding"})


def graph_module() -> None:
    save("graph-module.pt", torch.fx.symbolic_trace(Traced()))
    kinds = {"table": "buffer", "bn.weight": "norm", "bn.running_mean": "buffer"}
    answer("graph-module.pt", weights=["conv1.weight", "fc.weight"], kinds=kinds)


def dtensors() -> None:
    import torch.distributed as dist
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Shard, distribute_tensor

    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    mesh = init_device_mesh("cpu", (1,))
    state = linear("0", 16, 8) | linear("2", 4, 16)
    save("dtensors.pt", {name: distribute_tensor(tensor, mesh, [Shard(0)]) for name, tensor in state.items()})
    dist.destroy_process_group()
    answer("dtensors.pt", weights=["0.weight", "2.weight"], said="shard")


def other_layouts() -> None:
    """Kernels of flax (inputs, outputs) and (height, width, inputs, outputs), of TensorFlow, and experts."""
    flax = {
        "conv.kernel": random(3, 3, 4, 8),
        "conv.bias": random(8),
        "dense.kernel": random(24, 16),
        "dense.bias": random(16),
        "head.kernel": random(16, 16),
        "embed.embedding": random(30, 8),
        "ln.scale": random(16),
        "ln.bias": random(16),
    }
    save_file(flax, folder / "flax-kernels.safetensors", metadata={"format": "flax"})
    weights = {"conv.kernel": {"outputs": [3], "inputs": [2]}, "dense.kernel": TRANSPOSED, "head.kernel": TRANSPOSED}
    answer("flax-kernels.safetensors", weights=weights, kinds={"embed.embedding": "embedding", "ln.scale": "norm"})

    layer = "bert/encoder/layer_._0"
    tf = {
        "bert/embeddings/word_embeddings/weight:0": random(40, 16),
        "bert/embeddings/LayerNorm/gamma:0": random(16),
        "bert/embeddings/LayerNorm/beta:0": random(16),
        f"{layer}/attention/self/query/kernel:0": random(16, 16),
        f"{layer}/attention/self/query/bias:0": random(16),
        f"{layer}/intermediate/dense/kernel:0": random(16, 32),
        f"{layer}/intermediate/dense/bias:0": random(32),
        f"{layer}/output/dense/kernel:0": random(32, 16),
        "classifier/kernel:0": random(16, 2),
        "classifier/bias:0": random(2),
    }
    save_file(tf, folder / "tf-kernels.safetensors", metadata={"format": "tf"})
    kinds = {name: "norm" for name in tf if name.endswith("gamma:0")}
    kinds["bert/embeddings/word_embeddings/weight:0"] = "embedding"
    answer("tf-kernels.safetensors", weights={name: TRANSPOSED for name in tf if "kernel" in name}, kinds=kinds)

    layer = "model.layers.0"
    moe = {
        "lm_head.weight": random(60, 16),
        "model.embed_tokens.weight": random(60, 16),
        f"{layer}.input_layernorm.weight": random(16),
        f"{layer}.mlp.experts.gate_up_proj": random(4, 24, 16),
        f"{layer}.mlp.experts.down_proj": random(4, 16, 12),
        f"{layer}.mlp.gate.weight": random(4, 16),
        f"{layer}.self_attn.q_proj.weight": random(16, 16),
        f"{layer}.self_attn.k_proj.weight": random(8, 16),
        f"{layer}.self_attn.q_norm.weight": random(8),
        "model.norm.weight": random(16),
    }
    save_file(moe, folder / "moe-experts.safetensors", metadata={"format": "pt"})
    plain = ["lm_head.weight", f"{layer}.self_attn.q_proj.weight", f"{layer}.self_attn.k_proj.weight"]
    experts = [f"{layer}.mlp.experts.gate_up_proj", f"{layer}.mlp.experts.down_proj"]
    kinds = {name: "linear" for name in experts} | {f"{layer}.mlp.gate.weight": "router"}
    kinds["model.embed_tokens.weight"] = "embedding"
    weights = {name: PLAIN for name in plain} | {name: EXPERTS for name in experts}
    answer("moe-experts.safetensors", weights=weights, kinds=kinds)


# Several dicts in one file.


def with_fastai_optimizer() -> None:
    model = {"0.0.weight": random(8, 1, 3, 3), "0.0.bias": random(8), **norm("0.1", 8), **linear("1.1", 4, 8)}
    trained = [tensor for key, tensor in model.items() if "running" not in key and "num_" not in key]
    moments = [{"grad_avg": torch.randn_like(each), "sqr_avg": torch.rand_like(each)} for each in trained]
    hypers = [{"lr": 0.003, "mom": 0.9, "wd": 0.01}]
    save("fastai-optimizer.pth", {"model": model, "opt": {"state": moments, "hypers": hypers}})
    locked = [f"opt.state.{i}.{key}" for i, moment in enumerate(moments) for key in moment]
    answer("fastai-optimizer.pth", weights=["model.0.0.weight", "model.1.1.weight"], locked=locked)


def two_of_one_model() -> None:
    model = {"0.weight": random(8, 1, 3, 3), "0.bias": random(8), **linear("1", 8, 8)}
    # So much smaller that ranked together the average alone would be pruned.
    average = {name: tensor * 0.01 for name, tensor in model.items()}
    save("model-and-ema.pth.tar", {"epoch": 3, "state_dict": model, "state_dict_ema": average})
    names = [f"{container}.{i}.weight" for container in ("state_dict", "state_dict_ema") for i in (0, 1)]
    answer("model-and-ema.pth.tar", weights=names, models=["state_dict", "state_dict_ema"])


def masks_beside_weights() -> None:
    """As Distiller keeps them: under the names of the weights, in a dict of their own."""
    model = linear("conv1", 8, 8) | linear("fc", 4, 8)
    masks = {name: (torch.rand_like(tensor) > 0.3).float() for name, tensor in model.items() if tensor.dim() > 1}
    save("masks-dict.pth", {"state_dict": model, "extras": {"masks_dict": masks}})
    names = [f"extras.masks_dict.{name}" for name in masks]
    kinds = {name: "mask" for name in names}
    answer("masks-dict.pth", weights=["state_dict.conv1.weight", "state_dict.fc.weight"], kinds=kinds, locked=names)


def moments_by_name() -> None:
    """Under the names of the weights, as optimizers other than torch.optim's and loops by hand keep them."""
    model = linear("0", 8, 8) | linear("2", 4, 8)
    dicts = ["exp_avg", "exp_avg_sq", "momentum_buffer", "grads", "mu", "nu"]
    copies = {key: {name: torch.randn_like(tensor) for name, tensor in model.items()} for key in dicts}
    nested = {"opt_state": {"mu": copies.pop("mu"), "nu": copies.pop("nu")}}
    save("moments-by-name.pt", {"model": model, **copies, **nested})
    paths = [*dicts[:4], "opt_state.mu", "opt_state.nu"]
    locked = [f"{path}.{name}" for path in paths for name in model]
    answer("moments-by-name.pt", weights=["model.0.weight", "model.2.weight"], locked=locked)


def not_one_state_dict() -> None:
    arrays = {
        "fc.weight": np.random.default_rng(0).standard_normal((8, 8)).astype(np.float32),
        "fc.bias": np.zeros(8, np.float32),
    }
    save("numpy-state-dict.pth", arrays)
    answer("numpy-state-dict.pth", said="NumPy")
    save("tuple.pt", (linear("fc", 8, 8), linear("fc", 4, 8)))
    answer("tuple.pt", weights=["0.fc.weight", "1.fc.weight"])


def column_chunks() -> None:
    """Queries, keys and values as columns of one tensor: no element is two tensors'."""
    together = random(16, 48)
    query, key, value = together.chunk(3, 1)
    state = {"q.weight": query, "k.weight": key, "v.weight": value, **linear("out", 4, 16)}
    save("column-chunks.pt", state)
    answer("column-chunks.pt", weights=["q.weight", "k.weight", "v.weight", "out.weight"])


# ONNX.


def model_of(nodes: list, initializers: list, inputs: list, outputs: list, opset: int = 22, ir: int = 10) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, "graph", inputs, outputs, initializers)
    domains = {node.domain for node in nodes if node.domain}
    opsets = [helper.make_opsetid("", opset), *(helper.make_opsetid(domain, 1) for domain in domains)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=ir)


def value(name: str, *shape, dtype=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


def array(name: str, *shape: int) -> onnx.TensorProto:
    return numpy_helper.from_array(random(*shape).numpy(), name)


def halves_in_int32_data() -> None:
    """Each half is a varint of its bit pattern: a zero in its place may need bytes that say nothing."""
    for name, dtype, elements in (
        ("halves-in-int32-data.onnx", torch.float16, TensorProto.FLOAT16),
        ("bf16-in-int32-data.onnx", torch.bfloat16, TensorProto.BFLOAT16),
    ):

        def varints(key: str, *shape: int) -> onnx.TensorProto:
            bits = random(*shape).to(dtype).view(torch.uint16).flatten().tolist()
            return TensorProto(name=key, data_type=elements, dims=shape, int32_data=bits)

        nodes = [
            helper.make_node("Conv", ["x", "w1"], ["a"]),
            helper.make_node("GlobalAveragePool", ["a"], ["b"]),
            helper.make_node("Flatten", ["b"], ["c"]),
            helper.make_node("MatMul", ["c", "w2"], ["y"]),
        ]
        weights = [varints("w1", 8, 1, 3, 3), varints("w2", 8, 4)]
        model = model_of(nodes, weights, [value("x", 1, 1, 8, 8, dtype=elements)], [value("y", 1, 4, dtype=elements)])
        (folder / name).write_bytes(model.SerializeToString())
        answer(name, weights={"w1": PLAIN, "w2": TRANSPOSED})


def contrib_operators() -> None:
    def fused(operator: str, inputs: list[str], output: str, **attributes):
        return helper.make_node(operator, inputs, [output], domain="com.microsoft", **attributes)

    nodes = [
        helper.make_node("MatMul", ["x", "router"], ["gates"]),
        fused("MoE", ["x", "gates", "fc1", "fc1_bias", "fc2", "fc2_bias"], "moe", activation_type="gelu", k=2),
        fused("GemmFastGelu", ["moe", "gelu_w", "gelu_b"], "b"),
        fused("FusedMatMul", ["b", "fmm_w"], "c", transB=1),
        helper.make_node("Unsqueeze", ["c", "axis"], ["d"]),
        fused("Attention", ["d", "att_w", "att_b"], "y", num_heads=2),
        fused("FusedConv", ["image", "conv_w", "conv_b"], "z", activation="Relu"),
    ]
    arrays = [
        array("router", 16, 4), array("fc1", 4, 16, 24), array("fc1_bias", 4, 24),
        array("fc2", 4, 24, 16), array("fc2_bias", 4, 16), array("gelu_w", 16, 8), array("gelu_b", 8),
        array("fmm_w", 16, 8), array("att_w", 16, 48), array("att_b", 48), array("conv_w", 8, 4, 3, 3), array("conv_b", 8),
        numpy_helper.from_array(np.array([0], np.int64), "axis"),
    ]  # fmt: skip
    inputs, outputs = [value("x", 2, 16), value("image", 1, 4, 8, 8)], [value("y", 1, 2, 16), value("z", 1, 8, 6, 6)]
    model = model_of(nodes, arrays, inputs, outputs, opset=17, ir=8)
    (folder / "contrib-operators.onnx").write_bytes(model.SerializeToString())
    experts = {"outputs": [2], "inputs": [1], "copies": [0]}
    weights = {"fc1": experts, "fc2": experts, "gelu_w": TRANSPOSED, "fmm_w": PLAIN, "att_w": TRANSPOSED, "conv_w": PLAIN}
    answer("contrib-operators.onnx", weights=weights, kinds={"fc1": "linear", "gelu_w": "linear"}, either=["router"])


def inputs_that_are_weights() -> None:
    """Up to IR version 3 every initializer is an input, too."""
    nodes = [
        helper.make_node("Conv", ["x", "conv.w"], ["a"]),
        helper.make_node("GlobalAveragePool", ["a"], ["b"]),
        helper.make_node("Reshape", ["b", "shape"], ["c"]),
        helper.make_node("Gemm", ["c", "fc.w", "fc.b"], ["y"]),
    ]
    arrays = [array("conv.w", 8, 3, 3, 3), array("fc.w", 8, 10), array("fc.b", 10)]
    arrays.append(numpy_helper.from_array(np.array([1, -1], np.int64), "shape"))
    inputs = [value("x", 1, 3, 8, 8), *(value(each.name, *each.dims, dtype=each.data_type) for each in arrays)]
    model = model_of(nodes, arrays, inputs, [value("y", 1, 10)], opset=8, ir=3)
    (folder / "ir3.onnx").write_bytes(model.SerializeToString())
    answer("ir3.onnx", weights={"conv.w": PLAIN, "fc.w": TRANSPOSED})


# What was right, and has to stay so.


def reparametrised() -> None:
    net = nn.ModuleDict(
        {
            "sn_old": spectral_norm(nn.Conv2d(4, 8, 3)),
            "wn_old": weight_norm(nn.Conv1d(4, 8, 3)),
            "sn_new": parametrizations.spectral_norm(nn.Linear(8, 8)),
            "wn_new": parametrizations.weight_norm(nn.Linear(8, 8)),
            "orth": parametrizations.orthogonal(nn.Linear(8, 8)),
            "wn_t": weight_norm(nn.ConvTranspose1d(8, 4, 4), dim=1),
            "wn_lstm": weight_norm(nn.LSTM(8, 8), "weight_hh_l0"),
            "pruned": prune.random_unstructured(nn.Linear(8, 8), "weight", 0.5),
        }
    )
    save("reparametrised.pt", net.state_dict())
    original = "parametrizations.weight.original"
    plain = ["sn_old.weight_orig", "wn_old.weight_v", f"sn_new.{original}", f"wn_new.{original}1", f"orth.{original}"]
    plain += ["wn_lstm.weight_ih_l0", "wn_lstm.weight_hh_l0_v", "pruned.weight_orig"]
    weights = {name: PLAIN for name in plain} | {"wn_t.weight_v": TRANSPOSED}
    answer("reparametrised.pt", weights=weights, kinds={"sn_old.weight_v": "buffer"}, locked=["pruned.weight_mask"])


def channels_last() -> None:
    state = {"conv.weight": random(8, 4, 3, 3), "half.weight": random(8, 4, 3, 3).half()}
    state = {name: tensor.to(memory_format=torch.channels_last) for name, tensor in state.items()}
    state["c3.weight"] = random(4, 4, 3, 3, 3).to(memory_format=torch.channels_last_3d)
    state["fc.weight"] = random(12, 16).t().contiguous().t()
    save("channels-last.pt", state)
    answer("channels-last.pt", weights=list(state))


def yolo_ramp() -> None:
    """DFL's convolution only sums a distribution; by PyTorch's rule it is a convolution as others are."""
    state = {
        "model.0.conv.weight": random(8, 3, 3, 3),
        **{name: tensor for name, tensor in norm("model.0.bn", 8).items()},
        "model.22.cv2.weight": random(64, 8, 1, 1),
        "model.22.cv2.bias": random(64),
        "model.22.dfl.conv.weight": torch.arange(16.0).view(1, 16, 1, 1),
    }
    state = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in state.items()}
    save("yolo-ramp.pt", state)
    answer("yolo-ramp.pt", weights=[name for name, tensor in state.items() if tensor.dim() == 4])


def low_bit_safetensors() -> None:
    """Formats of few bits beside the scales that belong to them."""
    tensors = {
        "up.weight": ("F4", [8, 32], 128),
        "up.weight_scale": ("F8_E4M3", [8, 2], 16),
        "dn.weight": ("F8_E4M3", [8, 8], 64),
        "dn.weight_scale_inv": ("F32", [2, 2], 16),
        "mx.scales": ("F8_E8M0", [3], 3),
        "head.weight": ("BF16", [8, 8], 128),
    }
    header, end = {"__metadata__": {"format": "pt"}}, 0
    for name, (dtype, shape, size) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    content = np.random.default_rng(1).integers(1, 60, end).astype(np.uint8).tobytes()
    (folder / "low-bit.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + content)
    answer("low-bit.safetensors", weights=["head.weight"])


def main() -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    torch.manual_seed(0)
    for write in (
        embeddings_in_a_list, linear_named_embed, fixed_filters, gpt2_conv1d, tch_names, whole_modules, graph_module,
        dtensors, other_layouts, with_fastai_optimizer, two_of_one_model, masks_beside_weights, moments_by_name,
        not_one_state_dict, column_chunks, halves_in_int32_data, contrib_operators, inputs_that_are_weights,
        reparametrised, channels_last, yolo_ramp, low_bit_safetensors,
    ):  # fmt: skip
        write()
    total = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{len(list(folder.iterdir()))} files, {total} bytes")


if __name__ == "__main__":
    main()
