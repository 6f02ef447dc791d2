import { type Field, number, object, type ValueOf } from '../fields';
import { dimensionsOf, narrow } from '../refusal';
import type { NormOrder } from '../score';
import { type GranularityRecord, type NamedTensor, normText } from './granularity';

// The norm of order 0 counts what is not zero: before pruning that is the same everywhere.
const order = number('a number other than 0, "inf" or "-inf"', { except: 0 });

const norm: Field<NormOrder> = {
  read: (path, value) => (value === 'inf' || value === '-inf' ? value : order.read(path, value)),
  write: (value) => value,
  schema: (shared) => ({
    description: 'The p of torch.norm.',
    oneOf: [order.schema(shared), { enum: ['inf', '-inf'] }],
  }),
};

const field = object('this granularity', { dim: number('the number of a dimension', { isWhole: true }), norm });

type Dim = ValueOf<typeof field>;

/**
 * All weights that share an index of one dimension (filters, channels, rows, columns: torch's ln_structured and
 * random_structured), by their norm.
 */
export const dim: GranularityRecord<Dim> = {
  key: 'dim',
  field,
  takes: 'groups',
  noun: 'channel',
  groupsIn({ dim: wanted, norm: ofGroups }, tensor) {
    const axis = axisOf(wanted, tensor.shape);
    if (tensor.shape[axis] !== undefined) return { kind: 'dim', axes: [{ axis, size: 1 }], norm: ofGroups };
    return { why: `there is no dimension ${wanted}, it has ${dimensionsOf(tensor)}`, advice: narrow };
  },
  nounOf,
  description: (value) => `channels along dim ${value.dim} (L${value.norm} norm)`,
  scoreText: (groups, of) => `${of ?? `L${groups.norm} norm`} along dim ${groups.axes[0]?.axis}`,
  chip: (value) => normText(value.norm),
  choices: ({ outputs, inputs, isConv }) => [
    {
      id: 'outputs',
      label: `${isConv ? 'filters' : 'outputs'} (dim ${outputs})`,
      help: `All weights of one ${isConv ? 'filter' : 'output'} (structured, dim=${outputs}).`,
      is: (value) => value.dim === outputs,
      make: (ofGroups) => ({ dim: outputs, norm: ofGroups }),
    },
    {
      id: 'inputs',
      label: `inputs (dim ${inputs})`,
      help: `All weights of one input${isConv ? ' channel' : ''} (structured, dim=${inputs}).`,
      is: (value) => value.dim === inputs,
      make: (ofGroups) => ({ dim: inputs, norm: ofGroups }),
    },
    {
      id: 'dim',
      label: 'another dimension',
      help: 'All weights at one index of this dimension (dim).',
      is: () => true,
      make: (ofGroups) => ({ dim: [0, 1].find((each) => each !== outputs && each !== inputs) ?? 2, norm: ofGroups }),
    },
  ],
  settings: (value, { outputs, inputs }) =>
    value.dim === outputs || value.dim === inputs
      ? []
      : [
          {
            label: 'Dimension',
            help: 'From 0; with a minus from the last one back (dim).',
            value: value.dim,
            least: -15,
            most: 15,
            with: (wanted) => ({ ...value, dim: wanted }),
          },
        ],
  norm: (value) => ({ order: value.norm, with: (ofGroups) => ({ ...value, norm: ofGroups }) }),
  python: {
    parts: ['channels'],
    groups: (value) => {
      const axis = value.dim < 0 ? `${value.dim} % layers[name].weight.dim()` : String(value.dim);
      return `channels(layers[name], ${axis})`;
    },
  },
};

function axisOf(wanted: number, shape: readonly number[]): number {
  return wanted < 0 ? wanted + shape.length : wanted;
}

function nounOf({ dim: wanted }: Dim, { kind, shape, axes }: NamedTensor): string {
  const axis = axisOf(wanted, shape);
  if (axes?.outputs.includes(axis)) return kind === 'conv' ? 'filter' : 'output';
  if (axes?.inputs.includes(axis)) return kind === 'conv' ? 'input channel' : 'input';
  return 'slice';
}
