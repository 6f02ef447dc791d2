/** safetensors (https://github.com/huggingface/safetensors): u64 header length, JSON header, the data of all tensors. */
import { type ErrorContext, malformed } from '../../lib/errors';
import { inferKind } from '../../tensors/kind';
import { contiguousStrides, type Storage, type TensorInfo } from '../../tensors/tensor';
import type { Checkpoint, Format } from '../format';
import { type HeaderTensor, readHeader } from './header';

const lengthBytes = 8;
/** The reference implementation's MAX_HEADER_SIZE. */
const maxHeaderBytes = 100_000_000;

export const safetensors: Format = {
  /** A length below 2^40, then JSON that is an empty object or begins with a name. Lengths that lie are for `open` to explain. */
  sniff(head) {
    if (head.length < lengthBytes + 2 || head[5] !== 0 || head[6] !== 0 || head[7] !== 0) return false;
    const text = String.fromCharCode(...head.subarray(lengthBytes));
    return /^[ \t\r\n]*\{[ \t\r\n]*["}]/.test(text);
  },

  async open(source, fileName) {
    const context: ErrorContext = { file: fileName, format: 'safetensors' };
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
    return checkpointOf(readHeader(header, lengthBytes, source.size - dataStart, context), dataStart);
  },
};

function checkpointOf(entries: readonly HeaderTensor[], dataStart: number): Checkpoint {
  const names: ReadonlySet<string> = new Set(entries.map((entry) => entry.name));
  const storages: Storage[] = [];
  const tensors = entries.map((entry): TensorInfo => {
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
      kind: inferKind({ name, dtype, shape }, names),
      ...(dtype === 'OPAQUE' ? { readOnly: `its dtype ${token.slice(0, 40)} is not known to Secateur` } : {}),
    };
  });
  return { format: 'safetensors', tensors, storages, checksums: [], byteOrder: 'little', notes: [] };
}
