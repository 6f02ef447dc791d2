/**
 * Elements in files beside the model (onnx docs/ExternalData.md). What is said of their places is only ever looked for among
 * the files that were given (docs/ExternalDataSecurity.md).
 */

import { countInWords } from '../../lib/countInWords';
import { type ErrorContext, malformed } from '../../lib/errors';
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { Part } from '../../lib/parts';
import { bitsOf, labelOf } from '../../tensors/dtype';
import type { ByteRange, Storage } from '../../tensors/tensor';
import type { Digest } from '../format';
import { fileNameIn, pathIn } from '../location';
import type { Place } from './place';
import { dtypeOf, isExternal, type TensorRecord } from './tensorProto';

/** Of a location in a sentence. */
const maxShown = 100;

/** The files beside a model, by name. */
export class ExternalFiles {
  /** Undefined where two have the name. */
  private readonly parts = new Map<string, Part | undefined>();
  /** The folders that a name is looked for in, as one text; undefined where they are several. */
  private readonly paths = new Map<string, string | undefined>();
  private readonly fields = new Map<string, { part: Part; stored: string; fields: number[] }>();
  private readonly context: ErrorContext;

  /** @param tensors all of the model */
  constructor(beside: readonly Part[], tensors: Iterable<TensorRecord>, context: ErrorContext) {
    this.context = context;
    for (const part of beside) this.parts.set(part.name, this.parts.has(part.name) ? undefined : part);
    for (const tensor of tensors) {
      const path = isExternal(tensor) ? pathIn(tensor.external.location) : undefined;
      const name = path?.at(-1);
      if (!path || name === undefined) continue;
      const whole = path.join('/');
      this.paths.set(name, this.paths.has(name) && this.paths.get(name) !== whole ? undefined : whole);
    }
  }

  /** @throws CheckpointError `malformed-file` when a place is no place in its file, or not as large as the tensor */
  placeOf(tensor: TensorRecord, numel: number, name: string): Place {
    const { location, checksum } = tensor.external;
    const dtype = dtypeOf(tensor);
    const shown = location.slice(0, maxShown);
    const file = fileNameIn(location);
    // The model's own bytes say what it is: they are no weights.
    if (file === undefined || file === this.context.file)
      return {
        readOnly: `stored in ${shown || 'no file'}, which is no place beside the model`,
        missing: shown,
        isOutside: true,
      };
    if (this.paths.get(file) === undefined)
      return { readOnly: `stored in ${shown}, one of several files of that name` };
    if (!this.parts.has(file)) return { readOnly: `stored in ${shown}, which was not given`, missing: file };
    const part = this.parts.get(file);
    if (!part) return { readOnly: `stored in ${shown}, of which two were given` };
    if (dtype === 'STRING') return { readOnly: 'strings: not floating point' };
    if (dtype === 'OPAQUE') return { readOnly: `its data type ${tensor.dataType} is not known to Secateur` };
    const range = this.rangeIn(part, tensor, Math.ceil((numel * bitsOf(dtype)) / 8), name);
    const storage = { segments: [range], byteLength: range.end - range.start };
    if (checksum === '') return { storage };
    if (!/^[\da-f]{40}$/.test(checksum) || tensor.checksumAt === undefined) {
      return { storage, readOnly: `${shown} has a checksum that is no SHA-1: it would go stale` };
    }
    const key = `${part.start} ${checksum}`;
    getOrInsert(this.fields, key, () => ({ part, stored: checksum, fields: [] })).fields.push(tensor.checksumAt);
    return { storage };
  }

  /** Of the files that tensors were placed in so far. */
  get digests(): Digest[] {
    return [...this.fields.values()].map(({ part: { start, end }, ...digest }) => ({
      range: { start, end },
      ...digest,
    }));
  }

  private rangeIn(part: Part, tensor: TensorRecord, needed: number, name: string): ByteRange {
    const { offset, length } = tensor.external;
    const refuse = (fault: string) =>
      malformed(`The tensor "${name}" ${fault}.`, { ...this.context, file: part.name, tensor: name });
    const at = numberOf(offset);
    const bytes = numberOf(length);
    if (at === undefined || bytes === undefined) {
      const [what, value] = at === undefined ? ['offset', offset] : ['length', length];
      throw refuse(
        `has the ${what} "${value.slice(0, maxShown)}" in ${part.name}, where a number of bytes was expected`,
      );
    }
    // As in ONNX Runtime: no length is the tensor's own.
    if (bytes !== 0 && bytes !== needed) {
      const shape = `${labelOf(dtypeOf(tensor))} [${tensor.shape.join(', ')}]`;
      throw refuse(`needs ${countInWords(needed)} bytes for ${shape}, but has ${bytes} in ${part.name}`);
    }
    const size = part.end - part.start;
    if (at + needed > size) {
      const advice = 'The files may be of different exports, or one of them be cut short.';
      const error = refuse(`is at bytes ${at} to ${at + needed} of ${part.name}, which has only ${size}`);
      throw malformed(error.message, { ...error.context, advice });
    }
    return { start: part.start + at, end: part.start + at + needed };
  }
}

/** Of a decimal text, 0 for none. */
function numberOf(text: string): number | undefined {
  if (text === '') return 0;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Where a tensor is in a storage that others may be in, too. */
export interface Laid {
  readonly storage: Storage;
  /** In elements. */
  readonly offset: number;
}

/**
 * Makes one storage of ranges that overlap, so that it is known what tensors share.
 * @returns for each its place; undefined where it begins within an element of the others
 */
export function laidOut(ranges: readonly { readonly range: ByteRange; readonly bits: number }[]): (Laid | undefined)[] {
  const laid: (Laid | undefined)[] = ranges.map(() => undefined);
  const order = [...ranges.keys()].sort((a, b) => at(ranges, a).range.start - at(ranges, b).range.start);
  for (let first = 0; first < order.length; ) {
    const { start } = at(ranges, at(order, first)).range;
    let { end } = at(ranges, at(order, first)).range;
    let last = first + 1;
    for (; last < order.length && at(ranges, at(order, last)).range.start < end; last++) {
      end = Math.max(end, at(ranges, at(order, last)).range.end);
    }
    const storage: Storage = { segments: [{ start, end }], byteLength: end - start };
    const members = order.slice(first, last);
    const offsetOf = ({ range, bits }: (typeof ranges)[number]) => ((range.start - start) * 8) / bits;
    const areWhole = members.every((i) => Number.isInteger(offsetOf(at(ranges, i))));
    for (const i of members) if (areWhole) laid[i] = { storage, offset: offsetOf(at(ranges, i)) };
    first = last;
  }
  return laid;
}
