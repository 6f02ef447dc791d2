/** The first and the last step of every mask but a plain threshold (assembly/masks.ts); between them something chooses. */
import type { PrunableDtype } from '../../tensors/dtype';
import type { ApplyCounts } from '../kernels';
import { type KernelInstance, result } from './instance';

export class WasmEraser {
  private readonly instance: KernelInstance;
  /** Run the kernels of the dtype on so many elements of the block. */
  private readonly state: (count: number) => void;
  private readonly eraseBlock: (count: number) => void;
  private readonly width: number;
  private pruned = 0;
  private zeros = 0;

  constructor(instance: KernelInstance, dtype: PrunableDtype) {
    this.instance = instance;
    const { run } = instance;
    switch (dtype) {
      case 'F64':
        this.width = 8;
        this.state = (count) => run.stateF64(count, 0x7ff0000000000000n);
        this.eraseBlock = run.eraseF64;
        break;
      case 'F32':
        this.width = 4;
        this.state = (count) => run.stateF32(count, 0x7f800000);
        this.eraseBlock = run.eraseF32;
        break;
      case 'F16':
      case 'BF16':
        this.width = 2;
        this.state = (count) => run.stateHalf(count, dtype === 'F16' ? 0x7c00 : 0x7f80);
        this.eraseBlock = run.eraseHalf;
    }
  }

  /** Copies elements into the block and notes which of them may go. */
  take(part: Uint8Array, kept?: Uint8Array): void {
    const { block, states } = this.instance;
    const count = part.length / this.width;
    block.set(part);
    if (kept) states.set(kept);
    else states.fill(1, 0, count);
    this.state(count);
  }

  /** Zeroes those of them that were chosen, here and in `part`. @returns whether any byte changed */
  erase(part: Uint8Array, kept?: Uint8Array): boolean {
    const { block, run, states, results } = this.instance;
    this.eraseBlock(part.length / this.width);
    this.pruned += results[result.pruned]!;
    this.zeros += results[result.zeros]!;
    if (kept && results[result.pruned] !== 0) {
      run.leave(kept.length);
      kept.set(states.subarray(0, kept.length));
    }
    if (results[result.changed] === 0) return false;
    part.set(block.subarray(0, part.length));
    return true;
  }

  counts(): ApplyCounts {
    return { pruned: this.pruned, zeros: this.zeros };
  }
}
