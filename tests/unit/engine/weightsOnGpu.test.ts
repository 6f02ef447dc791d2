/** Weights on a GPU, for which a map of bytes stands in here: it draws what the reference draws of them. */
import { describe, expect, it } from 'vitest';
import { passesHere } from '../../../src/engine/passes/plainPasses';
import { preview } from '../../../src/engine/pictures/preview';
import { passesKeeping, sparingResidents, WeightsOnGpu } from '../../../src/engine/pictures/weightsOnGpu';
import type { Unit } from '../../../src/engine/reading/units';
import { referenceKernels } from '../../../src/kernels/reference/referenceKernels';
import type { ResidentTensors } from '../../../src/kernels/webgpu/resident';
import { CheckpointError } from '../../../src/lib/errors';
import type { Outcome, Program } from '../../../src/pruning/resolution';
import { binOf } from '../../../src/tensors/bins';
import { loadWasmKernels } from '../../support/kernels';
import { bytesOf, weights } from '../kernels/support';
import { checkpointOf, context, openInMemory } from './sessions';

const kernels = loadWasmKernels();

/** Residents that can be lost. */
class FakeResidents {
  room = Number.POSITIVE_INFINITY;
  isLost = false;
  readonly held = new Map<Unit, Uint8Array>();

  private check(): void {
    if (this.isLost) throw new CheckpointError('gpu-lost', 'Gone.');
  }

  has(unit: Unit) {
    return this.held.has(unit);
  }

  async load(unit: Unit) {
    this.check();
    const parts: Uint8Array[] = [];
    return {
      write: async (elements: Uint8Array) => {
        this.check();
        parts.push(elements.slice());
      },
      finish: () => void this.held.set(unit, new Uint8Array(Buffer.concat(parts))),
    };
  }

  async draw(...[unit, threshold, plan]: Parameters<WeightsOnGpu['draw']>) {
    const bytes = this.held.get(unit);
    if (!bytes) return undefined;
    this.check();
    expect([0, Number.POSITIVE_INFINITY]).toContain(threshold.tiesEnd);
    const picture = referenceKernels.maskPreview(unit.dtype, plan, { ...threshold, ties: threshold.tiesEnd });
    picture.add(bytes, 0);
    return picture.finish();
  }

  async refine(unit: Unit, bin: number) {
    const bytes = this.held.get(unit);
    if (!bytes) return undefined;
    this.check();
    const accumulator = referenceKernels.refineBin(unit.dtype, bin);
    accumulator.add(bytes);
    return accumulator.finish();
  }
}

async function opened() {
  const tensors = ['a', 'b'].map((name, i) => ({
    name: `${name}.weight`,
    dtype: 'F32' as const,
    shape: [30, 40],
    bytes: bytesOf('F32', weights(1200, i + 1)),
  }));
  const { measurable, units } = await openInMemory(checkpointOf(tensors), kernels);
  let reads = 0;
  const read: typeof measurable.source.read = (offset, length) => {
    reads++;
    return measurable.source.read(offset, length);
  };
  const counted = { ...measurable, source: { size: measurable.source.size, read } };
  const residents = new FakeResidents();
  const onGpu = new WeightsOnGpu(residents as unknown as ResidentTensors<Unit>);
  const draw = (program: Program, region?: { top: number; bottom: number; left: number; right: number }) => {
    const outcome: Outcome = { rule: 0, program, pruned: 0, zeros: 0, exact: true };
    const request = { tensor: 0, rows: 20, columns: 20, outcome, ...(region ? { region } : {}) };
    return preview(counted, units, request, context, onGpu);
  };
  return { counted, units, residents, onGpu, draw, reads: () => reads };
}

const below = (threshold: number): Program => [
  { kind: 'threshold', score: { criterion: 'magnitude' }, threshold, ties: Number.POSITIVE_INFINITY },
];

describe('weights on the GPU', () => {
  it('are there once a picture was drawn: of other thresholds and regions nothing is read', async () => {
    const { draw, reads } = await opened();
    const first = await draw([]);
    expect(first.bytesForNext).toBe(0);
    const before = reads();
    const { kept } = await draw(below(0.02));
    expect(kept.some((share) => share < 1)).toBe(true);
    const part = await draw(below(0.02), { top: 3, bottom: 9, left: 2, right: 12 });
    expect(part.rows * part.columns).toBe(60);
    expect(reads()).toBe(before);
  });

  it('are read again when the GPU is lost, and the picture is the same', async () => {
    const { draw, reads, residents } = await opened();
    await draw([]);
    const { magnitudes, kept } = await draw(below(0.02));
    const before = reads();
    residents.isLost = true;
    expect(await draw(below(0.02))).toMatchObject({ magnitudes, kept });
    expect(reads()).toBeGreaterThan(before);
  });

  it('are not asked about programs that look at more than each weight', async () => {
    const { draw, reads } = await opened();
    await draw([]);
    const before = reads();
    const pattern: Program = [{ kind: 'pattern', score: { criterion: 'magnitude' }, n: 2, m: 4, axis: 1 }];
    const { kept, bytesForNext } = await draw(pattern);
    expect(kept.some((share) => share < 1)).toBe(true);
    expect(bytesForNext).toBe(4800);
    expect(reads()).toBeGreaterThan(before);
  });

  it('come from measuring there as far as there is room, and bins are looked into without a read', async () => {
    const { counted, units, residents, onGpu, reads } = await opened();
    await passesKeeping(onGpu).measure(counted, units.slice(0, 1), context);
    residents.room = 4799;
    await passesKeeping(onGpu).measure(counted, units.slice(1), context);
    expect(units.map((unit) => onGpu.has(unit))).toEqual([true, false]);
    const bins = new Map(units.map(({ tensor }) => [tensor, [binOf('F32', 0.02), binOf('F32', 0.05)]]));
    const before = reads();
    const refine = (some: typeof units) => sparingResidents(passesHere, onGpu).refine(counted, some, bins, context);
    const inFirst = await refine(units.slice(0, 1));
    expect(reads()).toBe(before);
    const inBoth = await refine(units);
    expect(inBoth.get(0)).toEqual(inFirst.get(0));
    expect(inBoth).toEqual(await passesHere.refine(counted, units, bins, context));
  });
});
