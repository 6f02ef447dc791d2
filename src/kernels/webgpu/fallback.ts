/**
 * Kernels that run on the GPU what pays there, and all else on a spare backend: what WGSL cannot do (f64), what costs
 * more to send than to do (small chunks, norms of very many groups), what was chosen to run there, and what is under
 * way or comes after the GPU is lost.
 */
import { type Applier, type Kernels, type ScoreApplier, stripOf, type ThresholdMask } from '../kernels';
import { mergeEnergies, mergeNorms, mergeRefined, mergeStatistics } from '../merge';
import { energiesSlab, refineSlab } from './bins';
import type { GpuDevice } from './device';
import { type GpuDtype, isGpuDtype } from './elements';
import { applyGroupsSlab, canGroup, canNorm, normsSlab } from './groups';
import { measureSlab } from './measure';
import { applyPatternSlab, canPattern } from './pattern';
import { randomSlab } from './random';
import { SlabAccumulator, SlabApplier, SlabScorer } from './slabs';
import { applyThresholdSlab } from './threshold';

/** What can be given to one backend or the other. `measure` stands for all that only looks at values. */
export const tasks = ['measure', 'groupNorms', 'apply', 'scores'] as const;
export type Task = (typeof tasks)[number];

export interface FallbackOptions {
  readonly gpu: GpuDevice;
  readonly spare: Kernels;
  /** What runs on the GPU. */
  readonly tasks: ReadonlySet<Task>;
  /** For the badge, as long as the GPU is there. */
  readonly name: string;
  /** Chunks of fewer bytes go to the spare backend. Default 1 MiB: a round trip to the GPU takes a millisecond or so. */
  readonly leastBytes?: number;
}

export function createFallbackKernels({ gpu, spare, tasks, name, leastBytes = 2 ** 20 }: FallbackOptions): Kernels {
  const cutter = { gpu, leastBytes };
  const isOnGpu = (task: Task) => tasks.has(task) && !gpu.isLost;

  const thresholdApplier = (
    dtype: GpuDtype,
    scoreDtype: GpuDtype,
    mask: ThresholdMask,
    onSpare: (mask: ThresholdMask) => ScoreApplier,
  ) => {
    let { ties } = mask;
    return new SlabApplier(cutter, dtype, scoreDtype, {
      async onGpu(masked, scores) {
        const slab = await applyThresholdSlab(gpu, masked, { ...mask, ties }, { dtype: scoreDtype, bytes: scores });
        ties -= slab.ties;
        return slab;
      },
      onSpare: () => onSpare({ ...mask, ties }),
    });
  };

  return {
    get name() {
      return gpu.isLost ? spare.name : name;
    },

    measure(dtype) {
      if (!isGpuDtype(dtype) || !isOnGpu('measure')) return spare.measure(dtype);
      return new SlabAccumulator(cutter, dtype, {
        onGpu: (bytes) => measureSlab(gpu, dtype, bytes),
        onSpare: () => spare.measure(dtype),
        merge: mergeStatistics,
      });
    },

    refineBin(dtype, bin) {
      if (!isGpuDtype(dtype) || !isOnGpu('measure')) return spare.refineBin(dtype, bin);
      return new SlabAccumulator(cutter, dtype, {
        onGpu: (bytes) => refineSlab(gpu, dtype, bin, bytes),
        onSpare: () => spare.refineBin(dtype, bin),
        merge: mergeRefined,
      });
    },

    binEnergies(dtype) {
      if (!isGpuDtype(dtype) || !isOnGpu('measure')) return spare.binEnergies(dtype);
      return new SlabAccumulator(cutter, dtype, {
        onGpu: (bytes) => energiesSlab(gpu, dtype, bytes),
        onSpare: () => spare.binEnergies(dtype),
        merge: mergeEnergies,
      });
    },

    groupNorms(dtype, grouping, order) {
      if (!isGpuDtype(dtype) || !isOnGpu('groupNorms') || !canNorm(grouping, order)) {
        return spare.groupNorms(dtype, grouping, order);
      }
      const { first = 0 } = grouping;
      const from = (place: number) => ({ ...grouping, first: first + place });
      return new SlabAccumulator(cutter, dtype, {
        onGpu: (bytes, kept, place) => normsSlab(gpu, { dtype, bytes, kept }, from(place), order),
        onSpare: (place) => spare.groupNorms(dtype, from(place), order),
        merge: (earlier, later) => mergeNorms(earlier, later, order),
      });
    },

    applyThreshold(dtype, mask) {
      if (!isGpuDtype(dtype) || !isOnGpu('apply')) return spare.applyThreshold(dtype, mask);
      return byWeights(thresholdApplier(dtype, dtype, mask, (rest) => byScores(spare.applyThreshold(dtype, rest))));
    },

    applyScores(dtype, scoreDtype, mask) {
      if (!isGpuDtype(dtype) || !isGpuDtype(scoreDtype) || !isOnGpu('apply')) {
        return spare.applyScores(dtype, scoreDtype, mask);
      }
      return thresholdApplier(dtype, scoreDtype, mask, (rest) => spare.applyScores(dtype, scoreDtype, rest));
    },

    applyGroups(dtype, grouping, gone) {
      if (!isGpuDtype(dtype) || !isOnGpu('apply') || !canGroup(grouping)) {
        return spare.applyGroups(dtype, grouping, gone);
      }
      const { first = 0 } = grouping;
      const from = (place: number) => ({ ...grouping, first: first + place });
      return byWeights(
        new SlabApplier(cutter, dtype, dtype, {
          onGpu: (masked, _, place) => applyGroupsSlab(gpu, masked, from(place), gone),
          onSpare: (place) => byScores(spare.applyGroups(dtype, from(place), gone)),
        }),
      );
    },

    applyPattern(dtype, scoreDtype, criterion, mask) {
      if (!isGpuDtype(dtype) || !isGpuDtype(scoreDtype) || !isOnGpu('apply') || !canPattern(mask)) {
        return spare.applyPattern(dtype, scoreDtype, criterion, mask);
      }
      return new SlabApplier(cutter, dtype, scoreDtype, {
        unit: stripOf(mask),
        onGpu: (masked, scores) => applyPatternSlab(gpu, masked, { dtype: scoreDtype, bytes: scores }, criterion, mask),
        onSpare: () => spare.applyPattern(dtype, scoreDtype, criterion, mask),
      });
    },

    // A picture of what streams by is made faster than it is sent; of what is on the GPU, resident.ts draws.
    maskPreview: (dtype, plan, mask) => spare.maskPreview(dtype, plan, mask),

    scorer(dtype, scoring) {
      const other = spare.scorer(dtype, scoring);
      if (!isGpuDtype(dtype) || !isOnGpu('scores') || scoring.kind !== 'random') return other;
      return new SlabScorer(cutter, dtype, (bytes, index) => randomSlab(gpu, dtype, scoring, bytes, index), other);
    },
  };
}

/** An applier whose scores are the weights themselves, or are not looked at. */
function byWeights(applier: ScoreApplier): Applier {
  return { apply: (bytes, kept) => applier.apply(bytes, bytes, kept), finish: () => applier.finish() };
}

function byScores(applier: Applier): ScoreApplier {
  return { apply: (bytes, _, kept) => applier.apply(bytes, kept), finish: () => applier.finish() };
}
