/** What every export is made from. */
import { type ByteSink, writtenTo } from '../../lib/sink';
import type { ByteSource } from '../../lib/source';
import { noRule, type Outcome } from '../../pruning/resolution';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import type { Read } from '../session';
import { writePatched } from '../writing/writeParts';

/** Sinks know how to copy from the source. */
export interface ExportSource extends Read {
  /** A file for bytes that are read again before the export is done. */
  readonly scratch: () => ByteSink<ByteSource>;
}

export type Outcomes = ReadonlyMap<TensorId, Outcome>;

/** Whether some rule decides for a tensor, or channels of others take some of it: it gets a mask, and one that a repair alone changed does not. */
export function isMasked({ rule, program }: Outcome): boolean {
  return rule !== noRule || program.some(({ kind }) => kind === 'slices');
}

export function decided(outcomes: Outcomes): Outcomes {
  return new Map([...outcomes].filter(([, outcome]) => isMasked(outcome)));
}

/** The plain export, to be read: the original with patches, every offset as it was. */
export function prunedSource({ source, session, scratch }: ExportSource, outcomes: Outcomes, context: CallContext) {
  return writtenTo(scratch(), async (sink) => {
    await writePatched(source, session.patches(outcomes, context), sink);
  });
}
