/** How far a pass is. */
import type { CallContext, Progress } from '../callContext';
import type { Unit } from '../reading/units';

/** Counts bytes and tensors of a pass for the page. */
export class UnitProgress {
  private readonly stage: Progress['stage'];
  private readonly context: CallContext;
  private readonly total: number;
  private readonly tensorsTotal: number;
  private done = 0;
  private tensorsDone = 0;

  constructor(stage: Progress['stage'], units: readonly Unit[], context: CallContext) {
    this.stage = stage;
    this.context = context;
    this.total = units.reduce((sum, unit) => sum + unit.byteLength, 0);
    this.tensorsTotal = units.length;
  }

  advance(unit: Unit, bytes: number, finishedTensor: boolean): void {
    this.done += bytes;
    if (finishedTensor) this.tensorsDone++;
    const { stage, done, total, tensorsDone, tensorsTotal } = this;
    this.context.progress({ stage, done, total, tensorsDone, tensorsTotal, tensor: unit.name });
  }
}
