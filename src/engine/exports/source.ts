/** What every export is made from. */
import type { Outcome } from '../../pruning/resolution';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import type { Session } from '../session';
import { spliceFile } from '../writing/output';
import { SpillingPatchStore } from '../writing/patchStore';

export interface ExportSource {
  readonly file: File;
  readonly session: Session;
}

export type Outcomes = ReadonlyMap<TensorId, Outcome>;

/** The plain export: the original with patches, every offset as it was. */
export async function prunedFile({ file, session }: ExportSource, outcomes: Outcomes, context: CallContext) {
  const { blob } = await spliceFile(file, session.patches(outcomes, context), new SpillingPatchStore());
  return blob;
}
