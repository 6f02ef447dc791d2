import { ActionIcon, Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { formatQuantity } from '../../lib/numbers';
import { headOf, type Recipe, type Rule } from '../../pruning/recipe';
import { describeRule } from '../../reports/describe';
import { studio } from '../../state/store';
import classes from './RuleList.module.css';

interface RuleRowProps {
  readonly id: number;
  readonly recipe: Recipe;
  readonly rule: Rule;
  /** From 1 on. */
  readonly number: number;
  readonly isLocked: boolean;
  canMove(by: -1 | 1): boolean;
  onMove(by: -1 | 1): void;
  /** @param after undefined: the rule goes */
  onChange(after: Rule | undefined): void;
}

/** A rule: whether it is on, what it is called and does, which tensors it means, and its place. */
export function RuleRow({ id, recipe, rule, number, isLocked, canMove, onMove, onChange }: RuleRowProps) {
  const words = useMemo(() => describeRule(rule), [rule]);
  const tensors = useMemo(() => tensorsOf(recipe, rule), [recipe, rule]);
  const called = rule.name || `rule ${number}`;
  return (
    <li className={classes.rule} data-rule={id} data-off={rule.off === true}>
      <Checkbox
        className={classes.on ?? ''}
        aria-label={`Use ${called}`}
        title={rule.off ? 'Off: it prunes nothing, and stays here' : 'On'}
        checked={!rule.off}
        disabled={isLocked}
        onChange={({ currentTarget }) => onChange(switched(rule, currentTarget.checked))}
      />
      <div className={classes.what}>
        <NameOfRule rule={rule} number={number} isLocked={isLocked} onChange={onChange} />
        <div className={classes.words}>{words}</div>
        <div className={classes.where} title={whereText(rule)}>
          {whereText(rule)} ·{' '}
          {tensors === 0 ? <b className={classes.nothing}>matches nothing here</b> : formatQuantity(tensors, 'tensor')}
        </div>
      </div>
      <div className={classes.acts}>
        <ActionIcon
          size={24}
          aria-label={`Move ${called} up`}
          data-by={-1}
          disabled={isLocked || !canMove(-1)}
          onClick={() => onMove(-1)}
        >
          <IconArrowUp size={14} stroke={1.7} />
        </ActionIcon>
        <ActionIcon
          size={24}
          aria-label={`Move ${called} down`}
          data-by={1}
          disabled={isLocked || !canMove(1)}
          onClick={() => onMove(1)}
        >
          <IconArrowDown size={14} stroke={1.7} />
        </ActionIcon>
        <ActionIcon size={24} aria-label={`Remove ${called}`} disabled={isLocked} onClick={() => onChange(undefined)}>
          <IconTrash size={14} stroke={1.6} />
        </ActionIcon>
      </div>
    </li>
  );
}

interface NameProps extends Pick<RuleRowProps, 'rule' | 'number' | 'isLocked' | 'onChange'> {}

/** Kept as it is left, or by Enter; Escape takes it back. */
function NameOfRule({ rule, number, isLocked, onChange }: NameProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const keep = () => {
    const typed = draft?.trim();
    setDraft(null);
    if (typed !== undefined && typed !== (rule.name ?? '')) onChange(renamed(rule, typed));
  };
  return (
    <input
      type="text"
      className={classes.name}
      aria-label={`Name of rule ${number}`}
      placeholder={`Rule ${number}`}
      value={draft ?? rule.name ?? ''}
      disabled={isLocked}
      maxLength={120}
      onChange={({ currentTarget }) => setDraft(currentTarget.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep();
        if (event.key !== 'Escape' || draft === null) return;
        // The dialog stays.
        event.stopPropagation();
        setDraft(null);
      }}
    />
  );
}

function switched({ off: _, ...rule }: Rule, isOn: boolean): Rule {
  return isOn ? rule : { ...rule, off: true };
}

function renamed({ name: _, ...rule }: Rule, name: string): Rule {
  return name === '' ? rule : { ...rule, name };
}

/** How many tensors a rule means here, were it on. */
function tensorsOf(recipe: Recipe, rule: Rule): number {
  return studio.getState().matches({ ...headOf(recipe), rules: [switched(rule, true)] }).tensors;
}

function whereText({ tensors, exclude, kinds, locked }: Rule): string {
  return [
    tensors ? tensors.join(', ') : 'all that are on by default',
    exclude && `without ${exclude.join(', ')}`,
    kinds && `kind ${kinds.join(' or ')}`,
    locked && 'locked',
  ]
    .filter(Boolean)
    .join(' · ');
}
