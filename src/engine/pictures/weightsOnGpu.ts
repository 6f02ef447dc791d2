/** Weights that stay on the GPU. Once it is lost, nothing is there, and whoever asks goes on without it. */
import type { PictureCells, PicturePlan } from '../../kernels/picture';
import { isGpuLost, type PlacedThreshold, type Residents, type ResidentWriter } from '../../kernels/residents';
import { byteWidthOf } from '../../tensors/dtype';
import type { RefinedBin } from '../../tensors/statistics';
import { numelOf, type TensorId } from '../../tensors/tensor';
import { measure } from '../passes/measure';
import type { PlainPasses } from '../passes/plainPasses';
import { refine } from '../passes/refine';
import type { Chunk } from '../reading/stream';
import type { Unit } from '../reading/units';

export class WeightsOnGpu {
  private readonly tensors: Residents<Unit>;

  constructor(tensors: Residents<Unit>) {
    this.tensors = tensors;
  }

  has(unit: Unit): boolean {
    return this.tensors.has(unit);
  }

  /** @returns undefined where the weights are not there */
  draw(unit: Unit, threshold: PlacedThreshold, plan: PicturePlan): Promise<PictureCells | undefined> {
    return unlessLost(this.tensors.draw(unit, threshold, plan));
  }

  /** @returns what takes the weights as they stream by; undefined where there is no room for them */
  async load(unit: Unit): Promise<ResidentWriter | undefined> {
    const writer = await unlessLost(this.tensors.load(unit, unit.dtype, numelOf(unit.shape)));
    return writer && { write: (elements) => unlessLost(writer.write(elements)).then(() => {}), finish: writer.finish };
  }

  /** Those of the tensor's bins; undefined where the weights are not there. */
  async refine(unit: Unit, bins: readonly number[]): Promise<readonly RefinedBin[] | undefined> {
    const refined: RefinedBin[] = [];
    for (const bin of bins) {
      const found = await unlessLost(this.tensors.refine(unit, bin));
      if (!found) return undefined;
      refined.push(found);
    }
    return refined;
  }

  /** @returns what takes along the chunks of a pass, as many tensors as there is room for */
  loading(): (chunk: Chunk) => Promise<void> {
    const loaded = new Map<Unit, { readonly writer: ResidentWriter | undefined; left: number }>();
    return async ({ unit, elements, covers }) => {
      let state = loaded.get(unit);
      if (!state) {
        const hasRoom = numelOf(unit.shape) * byteWidthOf(unit.dtype) <= this.tensors.room;
        state = { writer: hasRoom ? await this.load(unit) : undefined, left: unit.byteLength };
        loaded.set(unit, state);
      }
      await state.writer?.write(elements);
      state.left -= covers;
      if (state.left === 0) state.writer?.finish();
    };
  }

  clear(): void {
    this.tensors.clear();
  }
}

async function unlessLost<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isGpuLost(error)) return undefined;
    throw error;
  }
}

/** Passes in this thread, which measures on the GPU: what it measures stays there. */
export function passesKeeping(onGpu: WeightsOnGpu): PlainPasses {
  return { measure: (weights, units, context) => measure(weights, units, context, onGpu.loading()), refine };
}

/** The same passes, but that bins of weights on the GPU are looked into there. */
export function sparingResidents(passes: PlainPasses, onGpu: WeightsOnGpu): PlainPasses {
  return {
    measure: passes.measure,
    async refine(weights, units, bins, context) {
      const refined = new Map<TensorId, readonly RefinedBin[]>();
      for (const unit of units) {
        const found = await onGpu.refine(unit, bins.get(unit.tensor)!);
        if (found) refined.set(unit.tensor, found);
      }
      const others = units.filter(({ tensor }) => !refined.has(tensor));
      if (others.length === 0) return refined;
      return new Map([...refined, ...(await passes.refine(weights, others, bins, context))]);
    },
  };
}
