/** What the fields of a rule have to say to each other, as the records of criterion, granularity and scope have it. */
import { type Criterion, criteria, criterionOf, factsOf } from './criteria/criteria';
import { type Check, invalid, type JsonSchema, wrong } from './fields';
import { type Granularity, granularities, granularityOf } from './granularities/granularities';
import type { ScopeRecord } from './scopes/scope';
import { type Scope, scopeOf, scopes } from './scopes/scopes';

/** What of a rule is looked at. */
interface Checked {
  readonly criterion: Criterion;
  readonly granularity: Granularity;
  readonly scope: Scope;
  readonly amount?: object;
  readonly keep?: number;
  readonly seed?: number;
  readonly relative?: string;
}

const namesOf = (records: readonly { readonly name: string }[]) => records.map(({ name }) => name);

/** Granularities of a kind, as a schema tells them from others. */
function schemaOf(takes: 'weights' | 'groups' | 'units' | 'patterns'): JsonSchema {
  const some = granularities.filter((record) => record.takes === takes);
  return { anyOf: some.map(({ key, field }) => (field.fields ? { type: 'object', required: [key] } : { const: key })) };
}

/** Properties that follow from others. */
function condition(given: JsonSchema, follows: JsonSchema): JsonSchema {
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  return { if: { properties: given }, then: { properties: follows } };
}

const drawing = criteria.filter(({ name }) => factsOf(name).need === 'seed');

const seedOfDraws: Check<Checked> = {
  refuse(path, { criterion, seed }) {
    if (seed === undefined || factsOf(criterion).need === 'seed') return;
    const which = namesOf(drawing).join(' or ');
    throw refused(path, 'seed', `belongs to the criterion ${which}, but the criterion is ${criterion}`);
  },
  schema: condition({ criterion: { not: { enum: namesOf(drawing) } } }, { seed: false }),
};

const variants = criteria.flatMap(({ written }) => written ?? []);

const relativeCriteria = variants.map(({ criterion }) => criterion);

const relativeOfCriteria: Check<Checked> = {
  refuse(path, { criterion, relative }) {
    if (relative === undefined || relativeCriteria.includes(criterion)) return;
    const which = relativeCriteria.join(' or ');
    throw refused(path, 'relative', `belongs to the criterion ${which}, but the criterion is ${criterion}`);
  },
  schema: condition({ criterion: { not: { enum: relativeCriteria } } }, { relative: false }),
};

const ownScores = namesOf(scopes.filter(({ demands }) => demands?.criterion));

const relativeInScopes: Check<Checked> = {
  refuse(path, { scope, relative }) {
    if (relative === undefined || !ownScores.includes(scope)) return;
    throw refused(path, 'relative', `has no place in the scope ${scope}, which scores in its own way`);
  },
  schema: condition({ scope: { enum: ownScores } }, { relative: false }),
};

const besidePatterns = scopes.filter(({ takesPatterns }) => takesPatterns);

const patternsAlone: Check<Checked> = {
  refuse(path, { granularity, scope, amount, keep }) {
    if (granularityOf(granularity).takes !== 'patterns') {
      if (amount === undefined) throw wrong(`${path}.amount`, 'should be an object', undefined);
      return;
    }
    if (amount) throw refused(path, 'amount', 'has no place beside an n:m pattern, which says itself how much goes');
    if (keep !== undefined) {
      throw refused(path, 'keep', 'has no place beside an n:m pattern, which says itself how much stays');
    }
    if (scopeOf(scope).takesPatterns) return;
    const apartFirst = besidePatterns.toSorted((a, b) => Number(a.isShared) - Number(b.isShared));
    const which = namesOf(apartFirst).join(' or ');
    throw refused(
      path,
      'scope',
      `should be ${which} beside an n:m pattern, whose strips stand alone, but is "${scope}"`,
    );
  },
  schema: {
    ...condition(
      { granularity: schemaOf('patterns') },
      { amount: false, keep: false, scope: { enum: namesOf(besidePatterns) } },
    ),
    else: { required: ['amount'] },
  },
};

const ranking = criteria.filter(({ name, written }) => factsOf(name).ranksGroups && !written);

const groupsRanked: Check<Checked> = {
  refuse(path, { criterion, granularity }) {
    const { groups } = criterionOf(criterion);
    if (granularityOf(granularity).takes !== 'groups' || !('because' in groups)) return;
    const why = `${criterion} ranks single weights, but the granularity is groups${groups.because}`;
    throw refused(path, 'criterion', why);
  },
  schema: condition({ granularity: schemaOf('groups') }, { criterion: { enum: namesOf(ranking) } }),
};

/** Channels that go together have scores of their own, and no rows or densities. */
const unitsByTheirOwn: readonly Check<Checked>[] = granularities.flatMap((record) => {
  if (record.takes !== 'units') return [];
  const { key, criteria: named, scopes: fitting } = record;
  return {
    refuse(path, { criterion, granularity, scope, relative }) {
      if (granularity !== key) return;
      if (!named.includes(criterion) || relative !== undefined) {
        const why = 'which have scores of their own unless they are drawn';
        throw refused(path, 'criterion', `should be ${named.join(' or ')} beside channels that go together, ${why}`);
      }
      if (fitting.includes(scope)) return;
      const why = 'whose groups are ranked together or each for itself';
      throw refused(
        path,
        'scope',
        `should be ${fitting.join(' or ')} beside channels that go together, ${why}, but is "${scope}"`,
      );
    },
    schema: condition(
      { granularity: { const: key } },
      { criterion: { enum: named }, scope: { enum: fitting }, relative: false },
    ),
  };
});

/** What a scope demands of the fields beside it. */
function demandsOf({ name, demands = {} }: ScopeRecord<Scope>): Check<Checked>[] {
  const { criterion: one, weights, amount: counted } = demands;
  if (!one && !weights && !counted) return [];
  return [
    {
      refuse(path, { scope, criterion, granularity, amount }) {
        if (scope !== name) return;
        if (one && criterion !== one.only) {
          throw refused(path, 'criterion', `should be ${one.only}, ${one.why}, but is "${criterion}"`);
        }
        if (weights && granularityOf(granularity).takes !== 'weights') {
          throw refused(path, weights.field, weights.sentence);
        }
        if (counted && !(amount && counted.oneOf.some((each) => each in amount))) {
          throw refused(path, 'amount', `should have ${counted.oneOf.join(' or ')}, because ${counted.because}`);
        }
      },
      schema: condition(
        { scope: { const: name } },
        {
          ...(one && { criterion: { const: one.only } }),
          ...(weights && { granularity: schemaOf('weights') }),
          ...(counted && { amount: { anyOf: counted.oneOf.map((each) => ({ required: [each] })) } }),
        },
      ),
    },
  ];
}

/** In this order: what is said of a rule with several faults is the first. */
export const ruleChecks: readonly Check<Checked>[] = [
  seedOfDraws,
  relativeOfCriteria,
  relativeInScopes,
  patternsAlone,
  groupsRanked,
  ...unitsByTheirOwn,
  ...scopes.flatMap(demandsOf),
];

function refused(path: string, field: string, why: string) {
  return invalid(`${path}.${field}`, `${path}.${field} ${why}.`);
}
