/** How far the work is, in one line: what is done, how much of it, and about how long the rest takes. */
import type { CallContext, Progress } from '../engine/callContext';
import { formatBytes } from '../lib/numbers';
import type { Terminal } from './terminal';

/** Milliseconds before which a guess of what is left tells nothing. */
const leastToGuess = 1000;

/** @returns what passes over a checkpoint are given; a new stage begins a new line */
export function progressOn(
  terminal: Terminal,
  signal: AbortSignal,
  now: () => number = () => performance.now(),
): CallContext {
  let stage: Progress['stage'] | undefined;
  let since = 0;
  return {
    signal,
    progress: (made) => {
      if (made.stage !== stage) {
        stage = made.stage;
        since = now();
      }
      terminal.status(lineOf(made, now() - since));
    },
  };
}

export function lineOf({ stage, done, total, tensorsDone, tensorsTotal }: Progress, elapsed: number): string {
  const bytes = total > 0 ? ` ${formatBytes(done)} of ${formatBytes(total)}` : '';
  const tensors = tensorsTotal ? `, tensor ${Math.min((tensorsDone ?? 0) + 1, tensorsTotal)} of ${tensorsTotal}` : '';
  const left = done > 0 && elapsed > leastToGuess ? (elapsed / done) * (total - done) : 0;
  return `${stage}:${bytes}${tensors}${left > leastToGuess ? `, ${Math.round(left / 1000)} s left` : ''}`;
}
