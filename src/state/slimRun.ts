/** One smaller model: the recipe settled, channels chosen and removed, and both models measured. */
import type { Recipe } from '../pruning/recipe';
import { repairedOutcomes } from '../pruning/repair';
import { parsePlan } from '../tensors/graph/slimPlan';
import type { StudioContext } from './context';
import type { EvaluationContext, EvaluationStudio } from './evaluationContext';
import { repairInForce } from './repairState';
import { givenPlan, goalOf, type SlimMade, type SlimSettings, type SlimState, slimKey } from './slimState';
import type { ShowStep } from './stepRunner';

export type SlimAnswer =
  | { readonly kind: 'made'; readonly made: SlimMade }
  | { readonly kind: 'refused'; readonly sentence: string };

let requested = 0;

/**
 * @param repairs whether layers that read what changed are fitted, to the calibration inputs that the evaluation has
 * @throws CheckpointError whatever the engine or the evaluation threw, `cancelled`; nothing has changed then
 */
export async function makeSlim(
  studio: StudioContext<EvaluationStudio & { readonly slim: SlimState }>,
  { client, bench, state }: EvaluationContext,
  recipe: Recipe,
  settings: SlimSettings,
  repairs: boolean,
  signal: AbortSignal,
  show: ShowStep,
): Promise<SlimAnswer> {
  show('settling exact amounts', 0, 0);
  const { repair } = studio.get();
  const of = slimKey(recipe, repair);
  const { outcomes: all } = await bench.resolve(recipe, signal);
  // Where nothing is pruned there is nothing to be said of the model as masked.
  const outcomes = new Map([...all].filter(([, { pruned }]) => pruned > 0));
  const repaired = repairInForce(repair);
  const id = `slim-${++requested}`;
  const plan = settings.replays ? givenPlan(recipe, studio.get().slim) : undefined;
  const masks = repaired ? repairedOutcomes(outcomes, repaired) : outcomes;
  const report = await client.call(
    'slim',
    {
      outcomes: masks,
      goal: goalOf(settings, plan),
      ...(repairs && { repair: { damping: repair.settings.damping } }),
      id,
    },
    {
      signal,
      progress: ({ stage, what, layer, done, total }) =>
        show(what ?? (layer === undefined ? stage : `fitting ${layer}`), done, total),
    },
  );
  if ('refused' in report) return { kind: 'refused', sentence: report.refused };
  const model = await client.call('slimModel', { id }, { signal });
  const { measure, target } = settings;
  const asked = plan || target === null ? {} : { measure, target };
  const left = report.repaired ? repairedOutcomes(masks, report.repaired) : masks;
  const entry = { ...asked, plan: parsePlan(report.plan) };
  return { kind: 'made', made: { report, model, outcomes: left, of, settings, entry, inputs: state().inputs } };
}
