/** How far each layer's own output moves: both models run with the layers' outputs added to the graph's. */
import { at, known } from '../lib/known';
import type { FloatOutputs } from './comparison';
import { putElements, sessionFiles } from './graph/modelInMemory';
import { type Dataset, smallBatches } from './inputs/dataset';
import { layerUses } from './layerUses';
import { DriftSums } from './metrics/sums';
import type { LayerDrift, Outcomes } from './protocol';
import { type EvaluationContext, type Runnable, runBatches } from './running';
import { PrunedWeights } from './weights';

/** Every layer's output of every sample is in memory at once, of both models. */
const samplesAtOnce = 4;
/** Where the error arises shows on few. */
const maxSamples = 32;

const nothingFed = new Map();

/** @throws CheckpointError `evaluation-failed`, `out-of-memory`, `cancelled` */
export async function measureLayerDrift(
  { runtime, graph, targets, inputs, fetch }: Runnable,
  dataset: Dataset,
  outcomes: Outcomes,
  context: EvaluationContext,
): Promise<LayerDrift[]> {
  const uses = layerUses(graph, targets).filter(
    ({ target, node }) => target.tensor.shape.length > 1 && node.outputs[0] !== undefined,
  );
  const outputs = [...new Set(uses.map(({ node }) => at(node.outputs, 0)))];
  const batches = smallBatches(inputs, dataset, samplesAtOnce, maxSamples);
  const pruned = graph.bytes.slice();
  const weights = new PrunedWeights(graph.bytes, targets, fetch);
  await weights.update(outcomes, (target, elements) => putElements(pruned, target.graph, elements), context.signal);
  const sums = new Map(outputs.map((name) => [name, new DriftSums()]));
  const originalSession = await runtime.createSession(...sessionFiles(graph, graph.bytes, { outputs }));
  try {
    const prunedSession = await runtime.createSession(...sessionFiles(graph, pruned, { outputs }));
    try {
      for (const batch of batches) {
        const results: FloatOutputs[] = [];
        for (const session of [originalSession, prunedSession]) {
          await runBatches(session, nothingFed, [batch], context, (result) => results.push(result));
        }
        for (const [name, sum] of sums) {
          const [before, after] = results.map((result) => result.get(name)?.floats);
          if (before && after) sum.add(before, after);
        }
      }
    } finally {
      await prunedSession.release();
    }
  } finally {
    await originalSession.release();
  }
  return uses.map(({ target, node }) => ({
    tensor: target.tensor.id,
    name: target.tensor.name,
    operator: node.opType,
    relativeL2: known(sums, at(node.outputs, 0)).relativeL2,
  }));
}
