/** Portions of a pass that wait for a worker. */
import type { Portion } from './planPortions';

export class PortionQueue {
  /** Resolves once every portion is done, or the queue was closed. */
  readonly over: Promise<void>;
  private readonly left: Portion[];
  private notDone: number;
  private readonly waiting: ((portion: Portion | undefined) => void)[] = [];
  private end!: () => void;
  private isOver = false;

  constructor(portions: readonly Portion[]) {
    // Largest first, so that the last ones are short; equal ones stay in file order.
    this.left = [...portions].sort((a, b) => b.byteLength - a.byteLength);
    this.notDone = portions.length;
    this.over = new Promise((resolve) => {
      this.end = resolve;
    });
    if (this.notDone === 0) this.close();
  }

  /** The next portion; waits where all are taken, as one may come back. @returns undefined once the queue is over */
  async take(): Promise<Portion | undefined> {
    if (this.isOver) return undefined;
    return this.left.shift() ?? new Promise((resolve) => this.waiting.push(resolve));
  }

  giveBack(portion: Portion): void {
    const next = this.waiting.shift();
    if (next) next(portion);
    else this.left.unshift(portion);
  }

  finish(): void {
    this.notDone--;
    if (this.notDone === 0) this.close();
  }

  /** Nothing is given out any more. */
  close(): void {
    this.isOver = true;
    this.end();
    for (const resolve of this.waiting.splice(0)) resolve(undefined);
  }
}
