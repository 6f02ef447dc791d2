/** The mask of a model on its copy: whatever a program takes of one tensor goes of another, too. */
import { CheckpointError } from '../../lib/errors';
import { byteWidthOf } from '../../tensors/dtype';
import { TensorReader } from '../reading/reference';
import { streamUnits } from '../reading/stream';
import type { Unit } from '../reading/units';
import type { Step, StepMaker } from './step';

/** Marks with 0 which of the elements go, one byte each. */
export type Choice = (elements: Uint8Array, kept: Uint8Array) => Promise<unknown>;

/**
 * Reads the original's weights beside, and lets its program run on that copy of them.
 * @param choose by the original's program
 * @throws CheckpointError `unsupported-feature` where the two are stored in different orders of dimensions
 */
export function sameStep({ measurable, unit, signal }: StepMaker, original: Unit, choose: Choice): Step {
  const { source, checkpoint, kernels } = measurable;
  if (unit.shape.join() !== original.shape.join() || unit.strides.join() !== original.strides.join()) {
    throw new CheckpointError(
      'unsupported-feature',
      `${unit.name} is stored in another order of dimensions than ${original.name}, whose mask it was to take.`,
      { tensor: unit.name, advice: 'Let its model be ranked for itself.' },
    );
  }
  const options = { byteOrder: checkpoint.byteOrder, readOnly: true, signal };
  const reader = new TensorReader(original, streamUnits(source, [original], options));
  // Chooses nothing itself: it counts the zeros that are left.
  const counting = kernels.applyThreshold(unit.dtype, { criterion: 'magnitude', threshold: -1, ties: 0 });
  const width = byteWidthOf(unit.dtype);
  let pruned = 0;
  return {
    async apply(elements, _, kept) {
      const count = elements.length / width;
      const left = new Uint8Array(count).fill(1);
      await choose(await reader.read(count), left);
      let changed = false;
      for (let i = 0; i < count; i++) {
        if (left[i] !== 0 || kept?.[i] === 0) continue;
        pruned++;
        if (kept) kept[i] = 0;
        for (let at = i * width; at < (i + 1) * width; at++) {
          changed ||= elements[at] !== 0;
          elements[at] = 0;
        }
      }
      await counting.apply(elements);
      return changed;
    },
    async finish() {
      const { zeros } = await counting.finish();
      return { pruned, zeros };
    },
  };
}
