/** What a recipe says beside its rules: what tensors are, which never go, and which models take the masks of others. */
import { type LayerKind, layerKinds } from '../tensors/tensor';
import { field, invalid, listAt, numberAt, objectAt, oneOfAt, refuseUnknown, textAt } from './fields';
import { headOf, type LayerEntry, type Recipe, type RecipeHead, type TwinEntry } from './recipe';

export const layerFields = ['tensors', 'kind', 'outputs', 'inputs'] as const;
export const twinFields = ['of', 'model'] as const;
/** Kinds that the file decides: what is none of a model's weights does not become one by being called so. */
const decidedByFile: ReadonlySet<LayerKind> = new Set(['optimizer', 'integer', 'mask']);
export const kindsByHand: readonly LayerKind[] = layerKinds.filter((kind) => !decidedByFile.has(kind));
/** More dimensions than any tensor has. */
const mostDimensions = 64;

/** @throws CheckpointError `invalid-recipe`, naming the field */
export function besideRules(recipe: object): Pick<RecipeHead, 'layers' | 'locked' | 'twins'> {
  const [layers, locked, twins] = [field(recipe, 'layers'), field(recipe, 'locked'), field(recipe, 'twins')];
  return {
    ...(layers !== undefined && { layers: listAt('layers', layers, layerAt) }),
    ...(locked !== undefined && { locked: listAt('locked', locked, textAt) }),
    ...(twins !== undefined && { twins: twinsAt(twins) }),
  };
}

/** With the fields in a fixed order. */
export function orderedHead(recipe: Recipe): RecipeHead {
  const { format, version, layers, locked, twins } = headOf(recipe);
  return {
    format,
    version,
    ...(layers && { layers: layers.map(orderedLayer) }),
    ...(locked && { locked }),
    ...(twins && { twins: twins.map(({ of, model }) => ({ of, model })) }),
  };
}

/** One dimension is written as it is, several as a list. */
function orderedLayer({ tensors, kind, outputs, inputs }: LayerEntry): LayerEntry {
  const dimensions = (list: readonly number[]) => (list.length === 1 ? list[0] : list);
  return {
    tensors,
    ...(kind && { kind }),
    ...(outputs && { outputs: dimensions(outputs) }),
    ...(inputs && { inputs: dimensions(inputs) }),
  } as LayerEntry;
}

function layerAt(path: string, value: unknown): LayerEntry {
  const entry = objectAt(path, value);
  refuseUnknown(path, entry, layerFields, 'an entry of layers');
  const [kind, outputs, inputs] = [field(entry, 'kind'), field(entry, 'outputs'), field(entry, 'inputs')];
  if (kind === undefined && outputs === undefined && inputs === undefined) {
    throw invalid(path, `${path} should have kind, outputs or inputs, but has none of them.`);
  }
  return {
    tensors: listAt(`${path}.tensors`, field(entry, 'tensors'), textAt),
    ...(kind !== undefined && { kind: oneOfAt(`${path}.kind`, kind, kindsByHand) }),
    ...(outputs !== undefined && { outputs: dimensionsAt(`${path}.outputs`, outputs) }),
    ...(inputs !== undefined && { inputs: dimensionsAt(`${path}.inputs`, inputs) }),
  };
}

function dimensionsAt(path: string, value: unknown): readonly number[] {
  const dimensionAt = (at: string, one: unknown) =>
    numberAt(
      at,
      one,
      `the number of a dimension, from 0 to ${mostDimensions - 1}`,
      (number) => Number.isInteger(number) && number >= 0 && number < mostDimensions,
    );
  const dimensions = Array.isArray(value) ? listAt(path, value, dimensionAt) : [dimensionAt(path, value)];
  if (dimensions.length === 0 || dimensions.length > mostDimensions) {
    throw invalid(path, `${path} should be a dimension, or a list of some, but has ${dimensions.length}.`);
  }
  if (new Set(dimensions).size < dimensions.length) throw invalid(path, `${path} has the same dimension twice.`);
  return dimensions;
}

function twinsAt(value: unknown): TwinEntry[] {
  const twins = listAt('twins', value, (path, each): TwinEntry => {
    const entry = objectAt(path, each);
    refuseUnknown(path, entry, twinFields, 'an entry of twins');
    return { of: textAt(`${path}.of`, field(entry, 'of')), model: textAt(`${path}.model`, field(entry, 'model')) };
  });
  const followers = new Set<string>();
  twins.forEach(({ model }, i) => {
    const path = `twins[${i}].model`;
    if (followers.has(model)) throw invalid(path, `${path} takes the masks of another model already.`);
    followers.add(model);
  });
  twins.forEach(({ of }, i) => {
    const path = `twins[${i}].of`;
    if (followers.has(of)) throw invalid(path, `${path} takes the masks of another model, and has none of its own.`);
  });
  return twins;
}
