/** Groups that go. */
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';
import type { Applier, ApplyCounts, Grouping } from '../kernels';
import { WasmEraser } from './eraser';
import { GroupRuns } from './groupRuns';
import type { KernelInstance } from './instance';

export class WasmGroupApplier implements Applier {
  private readonly instance: KernelInstance;
  private readonly width: number;
  private readonly eraser: WasmEraser;
  private readonly runs: GroupRuns;
  private readonly gone: Uint8Array;
  private readonly groups: Int32Array;
  /** Of the next element. */
  private place: number;

  constructor(instance: KernelInstance, dtype: PrunableDtype, grouping: Grouping, gone: Uint8Array) {
    this.instance = instance;
    this.width = byteWidthOf(dtype);
    this.eraser = new WasmEraser(instance, dtype);
    this.runs = new GroupRuns(grouping);
    this.place = grouping.first ?? 0;
    this.gone = gone;
    this.groups = new Int32Array(instance.gone.length);
  }

  apply(bytes: Uint8Array, kept?: Uint8Array): boolean {
    const { width } = this;
    const capacity = this.instance.capacity(width);
    let changed = false;
    for (let start = 0; start < bytes.length / width; start += capacity) {
      const part = bytes.subarray(start * width, (start + capacity) * width);
      const keptPart = kept?.subarray(start, start + capacity);
      this.choose(part.length / width);
      this.eraser.take(part, keptPart);
      if (this.eraser.erase(part, keptPart)) changed = true;
    }
    return changed;
  }

  /** Spreads what goes over the next elements. */
  private choose(elements: number): void {
    const { groups, gone, place } = this;
    const { length } = this.runs;
    const chosen = this.instance.gone;
    const first = Math.floor(place / length);
    const count = Math.floor((place + elements - 1) / length) - first + 1;
    this.runs.fill(groups, first, count);
    if (length === 1) {
      for (let i = 0; i < elements; i++) chosen[i] = gone[groups[i]!]!;
    } else {
      for (let run = 0; run < count; run++) {
        const start = Math.max(0, (first + run) * length - place);
        chosen.fill(gone[groups[run]!]!, start, Math.min(elements, (first + run + 1) * length - place));
      }
    }
    this.place += elements;
  }

  finish(): ApplyCounts {
    return this.eraser.counts();
  }
}
