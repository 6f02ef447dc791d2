/** A model with other records in its main graph; every byte of the rest, but the length of the graph around them, stays as it was. */
import type { Splice } from '../../../lib/splice';
import type { ByteRange } from '../../../tensors/tensor';
import { field } from '../../protobuf/write';
import { modelFields } from '../fieldNumbers';
import type { WholeModel } from '../graphProto';

export interface Edits {
  /** By the range of a record, tag and length included: what takes its place. */
  readonly replaced: ReadonlyMap<ByteRange, Splice>;
  /** Behind all that is in the graph. */
  readonly added?: Splice;
}

/**
 * @param size of the model in bytes
 * @param bytesAt the model's own
 */
export function edited(
  { records }: WholeModel,
  size: number,
  bytesAt: (range: ByteRange) => Splice[number],
  { replaced, added = [] }: Edits,
): Splice {
  const edits = [...replaced].sort(([a], [b]) => a.start - b.start);
  const within = ({ start, end }: ByteRange): Splice => {
    const spliced: Splice[number][] = [];
    let at = start;
    for (const [range, splice] of edits) {
      if (range.start < start || range.end > end) continue;
      spliced.push(bytesAt({ start: at, end: range.start }), ...splice);
      at = range.end;
    }
    return [...spliced, bytesAt({ start: at, end })];
  };
  // Protobuf merges a message that occurs in parts: one behind the other they are one message.
  const graph = field(modelFields.graph, [...records.graph.flatMap(({ message }) => within(message)), ...added]);
  const whole: Splice[number][] = [];
  let at = 0;
  records.graph.forEach(({ record }, i) => {
    whole.push(...within({ start: at, end: record.start }), ...(i === 0 ? graph : []));
    at = record.end;
  });
  return [...whole, ...within({ start: at, end: size })];
}
