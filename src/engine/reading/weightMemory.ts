/** How much of a worker's memory weights may take, and whose they are: one checkpoint's at a time. */
import { KeptWeights } from './keptWeights';

/** More would crowd out what an export and an evaluation need. */
const mostBytes = 512 * 2 ** 20;
/** The share of the device's memory, in which other tabs and programs live, too: 512 MiB of 8 GiB. */
const deviceShare = 1 / 16;
/** Where the browser does not tell: a ResNet-50, also on a phone. */
const untoldBytes = 128 * 2 ** 20;

/** @param deviceMemory `navigator.deviceMemory`, in GiB; undefined where the browser has none. @returns bytes */
export function bytesForWeights(deviceMemory: number | undefined): number {
  if (deviceMemory === undefined) return untoldBytes;
  return Math.min(mostBytes, deviceMemory * 2 ** 30 * deviceShare);
}

export class WeightMemory {
  private readonly limit: number;
  /** Weakly: they go with their checkpoint. */
  private keeper: WeakRef<KeptWeights> | undefined;

  /** @param limit in bytes */
  constructor(limit: number) {
    this.limit = limit;
  }

  /**
   * Room for all weights of a checkpoint. The checkpoint before gives its room up either way, and reads its file from then on.
   * @param bytes that would be kept
   * @returns undefined where they are too many: a part of them would take memory and save little
   */
  claim(bytes: number): KeptWeights | undefined {
    this.keeper?.deref()?.letGo();
    this.keeper = undefined;
    if (bytes > this.limit) return undefined;
    const kept = new KeptWeights();
    this.keeper = new WeakRef(kept);
    return kept;
  }
}
