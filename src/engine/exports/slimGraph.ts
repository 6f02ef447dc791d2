/** The smaller graph of a checkpoint that is one: its weights as the recipe leaves them, without the channels that a plan takes. */
import { openModel } from '../../formats/onnx';
import { slimModel } from '../../graph/slim/slice';
import { CheckpointError } from '../../lib/errors';
import type { Splice } from '../../lib/splice';
import type { SlimPlan } from '../../tensors/graph/slimPlan';
import type { CallContext } from '../callContext';
import { type ExportSource, type Outcomes, prunedSource } from './source';

/** @throws CheckpointError `unsupported-feature` for what is no graph; `invalid-recipe` for a plan of another one */
export async function slimGraph(
  exported: ExportSource,
  plan: SlimPlan,
  outcomes: Outcomes,
  context: CallContext,
): Promise<Splice> {
  const { can, fileName, format } = exported.session.opened;
  if (!can.graph) {
    throw new CheckpointError('unsupported-feature', `The plan is of a graph, and ${fileName} is ${format}.`, {
      advice: 'Give the ONNX model that the plan was made of.',
    });
  }
  const source = await prunedSource(exported, outcomes, context);
  const opened = await openModel(source, exported.session.measurable.checkpoint.parts);
  return slimModel({ ...opened, source }, plan);
}
