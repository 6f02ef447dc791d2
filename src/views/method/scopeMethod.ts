/** The method of an edit scope: the one that its tensors share, as far as they can take it. */
import { known } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { Rule } from '../../pruning/recipe';
import type { Candidate } from '../../pruning/resolution';
import { refusalOf } from '../../pruning/scoring';
import type { TensorId } from '../../tensors/tensor';
import { methodKey } from '../parts/scores/shownScores';
import { choiceOf } from './choice';

export interface ScopeMethod {
  /** Of those that rank alike, the rule of most tensors. */
  readonly rule: Rule;
  /** Tensors that rank alike and have an amount, or a way to share it out, of their own. */
  readonly apart: number;
  /** Tensors that cannot take it and keep a method of their own. */
  readonly refusing: readonly Refusing[];
}

export interface Refusing {
  readonly name: string;
  /** The end of a sentence. */
  readonly why: string;
}

/** @returns undefined where methods differ for no such reason, or nothing is in scope */
export function scopeMethodOf(
  candidates: readonly Candidate[],
  deciding: ReadonlyMap<TensorId, Rule>,
): ScopeMethod | undefined {
  const alike = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const rule = deciding.get(candidate.id);
    if (rule) getOrInsert(alike, methodKey(rule), () => []).push(candidate);
  }
  for (const members of alike.values()) {
    const rule = commonest(members.map(({ id }) => known(deciding, id)));
    const others = candidates.filter((candidate) => !members.includes(candidate));
    const refusing = refusalsOf(rule, others);
    if (refusing.length < others.length) continue;
    const apart = members.filter(({ id }) => choiceKey(known(deciding, id)) !== choiceKey(rule));
    return { rule, apart: apart.length, refusing };
  }
  return undefined;
}

function commonest(rules: readonly Rule[]): Rule {
  const counts = new Map<Rule, number>();
  for (const rule of rules) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts].reduce((most, each) => (each[1] > most[1] ? each : most))[0];
}

export function refusalsOf(
  rule: Pick<Rule, 'criterion' | 'granularity' | 'scope'>,
  candidates: readonly Candidate[],
): Refusing[] {
  return candidates.flatMap((candidate) => {
    const refusal = refusalOf(rule, candidate);
    return refusal ? [{ name: candidate.name, why: refusal.why }] : [];
  });
}

function choiceKey(rule: Rule): string {
  return JSON.stringify([choiceOf(rule), rule.amount]);
}
