/** Applying a threshold through the module: to the weights themselves, or to scores beside them. */
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import { bf16Bits, f16Bits, f32Bits } from '../../tensors/half';
import type { Applier, ApplyCounts, ScoreApplier, ThresholdMask } from '../kernels';
import { WasmEraser } from './eraser';
import { type KernelInstance, result } from './instance';

/** The module's word for all ties. A block has fewer elements. */
const allTies = 0xffffffff;

export class WasmApplier implements Applier {
  private readonly instance: KernelInstance;
  private readonly dtype: PrunableDtype;
  private readonly mask: ThresholdMask;
  /** Runs the kernel of the dtype on so many bytes of the block. */
  private readonly runKernel: (bytes: number, ties: number) => void;
  private readonly ties: Ties;
  private pruned = 0;
  private zeros = 0;
  private beside: WasmScoreApplier | undefined;

  constructor(instance: KernelInstance, dtype: PrunableDtype, mask: ThresholdMask) {
    this.instance = instance;
    this.dtype = dtype;
    this.mask = mask;
    const { run } = instance;
    const signed = mask.criterion === 'signed';
    const infinity = infinityOf(dtype);
    const { key, ties } = keyOf(dtype, mask);
    this.ties = new Ties(ties);
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

  apply(bytes: Uint8Array, kept?: Uint8Array): boolean {
    if (kept) {
      this.beside ??= new WasmScoreApplier(this.instance, this.dtype, this.dtype, this.mask);
      return this.beside.apply(bytes, bytes, kept);
    }
    const { block, results } = this.instance;
    let changed = false;
    this.instance.forEachBlock(bytes, (part) => {
      this.runKernel(part.length, this.ties.atMost(part.length));
      this.ties.use(results[result.tiesUsed]!);
      this.pruned += results[result.pruned]!;
      this.zeros += results[result.zeros]!;
      if (results[result.changed] === 0) return;
      part.set(block.subarray(0, part.length));
      changed = true;
    });
    return changed;
  }

  finish(): ApplyCounts {
    return this.beside?.finish() ?? { pruned: this.pruned, zeros: this.zeros };
  }
}

/** By scores beside the elements: choose, then erase. */
export class WasmScoreApplier implements ScoreApplier {
  private readonly instance: KernelInstance;
  private readonly width: number;
  private readonly scoreWidth: number;
  private readonly eraser: WasmEraser;
  /** Runs the kernel of the scores' dtype. */
  private readonly choose: (count: number, ties: number) => void;
  private readonly ties: Ties;

  constructor(instance: KernelInstance, dtype: PrunableDtype, scoreDtype: PrunableDtype, mask: ThresholdMask) {
    this.instance = instance;
    this.width = byteWidthOf(dtype);
    this.scoreWidth = byteWidthOf(scoreDtype);
    this.eraser = new WasmEraser(instance, dtype);
    const { run } = instance;
    const signed = mask.criterion === 'signed';
    const infinity = infinityOf(scoreDtype);
    const { key, ties } = keyOf(scoreDtype, mask);
    this.ties = new Ties(ties);
    switch (scoreDtype) {
      case 'F64':
        this.choose = (count, ties) => run.chooseF64(count, signed, key, infinity, ties);
        break;
      case 'F32':
        this.choose = (count, ties) => run.chooseF32(count, signed, Number(key), Number(infinity), ties);
        break;
      case 'F16':
      case 'BF16':
        this.choose = (count, ties) => run.chooseHalf(count, signed, Number(key), Number(infinity), ties);
    }
  }

  apply(bytes: Uint8Array, scores: Uint8Array, kept?: Uint8Array): boolean {
    const { instance, width, scoreWidth } = this;
    const elements = bytes.length / width;
    const capacity = instance.capacity(width, scoreWidth);
    let changed = false;
    for (let start = 0; start < elements; start += capacity) {
      const end = Math.min(elements, start + capacity);
      const part = bytes.subarray(start * width, end * width);
      const keptPart = kept?.subarray(start, end);
      instance.scores.set(scores.subarray(start * scoreWidth, end * scoreWidth));
      this.eraser.take(part, keptPart);
      this.choose(end - start, this.ties.atMost(end - start));
      this.ties.use(instance.results[result.tiesUsed]!);
      if (this.eraser.erase(part, keptPart)) changed = true;
    }
    return changed;
  }

  finish(): ApplyCounts {
    return this.eraser.counts();
  }
}

/** Ties that may still go. */
class Ties {
  private left: number;

  constructor(ties: number) {
    this.left = ties;
  }

  /** As the module is told, of a block of so many elements or bytes. */
  atMost(limit: number): number {
    return this.left === Number.POSITIVE_INFINITY ? allTies : Math.min(this.left, limit);
  }

  use(ties: number): void {
    this.left -= ties;
  }
}

/** The threshold as a key of the kernel (assembly/apply.ts): bits of its magnitude, with its sign. */
export function keyOf(dtype: PrunableDtype, mask: ThresholdMask): { key: bigint; ties: number } {
  const infinity = infinityOf(dtype);
  const { criterion, threshold, ties } = mask;
  const nothing = { key: -infinity, ties: 0 };
  if (Number.isNaN(threshold) || (criterion === 'magnitude' && threshold < 0)) return nothing;
  const magnitude = bitsOfMagnitude(dtype, Math.abs(threshold));
  if (magnitude < infinity) return { key: threshold < 0 ? -magnitude : magnitude, ties };
  return threshold < 0 ? nothing : { key: infinity - 1n, ties: Number.POSITIVE_INFINITY };
}

/** The bits of infinity: those of NaN are above, those of all else below. */
export function infinityOf(dtype: PrunableDtype): bigint {
  return bitsOfMagnitude(dtype, Number.POSITIVE_INFINITY);
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
