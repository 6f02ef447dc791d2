import type { Granularity, NormOrder } from '../../pruning/recipe';
import type { Candidate } from '../../pruning/resolution';
import { refusalOf } from '../../pruning/scoring';
import { ChoiceField } from '../parts/fields/ChoiceField';
import { NumberSetting } from '../parts/fields/NumberSetting';
import { normText } from '../parts/scores/scoreWords';
import { type Choice, ranksGroups } from './choice';
import { type Axes, granularityOf, type Together, togetherOf, togetherWords } from './methodWords';
import { axesOf } from './scopeAxes';

interface GranularityFieldsProps {
  readonly choice: Choice;
  readonly candidates: readonly Candidate[];
  onChange(change: Partial<Choice>): void;
}

const norms: readonly NormOrder[] = [1, 2, 'inf'];
/** Longest strip that a recipe takes. */
const longestStrip = 1024;

/** What goes together, and the numbers that belong to it. */
export function GranularityFields({ choice, candidates, onChange }: GranularityFieldsProps) {
  const { granularity } = choice;
  const axes = axesOf(candidates);
  const change = (next: Granularity) => onChange({ granularity: next });
  return (
    <>
      <ChoiceField<Together>
        label="What goes together"
        value={togetherOf(granularity, axes)}
        options={togethersFor(choice, candidates, axes).map(({ together, disabled }) => ({
          value: together,
          words: togetherWords(together, axes),
          disabled,
        }))}
        onChange={(together) => change(granularityOf(together, axes, granularity))}
      />
      {typeof granularity === 'object' && 'dim' in granularity && (
        <>
          {togetherOf(granularity, axes) === 'dim' && (
            <NumberSetting
              label="Dimension"
              help="From 0; with a minus from the last one back (dim)."
              value={granularity.dim}
              allows={(dim) => Math.abs(dim) < 16}
              onChange={(dim) => change({ ...granularity, dim })}
            />
          )}
          {choice.criterion !== 'random' && (
            <ChoiceField
              label="Norm"
              value={String(granularity.norm)}
              options={[...new Set([...norms, granularity.norm])].map((norm) => ({
                value: String(norm),
                words: { label: normText(norm), help: normHelp(norm) },
              }))}
              onChange={(norm) =>
                change({ ...granularity, norm: norm.endsWith('inf') ? (norm as NormOrder) : Number(norm) })
              }
            />
          )}
        </>
      )}
      {typeof granularity === 'object' && 'block' in granularity && (
        <BlockSize block={granularity.block} onChange={(block) => change({ block })} />
      )}
      {typeof granularity === 'object' && 'n' in granularity && <Pattern pattern={granularity} onChange={change} />}
    </>
  );
}

function BlockSize(props: { readonly block: readonly [number, number]; onChange(block: [number, number]): void }) {
  const [r, c] = props.block;
  const allows = (size: number) => size >= 1 && size <= 2 ** 20;
  return (
    <>
      <NumberSetting
        label="Outputs r"
        help="Rows of a block; the last may be lower (block)."
        value={r}
        allows={allows}
        onChange={(size) => props.onChange([size, c])}
      />
      <NumberSetting
        label="Inputs c"
        help="Columns of a block; the last may be narrower (block)."
        value={c}
        allows={allows}
        onChange={(size) => props.onChange([r, size])}
      />
    </>
  );
}

function Pattern(props: {
  readonly pattern: { readonly n: number; readonly m: number };
  onChange(pattern: { n: number; m: number }): void;
}) {
  const { n, m } = props.pattern;
  return (
    <>
      <NumberSetting
        label="Stay n"
        help="The highest of each strip stay (n)."
        value={n}
        allows={(value) => value >= 1 && value < m}
        onChange={(value) => props.onChange({ n: value, m })}
      />
      <NumberSetting
        label="Of m"
        help="Neighbours along the inputs in a strip (m)."
        value={m}
        allows={(value) => value > n && value <= longestStrip}
        onChange={(value) => props.onChange({ n, m: value })}
      />
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

/** What can go together under a criterion; what no tensor in scope can take cannot be chosen. */
function togethersFor(choice: Choice, candidates: readonly Candidate[], axes: Axes) {
  const togethers: Together[] = ranksGroups(choice.criterion)
    ? ['weight', 'outputs', 'inputs', 'dim', 'kernel', 'block', 'pattern']
    : ['weight', 'pattern'];
  const current = togetherOf(choice.granularity, axes);
  return togethers.map((together) => {
    const granularity = granularityOf(together, axes, choice.granularity);
    const method = { criterion: 'magnitude', granularity, scope: 'layer' } as const;
    return { together, disabled: together !== current && candidates.every((each) => refusalOf(method, each)) };
  });
}
