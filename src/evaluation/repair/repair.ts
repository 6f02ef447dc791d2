/** A repair: the weights that pruning left are fitted anew, layer by layer (docs/repair.md). */
import type { KeptRepair } from '../../engine/protocol';
import { CheckpointError } from '../../lib/errors';
import type { Repair } from '../../pruning/repair';
import type { TensorId } from '../../tensors/tensor';
import type { Dataset } from '../inputs/dataset';
import type { RefusedRepair, RepairRequest } from '../protocol';
import type { EvaluationContext, Runnable } from '../running';
import type { CalibrationSet } from './calibration';

/** Has the engine keep the values of a repair. */
export type KeepRepair = (
  id: string,
  values: ReadonlyMap<TensorId, Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
) => Promise<KeptRepair>;

export interface RepairParts {
  readonly runnable: Runnable;
  readonly calibration: CalibrationSet;
  /** The inputs that the quality figures are measured on. */
  readonly judged: Dataset;
  readonly keep: KeepRepair;
}

/** @throws CheckpointError `cancelled`, `evaluation-failed`, `out-of-memory`; whatever the engine threw */
export async function repairModel(
  _parts: RepairParts,
  _request: RepairRequest,
  _context: EvaluationContext,
): Promise<Repair | RefusedRepair> {
  throw new CheckpointError('internal', 'Not there yet.');
}
