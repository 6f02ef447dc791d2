/** The granularities, in the order in which they are offered. */
import { found } from '../../lib/known';
import { type Field, listed, type ValueOf, wrong } from '../fields';
import { block } from './block';
import { dim } from './dim';
import type { GranularityRecord } from './granularity';
import { kernel } from './kernel';
import { pattern } from './pattern';
import { unit } from './unit';
import { weight } from './weight';

const records = [weight, dim, unit, kernel, block, pattern] as const;

/** What goes together. */
export type Granularity = ValueOf<(typeof records)[number]['field']>;

export const granularities: readonly GranularityRecord<Granularity>[] = records;

const isNamed = ({ field }: GranularityRecord<Granularity>) => field.fields === undefined;

/** The one whose text it is, or whose first field it has. */
function recordFor(value: unknown): GranularityRecord<Granularity> | undefined {
  if (typeof value === 'string') return granularities.find((record) => isNamed(record) && record.key === value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return granularities.find((record) => !isNamed(record) && Object.hasOwn(value, record.key));
}

export function granularityOf(granularity: Granularity): GranularityRecord<Granularity> {
  return found(recordFor(granularity), 'a record of the granularity');
}

/** As it stands in recipes. */
export const granularityField: Field<Granularity> = {
  read(path, value) {
    const record = recordFor(value);
    if (record) return record.field.read(path, value);
    const names = granularities.filter(isNamed).map(({ key }) => key);
    const objects = granularities.flatMap(({ field }) => (field.fields ? field.fields.join(' and ') : []));
    throw wrong(path, `should be one of ${listed(names)}, or an object with ${objects.join(', or ')}`, value);
  },
  write: (value) => granularityOf(value).field.write(value),
  schema: (shared) => ({
    description: 'What goes together.',
    oneOf: granularities.map(({ field }) => field.schema(shared)),
  }),
};
