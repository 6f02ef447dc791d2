/** The looks themselves: fetched when the first is asked for. */
import type { Evaluation, Outcomes } from '../evaluation/protocol';
import { repairedOutcomes } from '../pruning/repair';
import { isDecided, noRule, type Outcome } from '../pruning/resolution';
import type { Int8Findings, Int8Scales } from '../tensors/findings';
import type { TensorId } from '../tensors/tensor';
import type { Layer } from './checkpointSlice';
import type { StudioContext } from './context';
import type { EvaluationContext } from './evaluationContext';
import { repairInForce } from './repairState';
import type { ShowStep } from './stepRunner';
import type { Int8Preview, Understanding, UnderstandingStudio } from './understandingState';

type Look = (
  context: StudioContext<UnderstandingStudio>,
  evaluation: EvaluationContext,
  signal: AbortSignal,
  show: ShowStep,
) => Promise<Partial<Understanding>>;

/** By what they are about. */
export const looks: Readonly<Record<Understanding['about'], Look>> = {
  marks: lookForMarks,
  blocks: async (_, { client }, signal, show) => {
    const progress = ({ stage, done, total }: { stage: string; done: number; total: number }) =>
      show(stage, done, total);
    return { blocks: await client.call('blockInfluence', {}, { signal, progress }) };
  },
  int8: previewInt8,
};

async function lookForMarks(
  ...[{ engine, get }, evaluation, signal, show]: Parameters<Look>
): Promise<Partial<Understanding>> {
  const tensors = owners(get()).flatMap(({ id, shape }) => (shape.length > 1 ? [id] : []));
  const report = reporting(signal, show, 'looking at all weights');
  const rows = get().understanding.rows ?? (await engine.call('findInRows', { outcomes: new Map(), tensors }, report));
  const outcomes = await shownOutcomes(get(), evaluation, signal);
  const pruned = tensors.filter((id) => (outcomes.get(id)?.program.length ?? 0) > 0);
  const left = await engine.call(
    'findInRows',
    { outcomes, tensors: pruned },
    reporting(signal, show, 'looking at what the recipe leaves'),
  );
  return { rows, left };
}

async function previewInt8(
  ...[{ engine, get }, evaluation, signal, show]: Parameters<Look>
): Promise<Partial<Understanding>> {
  const outcomes = await shownOutcomes(get(), evaluation, signal);
  const tensors = owners(get())
    .filter(({ id, byDefault, shape }) => shape.length > 1 && (byDefault || isDecided(outcomes, id)))
    .map(({ id }) => id);
  const report = reporting(signal, show, 'rounding what is left');
  const found = await engine.call('roundToInt8', { outcomes, tensors }, report);
  const { graph, inputs, pairingConfirmed, status } = evaluation.state();
  if (!graph || !inputs || !pairingConfirmed || status.kind === 'failed') return { int8: { found } };
  const run = (step: string, scalesOf: (of: Int8Findings) => Int8Scales): Promise<Evaluation> =>
    evaluation.client.call(
      'evaluate',
      { outcomes: roundedOutcomes(outcomes, found, scalesOf) },
      { signal, progress: ({ done, total }) => show(step, done, total) },
    );
  const perTensor = await run('running it, one scale a tensor', (of) => of.perTensor);
  const perChannel = await run('running it, one scale a channel', (of) => of.perChannel ?? of.perTensor);
  const int8: Int8Preview = { found, perTensor, perChannel };
  return { int8 };
}

/** The same outcomes with int8 behind their masks. */
function roundedOutcomes(
  outcomes: Outcomes,
  found: ReadonlyMap<TensorId, Int8Findings>,
  scalesOf: (of: Int8Findings) => Int8Scales,
): Outcomes {
  const rounded = new Map<TensorId, Outcome>(outcomes);
  for (const [tensor, findings] of found) {
    const before = outcomes.get(tensor) ?? { rule: noRule, program: [], pruned: 0, zeros: findings.zeros, exact: true };
    const { axes, scales } = scalesOf(findings);
    rounded.set(tensor, { ...before, program: [...before.program, { kind: 'int8', axes, scales }] });
  }
  return rounded;
}

/** Exactly what the recipe shown makes, with its repair where that is on. */
async function shownOutcomes(
  { recipe, repair }: UnderstandingStudio,
  { bench }: EvaluationContext,
  signal: AbortSignal,
): Promise<Outcomes> {
  const { outcomes } = await bench.resolve(recipe, signal);
  const own = repairInForce(repair);
  return own ? repairedOutcomes(outcomes, own) : outcomes;
}

/** Layers whose weights are measured and their own. */
function owners({ checkpoint }: UnderstandingStudio): readonly Layer[] {
  return (checkpoint?.layers ?? []).filter(({ statistics, sameAs }) => statistics && sameAs === undefined);
}

function reporting(signal: AbortSignal, show: ShowStep, step: string) {
  return {
    signal,
    progress: ({ done, total }: { done: number; total: number }) => show(step, done, total),
  };
}
