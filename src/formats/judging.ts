/** What a format hands to `judge`, kept where the file may be one of several that are one model. */
import { at } from '../lib/known';
import type { Convention } from '../tensors/judge/convention';
import { judge } from '../tensors/judge/judge';
import type { Judgement } from '../tensors/judge/judgement';
import type { Judged } from '../tensors/judge/stateDict';

export interface Judging {
  /** In the order of the checkpoint's. */
  readonly tensors: readonly Judged[];
  /** Absent: told by the names. */
  readonly convention?: Convention | undefined;
  /** Names that tensors have beside their own. */
  readonly ties?: readonly Tie[];
}

export interface Tie {
  readonly name: string;
  /** Index of the tensor. */
  readonly place: number;
}

/** What is an embedding under any of its names is one. */
export function judgementsOf({ tensors, convention, ties = [] }: Judging): Judgement[] {
  const others = ties.map(({ name, place }): Judged => ({ ...at(tensors, place), name }));
  const judgements = judge([...tensors, ...others], convention);
  ties.forEach(({ name, place }, i) => {
    const other = at(judgements, tensors.length + i);
    if (other.kind !== 'embedding' || at(judgements, place).kind === 'embedding') return;
    judgements[place] = { ...other, because: `tied to the embedding ${name}, which the file keeps under this name` };
  });
  return judgements.slice(0, tensors.length);
}

/** Of files that are one model, each with its tensors behind those of the one before. */
export function joinedJudging(all: readonly Judging[]): Judging {
  const tensors: Judged[] = [];
  const ties: Tie[] = [];
  for (const each of all) {
    for (const { name, place } of each.ties ?? []) ties.push({ name, place: place + tensors.length });
    for (const tensor of each.tensors) tensors.push(tensor);
  }
  return { tensors, ties, convention: all.find(({ convention }) => convention)?.convention };
}
