/** Norms of what goes into each layer: to the engine, from files beside recipes, and into them. */
import type { ColumnFactors } from '../engine/page/inputNormsFile';
import type { CollectedInputNorms } from '../evaluation/protocol';
import { CheckpointError } from '../lib/errors';
import { at, found, known } from '../lib/known';
import type { InputNeed } from '../pruning/criteria/criterion';
import type { Recipe } from '../pruning/recipe';
import { tensorsScoredBy } from '../pruning/ruleLists';
import { kernelAxesOf, plainAxesOf } from '../tensors/axes';
import { ownerIdOf } from '../tensors/owners';
import { numelOf, type TensorId } from '../tensors/tensor';
import { forgetScoresBy } from './answers';
import {
  type CheckpointSlice,
  type InputNorms,
  inputsKnown,
  type Layer,
  type OpenedCheckpoint,
} from './checkpointSlice';
import type { StudioContext } from './context';
import type { RecipeSlice } from './recipeSlice';

/**
 * Gives the engine norms, or factors of moments, beside those it has, in the place of those for the same tensors, and makes the
 * criterion that goes by them possible. None is ever taken away: a recipe that is undone to may need it.
 * @throws CheckpointError `unsupported-feature` where a tensor has another number of inputs; nothing has changed then
 */
async function setInputs(
  context: StudioContext<CheckpointSlice>,
  of: InputNeed,
  given: ReadonlyMap<TensorId, InputNorms>,
  signal: AbortSignal,
): Promise<void> {
  const all = new Map([...context.get()[inputsKnown[of]], ...given]);
  const numbers = new Map([...all].map(([tensor, each]) => [tensor, each.norms]));
  const axes = new Map([...all].flatMap(([tensor, each]) => (each.axes ? [[tensor, each.axes] as const] : [])));
  if (of === 'norms') await context.engine.call('setInputNorms', { norms: numbers, axes }, { signal });
  else await context.engine.call('setInputMoments', { factors: numbers, axes }, { signal });
  forgetScoresBy(of, context.answers);
  context.set({ [inputsKnown[of]]: all });
  context.refresh();
}

/** For norms that are collected along them. */
function axesOf({ axes }: Layer): Pick<InputNorms, 'axes'> {
  return axes ? { axes } : {};
}

/**
 * Gives the engine what was collected, and makes the criterion that goes by it possible for its tensors.
 * @param inputs that the model was run on, from the first on
 */
export async function giveCollected(
  context: StudioContext<CheckpointSlice>,
  of: InputNeed,
  collected: readonly CollectedInputNorms[],
  { title, samples }: { readonly title: string; readonly samples: number },
  signal: AbortSignal,
): Promise<void> {
  const { layers } = found(context.get().checkpoint, 'an open checkpoint');
  const usable = collected.filter(({ tensor, inputAxis }) => inputAxis === plainAxesOf(at(layers, tensor))?.inputs);
  const given = usable.map(({ tensor, norms: ofInputs, samples: seen }): [TensorId, InputNorms] => [
    tensor,
    {
      norms: ofInputs,
      ...axesOf(at(layers, tensor)),
      inputs: seen < samples ? `the first ${seen} of ${title}` : title,
    },
  ]);
  await setInputs(context, of, new Map(given), signal);
}

/**
 * @param recipe that goes with them: what the tensors are may be set by hand there
 * @throws CheckpointError what `readInputNorms` and the engine throw; `unsupported-feature` for tensors that are not there
 */
export async function openInputNorms(
  context: StudioContext<CheckpointSlice>,
  file: File,
  recipe: Recipe,
  signal: AbortSignal,
): Promise<void> {
  const { checkpoint } = context.see(recipe);
  if (!checkpoint) {
    throw new CheckpointError(
      'unsupported-feature',
      'These are norms of inputs that a recipe needs, and no checkpoint is open.',
      { file: file.name, advice: 'Drop them together with the checkpoint and the recipe.' },
    );
  }
  const { readInputNorms } = await import('../engine/page/inputNormsFile');
  const { norms, moments = new Map(), inputs = file.name } = await readInputNorms(file);
  const factors = new Map([...moments].map(([name, each]) => [name, each.factors]));
  const given = (
    [
      ['norms', norms],
      ['moments', factors],
    ] as const
  ).map(([of, named]) => {
    const found = [...byTensor(named, checkpoint, file.name)];
    const numbers = found.map(([tensor, each]): [TensorId, InputNorms] => [
      tensor,
      { norms: each, ...axesOf(at(checkpoint.layers, tensor)), inputs },
    ]);
    return [of, new Map(numbers)] as const;
  });
  try {
    for (const [of, each] of given) if (each.size > 0) await setInputs(context, of, each, signal);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new CheckpointError(error.code, error.message, { ...error.context, file: file.name }, { cause: error });
  }
}

/**
 * Tensors by any of their names: which one of tied weights is the first differs between files.
 * @throws CheckpointError `unsupported-feature`
 */
function byTensor(
  norms: ReadonlyMap<string, Float32Array>,
  { layers, fileName }: OpenedCheckpoint,
  file: string,
): Map<TensorId, Float32Array> {
  const refuse = (message: string) =>
    new CheckpointError('unsupported-feature', message, {
      file,
      advice: 'Give the norms that were saved with a recipe for this model.',
    });
  const ids = new Map(layers.map((layer) => [layer.name, ownerIdOf(layer)]));
  const [unknown, ...others] = [...norms.keys()].filter((name) => !ids.has(name));
  if (unknown !== undefined) {
    const more = others.length === 0 ? '' : ` and of ${others.length} more`;
    throw refuse(`It holds norms of ${unknown.slice(0, 200)}${more}, which ${fileName} does not have.`);
  }
  const found = new Map<TensorId, Float32Array>();
  for (const [name, each] of norms) {
    const id = known(ids, name);
    if (found.has(id)) throw refuse(`It holds norms of ${at(layers, id).name.slice(0, 200)} twice, under tied names.`);
    found.set(id, each);
  }
  return found;
}

/** What a recipe needs beside the checkpoint to be repeated; undefined where that is nothing. */
export async function normsForRecipe({
  recipe,
  candidates,
  checkpoint,
  inputNorms,
  inputMoments,
}: CheckpointSlice & Pick<RecipeSlice, 'recipe'>): Promise<Blob | undefined> {
  const norms = new Map<string, Float32Array>();
  const inputs = new Set<string>();
  for (const { id, name } of tensorsScoredBy('norms', recipe, candidates)) {
    const known = inputNorms.get(id);
    if (!known) continue;
    norms.set(name, known.norms);
    inputs.add(known.inputs);
  }
  const moments = new Map<string, ColumnFactors>();
  for (const candidate of tensorsScoredBy('moments', recipe, candidates)) {
    const known = inputMoments.get(candidate.id);
    if (!known) continue;
    const taps = numelOf(kernelAxesOf(candidate).map((axis) => at(candidate.shape, axis)));
    moments.set(candidate.name, { factors: known.norms, taps });
    inputs.add(known.inputs);
  }
  if (norms.size + moments.size === 0) return undefined;
  const { inputNormsFile } = await import('../engine/page/inputNormsFile');
  return inputNormsFile(
    { norms, moments, inputs: [...inputs].join('; ') },
    found(checkpoint, 'an open checkpoint').fileName,
  );
}
