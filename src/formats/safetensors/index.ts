/** safetensors (https://github.com/huggingface/safetensors): u64 header length, JSON header, the data of all tensors. */
import { type ErrorContext, malformed } from '../../lib/errors';
import { at } from '../../lib/known';
import { firstPart, type Part } from '../../lib/parts';
import type { Convention } from '../../tensors/judge/convention';
import type { Judged } from '../../tensors/judge/stateDict';
import { contiguousStrides, type Storage, type TensorInfo } from '../../tensors/tensor';
import type { Checkpoint, Format } from '../format';
import { type Judging, judgementsOf, type Tie } from '../judging';
import { type Header, type HeaderTensor, readHeader } from './header';
import { lengthBytes, looksLikeHeader } from './sniff';

/** The reference implementation's MAX_HEADER_SIZE. */
const maxHeaderBytes = 100_000_000;

export const safetensors: Format = {
  sniff: looksLikeHeader,
  hasShards: true,

  async open(source, parts) {
    const context: ErrorContext = { file: firstPart(parts).name, format: 'safetensors' };
    if (source.size < lengthBytes) {
      throw malformed(`A header length of 8 bytes was expected, but the file has only ${source.size}.`, context);
    }
    const lengthField = await source.read(0, lengthBytes);
    const declared = new DataView(lengthField.buffer, lengthField.byteOffset).getBigUint64(0, true);
    if (declared > BigInt(maxHeaderBytes)) {
      throw malformed(`The header length at offset 0 says ${declared} bytes; the format allows ${maxHeaderBytes}.`, {
        ...context,
        offset: 0,
      });
    }
    const headerLength = Number(declared);
    const dataStart = lengthBytes + headerLength;
    if (dataStart > source.size) {
      throw malformed(
        `The header length at offset 0 says ${declared} bytes, but only ${source.size - lengthBytes} follow.`,
        {
          ...context,
          offset: 0,
          advice: 'The file is probably cut short: download or copy it again.',
        },
      );
    }
    const header = await source.read(lengthBytes, headerLength);
    return checkpointOf(readHeader(header, lengthBytes, source.size - dataStart, context), parts, dataStart);
  },
};

function checkpointOf({ tensors: entries, metadata }: Header, parts: readonly Part[], dataStart: number): Checkpoint {
  const judged = judgingOf(entries, metadata);
  const judgements = judgementsOf(judged);
  const storages: Storage[] = [];
  const tensors = entries.map((entry, i): TensorInfo => {
    const { name, token, dtype, shape, begin, end } = entry;
    const storage = storages.push({
      segments: [{ start: dataStart + begin, end: dataStart + end }],
      byteLength: end - begin,
    });
    return {
      name,
      container: '',
      dtype,
      shape,
      strides: contiguousStrides(shape),
      storage: storage - 1,
      storageOffset: 0,
      ...at(judgements, i),
      ...(dtype === 'OPAQUE' ? { readOnly: `its dtype ${token.slice(0, 40)} is not known to Secateur` } : {}),
    };
  });
  return {
    format: 'safetensors',
    can: { stateDict: 'safetensors', script: 'safetensors' },
    parts,
    tensors,
    storages,
    checksums: [],
    byteOrder: 'little',
    judged,
    notes: [],
  };
}

/** `__metadata__.format` as the libraries write it. */
const conventions: ReadonlyMap<string, Convention> = new Map([
  ['pt', 'pytorch'],
  ['flax', 'flax'],
  ['tf', 'tensorflow'],
  ['mlx', 'mlx'],
]);

/**
 * Of tensors that share their weights the file holds one; safetensors.torch.save_model says in `__metadata__` under which
 * name the others are.
 */
function judgingOf(entries: readonly HeaderTensor[], metadata: Header['metadata']): Judging {
  const places = new Map(entries.map(({ name }, i) => [name, i]));
  const tensors = entries.map(({ name, dtype, shape }): Judged => ({ name, container: '', dtype, shape }));
  const ties: Tie[] = [];
  for (const [name, kept] of metadata) {
    const place = places.get(kept);
    if (place !== undefined && !places.has(name)) ties.push({ name, place });
  }
  return { tensors, ties, convention: conventions.get(metadata.get('format') ?? '') };
}
