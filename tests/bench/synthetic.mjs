/** Synthetic checkpoints for the benchmark: real shapes, normal weights, generated on the fly and never committed. */
import { closeSync, openSync, writeSync } from 'node:fs';

/** ResNet-50's parameters: 161 tensors, 25.6 M weights. */
export function resnet50Shapes() {
  const shapes = [];
  const norm = (name, channels) => {
    for (const part of ['weight', 'bias', 'running_mean', 'running_var']) shapes.push([`${name}.${part}`, [channels]]);
  };
  shapes.push(['conv1.weight', [64, 3, 7, 7]]);
  norm('bn1', 64);
  let inputs = 64;
  [3, 4, 6, 3].forEach((blocks, stage) => {
    const width = 64 << stage;
    for (let block = 0; block < blocks; block++) {
      const name = `layer${stage + 1}.${block}`;
      shapes.push([`${name}.conv1.weight`, [width, inputs, 1, 1]]);
      norm(`${name}.bn1`, width);
      shapes.push([`${name}.conv2.weight`, [width, width, 3, 3]]);
      norm(`${name}.bn2`, width);
      shapes.push([`${name}.conv3.weight`, [width * 4, width, 1, 1]]);
      norm(`${name}.bn3`, width * 4);
      if (block === 0) {
        shapes.push([`${name}.downsample.0.weight`, [width * 4, inputs, 1, 1]]);
        norm(`${name}.downsample.1`, width * 4);
      }
      inputs = width * 4;
    }
  });
  shapes.push(['fc.weight', [1000, 2048]], ['fc.bias', [1000]]);
  return shapes;
}

/** A GPT-2-like language model; 12 blocks of a width of 768 are GPT-2's 124 M parameters. */
export function gptShapes(blocks, width) {
  const shapes = [
    ['wte.weight', [50257, width]],
    ['wpe.weight', [1024, width]],
  ];
  const linear = (name, outputs, inputs) =>
    shapes.push([`${name}.weight`, [outputs, inputs]], [`${name}.bias`, [outputs]]);
  const norm = (name) => shapes.push([`${name}.weight`, [width]], [`${name}.bias`, [width]]);
  for (let block = 0; block < blocks; block++) {
    norm(`h.${block}.ln_1`);
    linear(`h.${block}.attn.c_attn`, 3 * width, width);
    linear(`h.${block}.attn.c_proj`, width, width);
    norm(`h.${block}.ln_2`);
    linear(`h.${block}.mlp.c_fc`, 4 * width, width);
    linear(`h.${block}.mlp.c_proj`, width, 4 * width);
  }
  norm('ln_f');
  return shapes;
}

/** A Llama-like language model of a small width: nine tensors a block, and three around them; 111 blocks are 1,002 tensors. */
export function llamaShapes(blocks, width) {
  const hidden = Math.round((8 * width) / 3);
  const shapes = [['model.embed_tokens.weight', [1000, width]]];
  for (let block = 0; block < blocks; block++) {
    const name = `model.layers.${block}`;
    shapes.push([`${name}.input_layernorm.weight`, [width]]);
    for (const part of ['q', 'k', 'v', 'o']) shapes.push([`${name}.self_attn.${part}_proj.weight`, [width, width]]);
    shapes.push([`${name}.post_attention_layernorm.weight`, [width]]);
    for (const part of ['gate', 'up']) shapes.push([`${name}.mlp.${part}_proj.weight`, [hidden, width]]);
    shapes.push([`${name}.mlp.down_proj.weight`, [width, hidden]]);
  }
  shapes.push(['model.norm.weight', [width]], ['lm_head.weight', [1000, width]]);
  return shapes;
}

/** `layers` linear layers of equal size, `bytes` of f32 in all. */
export function uniformShapes(layers, bytes) {
  const columns = 1024;
  const rows = Math.round(bytes / 4 / layers / columns);
  return Array.from({ length: layers }, (_, i) => [`blocks.${i}.linear.weight`, [rows, columns]]);
}

/** Writes a safetensors file of `F32` or `BF16`; returns its size in bytes. Weights are normal with a standard deviation that differs by layer. */
export function writeSafetensors(path, shapes, dtype = 'F32') {
  const header = safetensorsHeader(shapes, dtype);
  return header.length + writeWeights(path, shapes, dtype, header);
}

/** What comes before the weights: the header's length and the header. */
export function safetensorsHeader(shapes, dtype = 'F32') {
  const header = {};
  let offset = 0;
  for (const [name, shape] of shapes) {
    const bytes = widthOf(dtype) * numelOf(shape);
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  let json = JSON.stringify(header);
  json += ' '.repeat((8 - (json.length % 8)) % 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, Buffer.from(json)]);
}

/** @param before bytes that the file begins with @returns bytes of weights */
export function writeWeights(path, shapes, dtype = 'F32', before = Buffer.alloc(0)) {
  const width = widthOf(dtype);
  const file = openSync(path, 'w');
  writeSync(file, before);
  const normals = normalTable(2 ** 20);
  let bytes = 0;
  shapes.forEach(([, shape], i) => {
    let left = numelOf(shape);
    bytes += width * left;
    const scale = 0.01 * (1 + (i % 7));
    const floats = normals.map((value) => value * scale);
    const scaled = dtype === 'BF16' ? Uint16Array.from(new Uint32Array(floats.buffer), (bits) => bits >>> 16) : floats;
    // A different start in the table per layer, so that layers are not copies of each other.
    let at = (i * 7919) % scaled.length;
    while (left > 0) {
      const count = Math.min(left, scaled.length - at);
      writeSync(file, new Uint8Array(scaled.buffer, at * width, count * width));
      left -= count;
      at = 0;
    }
  });
  closeSync(file);
  return bytes;
}

function widthOf(dtype) {
  return dtype === 'BF16' ? 2 : 4;
}

function numelOf(shape) {
  return shape.reduce((a, b) => a * b, 1);
}

/** Standard normal float32 values (Box-Muller over a small fixed generator, so that every run has the same weights). */
function normalTable(count) {
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}
