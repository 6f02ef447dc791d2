/** Writes safetensors files (https://github.com/huggingface/safetensors#format). */
import { lengthOf, type Splice } from '../../lib/splice';
import { bitsOf, type Dtype } from '../../tensors/dtype';

export interface TensorContent {
  readonly name: string;
  /** One that the format knows. */
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Little-endian elements, row by row. */
  readonly content: Splice;
}

/** The data begins at a multiple of it, as in files of the reference implementation. */
const alignment = 8;

/**
 * The file: a header, then the contents, of which nothing is copied. Like the reference implementation
 * (`prepare` in safetensors/src/tensor.rs) it puts the widest dtypes first, so that every tensor is aligned, and equal
 * ones by name.
 * @param tensors names are unique
 * @param metadata for `__metadata__`
 */
export function safetensorsFile(
  tensors: readonly TensorContent[],
  metadata?: Readonly<Record<string, string>> | undefined,
): Splice {
  const ordered = [...tensors].sort((a, b) => bitsOf(b.dtype) - bitsOf(a.dtype) || compare(a.name, b.name));
  const fields: string[] = [];
  const field = (name: string, value: unknown) => fields.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
  if (metadata) field('__metadata__', metadata);
  let begin = 0;
  for (const { name, dtype, shape, content } of ordered) {
    const end = begin + lengthOf(content);
    field(name, { dtype, shape, data_offsets: [begin, end] });
    begin = end;
  }
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const length = Math.ceil(json.length / alignment) * alignment;
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return [header, ...ordered.flatMap(({ content }) => content)];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
