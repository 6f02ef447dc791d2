/** Scores of single weights, as they stream by. */
import type { Kernels, Scorer } from '../../kernels/kernels';
import { CheckpointError } from '../../lib/errors';
import { factsOf } from '../../pruning/criteria/criteria';
import type { Score } from '../../pruning/score';
import { byteWidthOf } from '../../tensors/dtype';
import { streamOf } from '../../tensors/random';
import type { TensorReader } from '../reading/reference';
import type { Unit } from '../reading/units';
import { factorsOf } from './inputNorms';
import type { Measurable } from './measurable';
import { outputScales } from './outputScales';

/**
 * @param elements the next ones; what was removed of them does not matter
 * @param index of the first
 * @returns of the score's dtype (scoreDtypeOf); valid until the next call
 */
export type ElementScores = (elements: Uint8Array, index: number) => Promise<Uint8Array>;

/** @throws CheckpointError `unsupported-feature` where what the score needs is not there */
export function elementScores(measurable: Measurable, unit: Unit, score: Score, signal: AbortSignal): ElementScores {
  const { kernels, beside } = measurable;
  const { arithmetic } = factsOf(score.criterion);
  switch (arithmetic.kind) {
    case 'weights':
      return async (elements) => elements;
    case 'draws': {
      const { seed = 0 } = score;
      const scorer = kernels.scorer(unit.dtype, { kind: 'random', seed, stream: streamOf(unit.name) });
      return async (elements, index) => scorer.score(elements, index);
    }
    case 'increases': {
      const reader = beside.reference?.reader(unit, signal);
      if (reader) return increases(kernels, unit, reader);
      throw new CheckpointError('unsupported-feature', `No reference checkpoint holds ${unit.name}.`, {
        tensor: unit.name,
        advice: 'Open the earlier checkpoint as the reference.',
      });
    }
    case 'products': {
      const known = arithmetic.factors(beside.inputsOf(arithmetic.of, unit.tensor, unit.name));
      const factors = factorsOf(
        known,
        { shape: unit.shape, ...(score.axes && { axes: score.axes }) },
        unit.strides,
        unit.name,
        arithmetic.of,
      );
      const scorer = kernels.scorer(unit.dtype, { kind: 'product', ...factors });
      return async (elements, index) => scorer.score(elements, index);
    }
    case 'relative': {
      const { axes } = score;
      if (!axes) throw new CheckpointError('internal', `The outputs of ${unit.name} are not known.`);
      const key = JSON.stringify([unit.tensor, axes]);
      const making = beside.outputScales(key, () => outputScales(measurable, unit, axes, signal));
      const scorer = making.then((scales) => kernels.scorer(unit.dtype, { kind: 'product', ...scales }));
      // Whoever asks for scores sees what went wrong.
      scorer.catch(() => {});
      return async (elements, index) => (await scorer).score(elements, index);
    }
  }
}

function increases(kernels: Kernels, unit: Unit, reader: TensorReader): ElementScores {
  let earlier = new Uint8Array(0);
  const scorer: Scorer = kernels.scorer(unit.dtype, { kind: 'increase', reference: () => earlier });
  return async (elements, index) => {
    earlier = await reader.read(elements.length / byteWidthOf(unit.dtype));
    return scorer.score(elements, index);
  };
}
