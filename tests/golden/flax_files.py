"""Writes small checkpoints with Flax, and what it reads from them.

    python tests/golden/flax_files.py

`files/flax/variables.msgpack` has parameters and batch statistics of a network with convolutions, an embedding and an attention;
`state.msgpack` the training state of linear layers with Adam; `flax_model.msgpack` parameters alone, as Hugging Face keeps them, in bf16
and f16; `chunked.msgpack` a matrix that was cut as those above 1 GiB are. `expected.json` holds for each every array by its path: shape,
dtype and the SHA-256 of its elements.
"""

import hashlib
import json
import shutil
from pathlib import Path
from unittest import mock

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import serialization, traverse_util
from flax.training import train_state

folder = Path(__file__).parent / "files" / "flax"


class Network(nn.Module):
    @nn.compact
    def __call__(self, image, tokens):
        x = nn.relu(nn.BatchNorm(use_running_average=True)(nn.Conv(8, (3, 3))(image)))
        x = nn.ConvTranspose(8, (2, 2))(nn.Conv(8, (3, 3), feature_group_count=8)(x))
        words = nn.MultiHeadDotProductAttention(2)(nn.LayerNorm()(nn.Embed(11, 6)(tokens)))
        return nn.Dense(10)(x.mean((1, 2))), words


class Linears(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dense(6)(nn.relu(nn.Dense(16)(x)))


def arrays(path: Path) -> dict[str, dict]:
    tree = serialization.msgpack_restore(path.read_bytes())
    flat = traverse_util.flatten_dict(tree, sep="/")
    return {
        name: {
            "shape": list(np.shape(each)),
            "dtype": np.asarray(each).dtype.name,
            "sha256": hashlib.sha256(np.asarray(each).tobytes()).hexdigest(),
        }
        for name, each in flat.items()
        if isinstance(each, (np.ndarray, np.generic, jax.Array))
    }


def main() -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    key = jax.random.key(8)
    variables = Network().init(key, jnp.zeros((1, 8, 8, 3)), jnp.zeros((1, 4), jnp.int32))
    (folder / "variables.msgpack").write_bytes(serialization.to_bytes(variables))
    params = Linears().init(key, jnp.zeros((1, 12)))["params"]
    state = train_state.TrainState.create(apply_fn=None, params=params, tx=optax.adam(1e-3))
    state = state.apply_gradients(grads=params)
    (folder / "state.msgpack").write_bytes(serialization.to_bytes(state))
    half = {"encoder": jax.tree.map(lambda each: each.astype(jnp.bfloat16), params), "head": jax.tree.map(lambda each: each.astype(jnp.float16), params)}
    (folder / "flax_model.msgpack").write_bytes(serialization.to_bytes(half))
    matrix = {"params": {"Dense_0": {"kernel": np.asarray(params["Dense_0"]["kernel"]), "bias": np.asarray(params["Dense_0"]["bias"])}}}
    with mock.patch.object(serialization, "MAX_CHUNK_SIZE", 200):
        (folder / "chunked.msgpack").write_bytes(serialization.to_bytes(matrix))
    expected = {path.name: arrays(path) for path in sorted(folder.glob("*.msgpack"))}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    print({path.name: path.stat().st_size for path in folder.iterdir()})


if __name__ == "__main__":
    main()
