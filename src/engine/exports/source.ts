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

/** Those of tensors that some rule decides for: they get masks, and others that a repair changed do not. */
export function decided(outcomes: Outcomes): Outcomes {
  return new Map([...outcomes].filter(([, { rule }]) => rule !== noRule));
}

/** The plain export, to be read: the original with patches, every offset as it was. */
export function prunedSource({ source, session, scratch }: ExportSource, outcomes: Outcomes, context: CallContext) {
  return writtenTo(scratch(), async (sink) => {
    await writePatched(source, session.patches(outcomes, context), sink);
  });
}
