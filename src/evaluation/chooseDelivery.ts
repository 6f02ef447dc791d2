/** Which way of giving weights to sessions an evaluation takes: measured, unless only one will do. */
import { CheckpointError } from '../lib/errors';
import type { Batch } from './inputs/dataset';
import { timeRun } from './pace';
import type { Delivery } from './protocol';
import type { EvaluationContext, Runnable } from './running';
import { FedWeights, PatchedModel, type WeightDelivery, whyNotFeedable } from './weightDelivery';

export interface ChosenDelivery {
  readonly delivery: WeightDelivery;
  /** Why, a few words. */
  readonly reason: string;
}

/** Milliseconds that a session may take to be made before each evaluation: a fifth of what a first figure may take. */
const soonMade = 50;
/** Weights that are fed are worth so much longer a run where making a session would delay the first figure. */
const worthLonger = 1.25;

/**
 * @param probe some of the samples
 * @param samples in all
 * @param wanted a delivery, where it is not to be measured
 */
export async function chooseDelivery(
  { runtime, graph, targets }: Runnable,
  probe: Batch,
  samples: number,
  context: EvaluationContext,
  wanted: Delivery | undefined,
): Promise<ChosenDelivery> {
  const defaults = targets.filter(({ tensor }) => tensor.byDefault);
  const obstacle = whyNotFeedable(defaults);
  if (obstacle !== undefined) return { delivery: new PatchedModel(runtime, graph), reason: obstacle };
  if (wanted === 'session') return { delivery: new PatchedModel(runtime, graph), reason: 'as asked' };
  const fed = new FedWeights(runtime, graph, defaults);
  if (wanted === 'inputs') return { delivery: fed, reason: 'as asked' };
  const patched = new PatchedModel(runtime, graph);
  try {
    const ofFed = await timesOf(fed, probe, samples, context).catch((error: unknown) => {
      // Some operators want their weights to be constants.
      if (error instanceof CheckpointError && error.code === 'evaluation-failed') return undefined;
      throw error;
    });
    if (!ofFed) return { delivery: patched, reason: 'the graph does not take its weights as inputs' };
    const ofPatched = await timesOf(patched, probe, samples, context);
    const isFedFaster = ofFed.whole <= ofPatched.whole;
    const isFedSooner = ofPatched.making > soonMade && ofFed.whole <= worthLonger * ofPatched.whole;
    const [best, other] = isFedFaster || isFedSooner ? [fed, patched] : [patched, fed];
    await other.release();
    const alternative = best === fed ? 'with a session for each evaluation' : 'with weights as inputs';
    const [own, others] = (best === fed ? [ofFed, ofPatched] : [ofPatched, ofFed]).map(({ whole }) =>
      Math.round(whole),
    );
    const sooner = isFedFaster || best !== fed ? '' : `, which takes ${Math.round(ofPatched.making)} ms to be made`;
    return { delivery: best, reason: `${own} ms against ${others} ms ${alternative}${sooner}` };
  } catch (error) {
    await fed.release();
    throw error;
  }
}

/** Estimated milliseconds of one evaluation: until the first run begins, and in all. */
async function timesOf(delivery: WeightDelivery, probe: Batch, samples: number, context: EvaluationContext) {
  // Once for what only the first run costs.
  await delivery.use((session, weights) => timeRun(session, weights, probe, context));
  const started = performance.now();
  let making = 0;
  let running = 0;
  await delivery.use(async (session, weights) => {
    making = performance.now() - started;
    running = await timeRun(session, weights, probe, context);
  });
  return { making, whole: making + (running * samples) / probe.samples };
}
