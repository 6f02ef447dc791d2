/** A little reader and writer of safetensors, so that exports are not checked by the code that wrote them. */
import type { NamedFile } from './studio';

export interface Tensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The f32 and 8-bit tensors of a file, by name. */
export function tensorsIn(file: Buffer): Map<string, Tensor> {
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header: Record<string, Entry> = JSON.parse(file.toString('utf8', 8, start));
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [from, to] = entry.data_offsets;
    const bytes = Uint8Array.from(file.subarray(start + from, start + to));
    if (entry.dtype === 'F32') tensors.set(name, { shape: entry.shape, values: [...new Float32Array(bytes.buffer)] });
    else if (entry.dtype === 'U8' || entry.dtype === 'BOOL')
      tensors.set(name, { shape: entry.shape, values: [...bytes] });
  }
  return tensors;
}

/** A file of f32 tensors. */
export function safetensorsFile(
  name: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata?: Readonly<Record<string, string>>,
): NamedFile {
  let at = 0;
  const header: Record<string, Entry | Readonly<Record<string, string>>> = metadata ? { __metadata__: metadata } : {};
  const contents = Object.entries(tensors).map(([tensor, { shape, values }]) => {
    const bytes = Buffer.from(Float32Array.from(values).buffer);
    header[tensor] = { dtype: 'F32', shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
    return bytes;
  });
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return { name, mimeType: 'application/octet-stream', buffer: Buffer.concat([length, json, ...contents]) };
}
