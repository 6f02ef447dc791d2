/** Halves in int32_data: each is a varint (onnx.proto: "float16 and bfloat16 must be bit-wise converted to uint16"). */

import { countInWords } from '../../lib/countInWords';
import { type ErrorContext, malformed } from '../../lib/errors';
import { at } from '../../lib/known';
import type { ByteSource } from '../../lib/source';
import { type VarintElements, VarintScan } from '../../tensors/varintElements';
import type { Scattered } from './tensorProto';

/** Between the addresses of two tensors, so that no read goes across. */
const addressGap = 2 ** 20;
const readBytes = 2 ** 20;
const noHalves = 'some of its varints are no halves: they have more than 16 bits';

/** Finds the elements, and gives them addresses behind the end of the file. */
export class VarintReader {
  private readonly source: ByteSource;
  private readonly context: ErrorContext;
  private next: number;

  constructor(source: ByteSource, context: ErrorContext) {
    this.source = source;
    this.context = context;
    this.next = Math.ceil(source.size / addressGap) * addressGap + addressGap;
  }

  /**
   * Reads all of the varints.
   * @returns the elements, or why they cannot be patched
   * @throws CheckpointError `malformed-file` when they are not as many as `numel`
   */
  async read(
    { segments, byteLength }: Scattered,
    numel: number,
    tensor: string,
  ): Promise<{ readonly elements: VarintElements } | { readonly readOnly: string }> {
    const scan = new VarintScan();
    for (const segment of segments) {
      for (let start = segment.start; start < segment.end; start += readBytes) {
        const bytes = await this.source.read(start, Math.min(readBytes, segment.end - start));
        scan.add(bytes);
        this.source.recycle?.(bytes);
      }
      if (scan.isWhole) continue;
      throw this.malformed(`The tensor "${tensor}" has a varint without an end`, segment.end, tensor);
    }
    if (scan.count !== numel) {
      const fault = `The tensor "${tensor}" needs ${countInWords(numel)} elements, but has ${scan.count} varints`;
      throw this.malformed(fault, at(segments, 0).start, tensor);
    }
    if (scan.isRefused) return { readOnly: noHalves };
    const addresses = { start: this.next, end: this.next + numel * 2 };
    this.next = Math.ceil(addresses.end / addressGap) * addressGap + addressGap;
    return { elements: { addresses, segments, marks: scan.marks, byteLength } };
  }

  private malformed(fault: string, offset: number, tensor: string) {
    return malformed(`${fault} (offset ${offset}).`, { ...this.context, tensor, offset });
  }
}
