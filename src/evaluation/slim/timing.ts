/** How long two models take on the same samples: they take turns, so that whatever else the machine does meets both. */
import { throwIfCancelled } from '../../lib/errors';
import { at } from '../../lib/known';
import { Turns } from '../../lib/turns';
import type { ModelSession } from '../runtime';
import type { NamedValues } from '../values';
import type { Timing } from './protocol';

/** Browsers compile WebAssembly once more while it runs. */
const warmUps = 3;
const leastRounds = 9;
const mostRounds = 61;
const mostMilliseconds = 2500;
/** Clocks of pages count in tenths of a millisecond: what is over sooner is run several times a round. */
const leastMilliseconds = 5;

export interface TimedInTurns {
  readonly before: Timing;
  readonly after: Timing;
  /** Share of the rounds in which the second was done sooner. */
  readonly faster: number;
}

/** @param milliseconds for all rounds behind the first few @throws CheckpointError `cancelled`; whatever a run throws */
export async function timedInTurns(
  sessions: readonly [ModelSession, ModelSession],
  feeds: NamedValues,
  signal: AbortSignal,
  milliseconds = mostMilliseconds,
): Promise<TimedInTurns> {
  const turns = new Turns();
  const taken: [number[], number[]] = [[], []];
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < warmUps; i++) {
    for (const session of sessions) fastest = Math.min(fastest, await timeOf(session, feeds, 1));
  }
  const times = Math.max(1, Math.min(100, Math.ceil(leastMilliseconds / Math.max(fastest, 0.05))));
  const started = performance.now();
  for (let round = 0; round < mostRounds; round++) {
    if (round >= leastRounds && performance.now() - started > milliseconds) break;
    // Neither is always the one that finds the other's memory in the caches.
    for (const which of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      await turns.next();
      throwIfCancelled(signal);
      taken[which].push((await timeOf(sessions[which], feeds, times)) / times);
    }
  }
  const [first, second] = taken;
  const won = first.filter((time, round) => time > at(second, round)).length;
  return { before: timingOf(first), after: timingOf(second), faster: won / first.length };
}

async function timeOf(session: ModelSession, feeds: NamedValues, times: number): Promise<number> {
  const before = performance.now();
  for (let i = 0; i < times; i++) await session.run(feeds);
  return performance.now() - before;
}

/** The range is that of the middle 80 of 100 runs: a page that did something else for a moment is in no model's time. */
function timingOf(milliseconds: readonly number[]): Timing {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const quantile = (share: number) => at(sorted, Math.round(share * (sorted.length - 1)));
  return { median: quantile(0.5), low: quantile(0.1), high: quantile(0.9), runs: sorted.length };
}
