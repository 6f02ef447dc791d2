/** What is taken away of a smaller model. */
import { type CheckpointPlan, formatCheckpointPlan } from '../pruning/checkpointPlan';
import type { OpenedCheckpoint } from './checkpointSlice';
import type { StudioContext } from './context';
import { suffixed } from './exporting';
import type { SlimMade } from './slimState';

/** `model`: `<original>-slim.<ext>`. `graph`: the ONNX model that it was made as. `plan`: `slim-plan.json`. */
export type SlimFile = 'model' | 'graph' | 'plan';

/** What the open checkpoint loses, where it gets a slim state dict of its own. */
export function slimStateDictOf({ report }: SlimMade, { can }: OpenedCheckpoint): CheckpointPlan | undefined {
  const { checkpoint } = report;
  return can.stateDict && checkpoint && !('refused' in checkpoint) ? checkpoint : undefined;
}

/** Why the open checkpoint has none, though it is no graph: one sentence. */
export function noStateDictOf({ report }: SlimMade, { can, format }: OpenedCheckpoint): string | undefined {
  const { checkpoint } = report;
  if (!checkpoint) return undefined;
  if ('refused' in checkpoint) return checkpoint.refused;
  return can.stateDict ? undefined : `No state dict is written of a file that is ${format}.`;
}

/** @throws CheckpointError whatever the engine threw */
export async function slimFileOf(
  kind: SlimFile,
  made: SlimMade,
  checkpoint: OpenedCheckpoint,
  engine: StudioContext<unknown>['engine'],
): Promise<{ readonly file: Blob; readonly name: string }> {
  const plan = slimStateDictOf(made, checkpoint);
  if (kind === 'plan') {
    const text = plan ? formatCheckpointPlan(plan) : made.report.plan;
    return { file: new Blob([text], { type: 'application/json' }), name: 'slim-plan.json' };
  }
  if (kind === 'model' && plan) return engine.call('exportSlim', { plan, outcomes: made.outcomes });
  return { file: made.model, name: suffixed(checkpoint.fileName, '-slim', '.onnx') };
}
