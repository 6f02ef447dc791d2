import { factsOf } from '../../pruning/criteria/criteria';
import { type Granularity, granularities, granularityOf } from '../../pruning/granularities/granularities';
import { areGroups, type NamedAxes, normText } from '../../pruning/granularities/granularity';
import type { Candidate } from '../../pruning/resolution';
import type { NormOrder } from '../../pruning/score';
import { refusalOf } from '../../pruning/scoring';
import { ChoiceField } from '../parts/fields/ChoiceField';
import { NumberSetting } from '../parts/fields/NumberSetting';
import type { Choice } from './choice';
import { axesOf } from './scopeAxes';

interface GranularityFieldsProps {
  readonly choice: Choice;
  readonly candidates: readonly Candidate[];
  /** Why channels that go together cannot be chosen; undefined where they can. */
  readonly noUnits: string | undefined;
  /** They were chosen, and are being found. */
  readonly pending: string | undefined;
  onChange(change: Partial<Choice>): void;
}

const norms: readonly NormOrder[] = [1, 2, 'inf'];
/** Of groups that had none so far. */
const usualNorm = 2;

/** What goes together, and the numbers that belong to it. */
export function GranularityFields({ choice, candidates, noUnits, pending, onChange }: GranularityFieldsProps) {
  const { granularity, criterion } = choice;
  const axes = axesOf(candidates);
  const change = (next: Granularity) => onChange({ granularity: next });
  const record = granularityOf(granularity);
  const norm = record.norm?.(granularity);
  const offered = choicesFor(choice, candidates, axes, noUnits);
  return (
    <>
      <ChoiceField
        label="What goes together"
        value={chosenOf(granularity, axes)?.id ?? ''}
        options={offered.map(({ id, label, help, disabled }) => ({ value: id, words: { label, help }, disabled }))}
        pending={pending}
        onChange={(id) => {
          const chosen = offered.find((each) => each.id === id);
          if (chosen) change(chosen.granularity);
        }}
      />
      {record.settings?.(granularity, axes).map(({ label, help, value, least, most, with: set }) => (
        <NumberSetting
          key={label}
          label={label}
          help={help}
          value={value}
          least={least}
          most={most}
          onChange={(wanted) => change(set(wanted))}
        />
      ))}
      {norm && factsOf(criterion).ofGroups !== 'draws' && (
        <ChoiceField
          label="Norm"
          value={String(norm.order)}
          options={[...new Set([...norms, norm.order])].map((order) => ({
            value: String(order),
            words: { label: normText(order), help: normHelp(order) },
          }))}
          onChange={(order) => change(norm.with(order.endsWith('inf') ? (order as NormOrder) : Number(order)))}
        />
      )}
    </>
  );
}

function normHelp(norm: NormOrder): string {
  switch (norm) {
    case 1:
      return 'The sum of magnitudes (ln_structured, n=1).';
    case 2:
      return 'The root of the sum of squares (n=2).';
    case 'inf':
      return 'The largest magnitude (ln_structured, n=inf).';
    default:
      return `As torch.norm with p=${norm}.`;
  }
}

function chosenOf(granularity: Granularity, axes: NamedAxes) {
  return granularityOf(granularity)
    .choices(axes)
    .find((each) => each.is(granularity));
}

/** What can go together under a criterion; what no tensor in scope can take cannot be chosen. */
function choicesFor(
  { criterion, granularity }: Choice,
  candidates: readonly Candidate[],
  axes: NamedAxes,
  noUnits: string | undefined,
) {
  const { ranksGroups } = factsOf(criterion);
  const norm = granularityOf(granularity).norm?.(granularity).order ?? usualNorm;
  const current = chosenOf(granularity, axes)?.id;
  return granularities
    .filter((record) => ranksGroups || !areGroups(record))
    .flatMap((record) => record.choices(axes))
    .map(({ id, label, help, make }) => {
      const made = make(norm);
      if (granularityOf(made).takes === 'units') {
        const disabled = id !== current && noUnits !== undefined;
        return { id, label: disabled ? `${label} (${noUnits})` : label, help, granularity: made, disabled };
      }
      const method = { criterion: 'magnitude', granularity: made, scope: 'layer' } as const;
      const disabled = id !== current && candidates.every((each) => refusalOf(method, each) !== undefined);
      return { id, label, help, granularity: made, disabled };
    });
}
