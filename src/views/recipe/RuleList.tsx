import { useLayoutEffect, useRef, useState } from 'react';
import { roundsOf } from '../../pruning/decide';
import type { Recipe, Rule } from '../../pruning/recipe';
import { canMove, moveRule, type RulePlace, withRuleAt } from '../../pruning/ruleEdits';
import classes from './RuleList.module.css';
import { RuleRow } from './RuleRow';

interface RuleListProps {
  readonly recipe: Recipe;
  /** While the JSON has an error, the list is of what was there before. */
  readonly isLocked: boolean;
  onChange(recipe: Recipe): void;
}

const keys = new WeakMap<Rule, number>();
let last = 0;

/** The same for a rule that is moved, or changed here: what has the focus keeps it. */
function keyOf(rule: Rule): number {
  const key = keys.get(rule) ?? ++last;
  keys.set(rule, key);
  return key;
}

/** The rules in their order, step by step. */
export function RuleList({ recipe, isLocked, onChange }: RuleListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [moved, setMoved] = useState<{ readonly key: number; readonly by: -1 | 1 } | null>(null);
  const rounds = roundsOf(recipe);

  // A row that moves in the document loses the focus.
  useLayoutEffect(() => {
    if (!moved) return;
    const row = list.current?.querySelector(`[data-rule="${moved.key}"]`);
    const buttons = [...(row?.querySelectorAll<HTMLButtonElement>('[data-by]') ?? [])].filter((each) => !each.disabled);
    (buttons.find((each) => each.getAttribute('data-by') === String(moved.by)) ?? buttons[0])?.focus();
    setMoved(null);
  }, [moved]);

  const change = (place: RulePlace, before: Rule, after: Rule | undefined) => {
    if (after) keys.set(after, keyOf(before));
    onChange(withRuleAt(recipe, place, after));
  };

  return (
    <div ref={list} className={classes.list}>
      {rounds.map((rules, round) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
        <div key={round}>
          {'steps' in recipe && <h3 className={classes.step}>Step {round + 1}</h3>}
          {rules.length === 0 && (
            <p className={classes.none}>
              {'steps' in recipe ? 'No rule yet: move one here.' : 'No rules: nothing is pruned.'}
            </p>
          )}
          <ol
            className={classes.rules}
            aria-label={'steps' in recipe ? `Rules of step ${round + 1}` : 'Rules in order'}
          >
            {rules.map((rule, index) => {
              const place = { round, index };
              return (
                <RuleRow
                  key={keyOf(rule)}
                  id={keyOf(rule)}
                  recipe={recipe}
                  rule={rule}
                  number={index + 1}
                  isLocked={isLocked}
                  canMove={(by) => canMove(recipe, place, by)}
                  onMove={(by) => {
                    setMoved({ key: keyOf(rule), by });
                    onChange(moveRule(recipe, place, by));
                  }}
                  onChange={(after) => change(place, rule, after)}
                />
              );
            })}
          </ol>
        </div>
      ))}
    </div>
  );
}
