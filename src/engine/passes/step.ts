/** One mask of a program at work: what program.ts makes of each, and of what. */
import type { ApplyCounts } from '../../kernels/kernels';
import type { Awaitable } from '../../lib/awaitable';
import type { Unit } from '../reading/units';
import type { GroupScores } from './groupScores';
import type { Measurable } from './measurable';

/** Scores of groups that were made out beforehand, by groupScoresKey. */
export type KnownGroupScores = ReadonlyMap<string, GroupScores>;

/** One mask at work. */
export interface Step {
  apply(elements: Uint8Array, index: number, kept: Uint8Array | undefined): Awaitable<boolean>;
  finish(): Awaitable<ApplyCounts>;
}

export interface StepMaker {
  readonly measurable: Measurable;
  readonly unit: Unit;
  readonly groups: KnownGroupScores;
  readonly signal: AbortSignal;
}
