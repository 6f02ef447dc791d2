/** Parts of a pass that wait for a worker. */
import type { Part } from './planParts';

export class PartQueue {
  /** Resolves once every part is done, or the queue was closed. */
  readonly over: Promise<void>;
  private readonly left: Part[];
  private notDone: number;
  private readonly waiting: ((part: Part | undefined) => void)[] = [];
  private end!: () => void;
  private isOver = false;

  constructor(parts: readonly Part[]) {
    // Largest first, so that the last ones are short; equal ones stay in file order.
    this.left = [...parts].sort((a, b) => b.byteLength - a.byteLength);
    this.notDone = parts.length;
    this.over = new Promise((resolve) => {
      this.end = resolve;
    });
    if (this.notDone === 0) this.close();
  }

  /** The next part; waits where all are taken, as one may come back. @returns undefined once the queue is over */
  async take(): Promise<Part | undefined> {
    if (this.isOver) return undefined;
    return this.left.shift() ?? new Promise((resolve) => this.waiting.push(resolve));
  }

  giveBack(part: Part): void {
    const next = this.waiting.shift();
    if (next) next(part);
    else this.left.unshift(part);
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
