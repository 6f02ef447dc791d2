/** A repair: the weights that pruning left are fitted anew, layer by layer (docs/repair.md). */
import { CheckpointError } from '../../lib/errors';
import type { Repair } from '../../pruning/repair';
import type { EvaluationContext, Runnable } from '../evaluator';
import type { Dataset } from '../inputs/dataset';
import type { RefusedRepair, RepairRequest } from '../protocol';
import type { CalibrationSet } from './calibration';

/** @param judged the inputs that the quality figures are measured on */
export async function repairModel(
  _runnable: Runnable,
  _calibration: CalibrationSet,
  _judged: Dataset,
  _request: RepairRequest,
  _context: EvaluationContext,
): Promise<Repair | RefusedRepair> {
  throw new CheckpointError('internal', 'Not there yet.');
}
