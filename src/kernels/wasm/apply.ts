/** Applying a threshold through the module. */
import type { PrunableDtype } from '../../tensors/dtype';
import { bf16Bits, f16Bits, f32Bits } from '../../tensors/half';
import type { Applier, ApplyCounts, ThresholdMask } from '../kernels';
import { type KernelInstance, result } from './instance';

/** The module's word for all ties. A block has fewer elements. */
const allTies = 0xffffffff;

export class WasmApplier implements Applier {
  private readonly instance: KernelInstance;
  /** Runs the kernel of the dtype on so many bytes of the block. */
  private readonly runKernel: (bytes: number, ties: number) => void;
  private tiesLeft: number;
  private pruned = 0;
  private zeros = 0;

  constructor(instance: KernelInstance, dtype: PrunableDtype, mask: ThresholdMask) {
    this.instance = instance;
    const { run } = instance;
    const signed = mask.criterion === 'signed';
    const infinity = bitsOfMagnitude(dtype, Number.POSITIVE_INFINITY);
    const { key, ties } = keyOf(dtype, mask, infinity);
    this.tiesLeft = ties;
    switch (dtype) {
      case 'F64':
        this.runKernel = (bytes, ties) => run.applyF64(bytes, signed, key, infinity, ties);
        break;
      case 'F32':
        this.runKernel = (bytes, ties) => run.applyF32(bytes, signed, Number(key), Number(infinity), ties);
        break;
      case 'F16':
      case 'BF16':
        this.runKernel = (bytes, ties) => run.applyHalf(bytes, signed, Number(key), Number(infinity), ties);
    }
  }

  apply(bytes: Uint8Array): boolean {
    const { block, results } = this.instance;
    let changed = false;
    this.instance.forEachBlock(bytes, (part) => {
      const { tiesLeft } = this;
      this.runKernel(part.length, tiesLeft === Number.POSITIVE_INFINITY ? allTies : Math.min(tiesLeft, part.length));
      this.tiesLeft -= results[result.tiesUsed]!;
      this.pruned += results[result.pruned]!;
      this.zeros += results[result.zeros]!;
      if (results[result.changed] === 0) return;
      part.set(block.subarray(0, part.length));
      changed = true;
    });
    return changed;
  }

  finish(): ApplyCounts {
    return { pruned: this.pruned, zeros: this.zeros };
  }
}

/** The threshold as a key of the kernel (assembly/apply.ts): bits of its magnitude, with its sign. */
function keyOf(dtype: PrunableDtype, mask: ThresholdMask, infinity: bigint): { key: bigint; ties: number } {
  const { criterion, threshold, ties } = mask;
  const nothing = { key: -infinity, ties: 0 };
  if (Number.isNaN(threshold) || (criterion === 'magnitude' && threshold < 0)) return nothing;
  const magnitude = bitsOfMagnitude(dtype, Math.abs(threshold));
  if (magnitude < infinity) return { key: threshold < 0 ? -magnitude : magnitude, ties };
  return threshold < 0 ? nothing : { key: infinity - 1n, ties: Number.POSITIVE_INFINITY };
}

function bitsOfMagnitude(dtype: PrunableDtype, magnitude: number): bigint {
  switch (dtype) {
    case 'F64':
      return new BigInt64Array(new Float64Array([magnitude]).buffer)[0]!;
    case 'F32':
      return BigInt(f32Bits(magnitude));
    case 'F16':
      return BigInt(f16Bits(magnitude));
    case 'BF16':
      return BigInt(bf16Bits(magnitude));
  }
}
