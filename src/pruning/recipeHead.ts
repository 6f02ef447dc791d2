/** What a recipe says beside its rules: what tensors are, which never go, and which models take the masks of others. */
import { planFormat, planVersion, readPlan, type SlimPlan } from '../tensors/graph/slimPlan';
import { type LayerKind, layerKinds } from '../tensors/tensor';
import {
  constant,
  described,
  type Field,
  flag,
  invalid,
  list,
  number,
  type ObjectOf,
  object,
  oneOf,
  optional,
  shared,
  text,
} from './fields';

export const globs = shared('globs', list(text));

/** Kinds that the file decides: what is none of a model's weights does not become one by being called so. */
const decidedByFile: ReadonlySet<LayerKind> = new Set(['optimizer', 'integer', 'mask']);
export const kindsByHand: readonly LayerKind[] = layerKinds.filter((kind) => !decidedByFile.has(kind));

/** More dimensions than any tensor has. */
const mostDimensions = 64;
const dimension = shared(
  'dimension',
  number(`the number of a dimension, from 0 to ${mostDimensions - 1}`, {
    least: 0,
    most: mostDimensions - 1,
    isWhole: true,
  }),
);
const severalDimensions = list(dimension);

/** One dimension is written as it is, several as a list. */
const dimensions: Field<readonly number[]> = shared('dimensions', {
  read(path, value) {
    const read = Array.isArray(value) ? severalDimensions.read(path, value) : [dimension.read(path, value)];
    if (read.length === 0 || read.length > mostDimensions) {
      throw invalid(path, `${path} should be a dimension, or a list of some, but has ${read.length}.`);
    }
    if (new Set(read).size < read.length) throw invalid(path, `${path} has the same dimension twice.`);
    return read;
  },
  write: (value) => (value.length === 1 ? value[0] : value),
  schema: (defs) => ({
    oneOf: [
      dimension.schema(defs),
      { ...severalDimensions.schema(defs), minItems: 1, maxItems: mostDimensions, uniqueItems: true },
    ],
  }),
});

const layerFields = {
  tensors: described('Globs on tensor names.', globs),
  kind: optional(oneOf(kindsByHand)),
  /** Dimensions that count outputs, slowest first. */
  outputs: optional(described('Dimensions that count outputs, slowest first.', dimensions)),
  inputs: optional(described('Dimensions that are multiplied with inputs and summed over.', dimensions)),
} as const;

/** What a person says a tensor is, where that is known better than the file tells. Fields that are absent stay. */
export type LayerEntry = ObjectOf<typeof layerFields>;

const layer = shared(
  'layer',
  object('an entry of layers', layerFields, [
    {
      refuse(path, { kind, outputs, inputs }) {
        if (kind !== undefined || outputs !== undefined || inputs !== undefined) return;
        throw invalid(path, `${path} should have kind, outputs or inputs, but has none of them.`);
      },
      schema: { anyOf: [{ required: ['kind'] }, { required: ['outputs'] }, { required: ['inputs'] }] },
    },
  ]),
);

const twinFields = {
  of: described('The model whose masks are taken, by its path in the file.', text),
  model: described('The model that takes them.', text),
} as const;

/** A model that takes the masks of another, of the same names and shapes; both by their paths in the file. */
export type TwinEntry = ObjectOf<typeof twinFields>;

const listedTwins = list(shared('twin', object('an entry of twins', twinFields)));

const twins: Field<readonly TwinEntry[]> = {
  ...listedTwins,
  read(path, value) {
    const read = listedTwins.read(path, value);
    const followers = new Set<string>();
    read.forEach(({ model }, i) => {
      const at = `${path}[${i}].model`;
      if (followers.has(model)) throw invalid(at, `${at} takes the masks of another model already.`);
      followers.add(model);
    });
    read.forEach(({ of }, i) => {
      const at = `${path}[${i}].of`;
      if (followers.has(of)) throw invalid(at, `${at} takes the masks of another model, and has none of its own.`);
    });
    return read;
  },
};

/** SHA-256 in hexadecimal digits. */
const hash: Field<string> = shared('hash', {
  ...text,
  read(path, value) {
    const read = text.read(path, value);
    if (/^[0-9a-f]{64}$/.test(read)) return read;
    throw invalid(path, `${path} should be a SHA-256 in 64 hexadecimal digits.`);
  },
  schema: () => ({ type: 'string', pattern: '^[0-9a-f]{64}$' }),
});

const repairFields = {
  samples: described(
    'On how many samples the weights were fitted.',
    number('a whole number of samples', { least: 1, isWhole: true }),
  ),
  damping: described(
    'Share of the mean of the inputs\u2019 energies that is added to each.',
    number('a number from 0 up', { least: 0 }),
  ),
  inputs: described('What they were fitted on, in words.', text),
  between: optional(described('Also between the steps: the masks belong to the values.', flag)),
  of: described('SHA-256 of this recipe\u2019s text without this field and slim.', hash),
  file: described('SHA-256 of the values in the file beside the recipe.', hash),
} as const;

/** That the weights that stay were fitted anew: their values are in a file beside the recipe. */
export type RepairEntry = ObjectOf<typeof repairFields>;

const repair = shared('repair', object('repair', repairFields));

export const slimMeasures = ['macs', 'parameters', 'bytes', 'time'] as const;

/** A document of its own, with a version of its own: docs/slim.md says what it holds. */
const plan: Field<SlimPlan> = {
  read: readPlan,
  write: (value) => value,
  schema: () => ({
    type: 'object',
    properties: { format: { const: planFormat }, version: { const: planVersion } },
    required: ['format', 'version', 'nodes', 'tensors', 'adjustments', 'reshaped'],
  }),
};

const slimFields = {
  measure: optional(described('What was to get smaller.', oneOf(slimMeasures))),
  target: optional(
    described('Of it, the share that was to remain.', number('a fraction from 0 to 1', { least: 0, most: 1 })),
  ),
  plan: described('Kept indices by tensor and axis of the model’s graph, and what its nodes say otherwise.', plan),
} as const;

/** That channels were removed for real, once the rules have pruned: the plan says which. */
export type SlimEntry = ObjectOf<typeof slimFields>;

const slim = shared(
  'slim',
  object('slim', slimFields, [
    {
      refuse(path, { measure, target }) {
        if ((measure === undefined) === (target === undefined)) return;
        throw invalid(path, `${path} should have both measure and target, or none of them.`);
      },
      schema: { anyOf: [{ required: ['measure', 'target'] }, { properties: { measure: false, target: false } }] },
    },
  ]),
);

export const headFields = {
  format: constant('secateur-recipe'),
  version: constant(1),
  /** Later entries win. */
  layers: optional(
    described('What tensors are, where a person knows better than the file tells. Later entries win.', list(layer)),
  ),
  /** Globs on names of tensors that no rule prunes but those that are `locked`, too. */
  locked: optional(described('Globs on names of tensors that no rule prunes but those that are locked, too.', globs)),
  twins: optional(described('Models that take the masks of another, of the same names and shapes.', twins)),
  repair: optional(described('That the weights that stay were fitted anew, and on what.', repair)),
  slim: optional(described('That channels were removed for real, and which.', slim)),
} as const;

/** What a recipe holds beside its rules. */
export type RecipeHead = ObjectOf<typeof headFields>;
