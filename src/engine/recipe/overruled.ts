/** What a person says of tensors, in place of what the file tells: the recipe's `layers` and `locked`. */
import { at } from '../../lib/known';
import { PatternList } from '../../pruning/decide';
import { invalid } from '../../pruning/fields';
import { compileGlob } from '../../pruning/glob';
import type { Recipe } from '../../pruning/recipe';
import type { LayerEntry } from '../../pruning/recipeHead';
import type { Axes } from '../../tensors/axes';
import { choiceOf } from '../../tensors/prunability';
import type { Layer } from '../opened';

interface Known {
  readonly entries: Recipe['layers'];
  readonly locked: Recipe['locked'];
  readonly overruled: readonly Layer[];
}

const known = new WeakMap<readonly Layer[], Known>();

/**
 * The layers as the recipe has them; the very same list for the same layers, entries and locks. What no recipe can prune
 * stays as it is: locks of the file are not to be picked.
 * @throws CheckpointError `invalid-recipe` where an entry sets dimensions that a tensor has not
 */
export function overruled(layers: readonly Layer[], { layers: entries, locked }: Recipe): readonly Layer[] {
  if (!entries?.length && !locked?.length) return layers;
  const last = known.get(layers);
  if (last && last.entries === entries && last.locked === locked) return last.overruled;
  const compiled = (entries ?? []).map((entry, i) => ({
    entry,
    path: `layers[${i}]`,
    patterns: new PatternList(entry.tensors),
    isExact: entry.tensors.every((pattern) => compileGlob(pattern).literal !== undefined),
  }));
  const isLocked = locked && isLockedIn(locked, layers);
  const made = layers.map((layer) => {
    if (!layer.prunable) return layer;
    const named = { name: layer.name, aliases: layer.alsoNamed.map((id) => at(layers, id).name) };
    let changed = layer;
    for (const { entry, path, patterns, isExact } of compiled) {
      if (patterns.matches(named)) changed = withEntry(changed, entry, path, isExact);
    }
    return isLocked?.(layer) ? { ...changed, locked: true as const } : changed;
  });
  known.set(layers, { entries, locked, overruled: made });
  return made;
}

/** Whether globs lock a layer: by any of its names, or by that of a tensor that holds some of its weights. */
export function isLockedIn(locked: readonly string[], layers: readonly Layer[]): (layer: Layer) => boolean {
  const locks = new PatternList(locked);
  return ({ name, alsoNamed, sharedBy = [] }) => {
    const aliases = [...alsoNamed, ...sharedBy].map((id) => at(layers, id).name);
    return locks.matches({ name, aliases });
  };
}

function withEntry(layer: Layer, entry: LayerEntry, path: string, isExact: boolean): Layer {
  // A pattern for a module means its weight, and not the bias beside it.
  if (!entry.kind && !isExact && layer.shape.length < 2) return layer;
  const axes = axesOf(layer, entry, path, isExact);
  const { axes: _, ...before } = layer;
  const set = { because: 'set by hand', ...(axes && { axes }) };
  if (!entry.kind) return { ...before, ...set };
  const { reason: __, ...rest } = before;
  return { ...rest, ...choiceOf({ kind: entry.kind, shape: layer.shape }), ...set, kind: entry.kind };
}

/** Where one of the two is given, the other stays, or is the only dimension that is left. */
function axesOf(
  { name, shape, axes }: Layer,
  { outputs, inputs }: LayerEntry,
  path: string,
  isExact: boolean,
): Axes | undefined {
  if (!outputs && !inputs) return axes;
  const at = outputs ? `${path}.outputs` : `${path}.inputs`;
  if (shape.length < 2) {
    if (!isExact) return axes;
    throw invalid(at, `${at} names dimensions of ${name}, which has fewer than two.`);
  }
  const given = [...(outputs ?? []), ...(inputs ?? [])];
  const wrong = given.find((axis) => axis >= shape.length);
  if (wrong !== undefined) {
    throw invalid(at, `${path} names dimension ${wrong} of ${name}, which has dimensions 0 to ${shape.length - 1}.`);
  }
  if (new Set(given).size < given.length) {
    throw invalid(
      `${path}.inputs`,
      `${path}.inputs names a dimension that counts outputs: ${name} would have it twice.`,
    );
  }
  const other = (stated: readonly number[], before: readonly number[] | undefined, what: string) => {
    if (before && !before.some((axis) => stated.includes(axis))) return before;
    const left = shape.map((_, axis) => axis).filter((axis) => !stated.includes(axis));
    if (left.length === 1) return left;
    throw invalid(path, `${path} should say ${what}, too: ${name} has ${left.length} dimensions that they may be.`);
  };
  const made = {
    outputs: outputs ?? other(inputs ?? [], axes?.outputs, 'outputs'),
    inputs: inputs ?? other(outputs ?? [], axes?.inputs, 'inputs'),
  };
  const copies = axes?.copies?.filter((axis) => !made.outputs.includes(axis) && !made.inputs.includes(axis));
  return copies?.length ? { ...made, copies } : made;
}
