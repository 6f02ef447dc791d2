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

/** `layers` linear layers of equal size, `bytes` of f32 in all. */
export function uniformShapes(layers, bytes) {
  const columns = 1024;
  const rows = Math.round(bytes / 4 / layers / columns);
  return Array.from({ length: layers }, (_, i) => [`blocks.${i}.linear.weight`, [rows, columns]]);
}

/** Writes an f32 safetensors file; returns its size in bytes. Weights are normal with a standard deviation that differs by layer. */
export function writeSafetensors(path, shapes) {
  const header = {};
  let offset = 0;
  for (const [name, shape] of shapes) {
    const bytes = 4 * shape.reduce((a, b) => a * b, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  let json = JSON.stringify(header);
  json += ' '.repeat((8 - (json.length % 8)) % 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const file = openSync(path, 'w');
  writeSync(file, length);
  writeSync(file, json);
  const normals = normalTable(2 ** 20);
  shapes.forEach(([, shape], i) => {
    let left = shape.reduce((a, b) => a * b, 1);
    const scale = 0.01 * (1 + (i % 7));
    const scaled = normals.map((value) => value * scale);
    // A different start in the table per layer, so that layers are not copies of each other.
    let at = (i * 7919) % scaled.length;
    while (left > 0) {
      const count = Math.min(left, scaled.length - at);
      writeSync(file, new Uint8Array(scaled.buffer, at * 4, count * 4));
      left -= count;
      at = 0;
    }
  });
  closeSync(file);
  return 8 + json.length + offset;
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
