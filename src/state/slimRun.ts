/** One smaller model: the recipe settled, channels chosen and removed, and both models measured. */
import type { Recipe } from '../pruning/recipe';
import { repairedOutcomes } from '../pruning/repair';
import type { EvaluationContext } from './evaluationContext';
import { repairInForce } from './repairState';
import { goalOf, type SlimMade, type SlimSettings, slimKey } from './slimState';
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
  { client, bench, state, studio }: EvaluationContext,
  recipe: Recipe,
  settings: SlimSettings,
  repairs: boolean,
  signal: AbortSignal,
  show: ShowStep,
): Promise<SlimAnswer> {
  show('settling exact amounts', 0, 0);
  const { repair } = studio.get();
  const of = slimKey(recipe, repair);
  const { outcomes } = await bench.resolve(recipe, signal);
  const repaired = repairInForce(repair);
  const id = `slim-${++requested}`;
  const report = await client.call(
    'slim',
    {
      outcomes: repaired ? repairedOutcomes(outcomes, repaired) : outcomes,
      goal: goalOf(settings),
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
  return { kind: 'made', made: { report, model, of, settings, inputs: state().inputs } };
}
