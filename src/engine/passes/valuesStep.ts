/** Values in place of a tensor's elements: those of a repair. */
import { byteWidthOf } from '../../tensors/dtype';
import { inMemoryOrder } from '../../tensors/layout';
import { numelOf } from '../../tensors/tensor';
import { markZeros } from '../../tensors/zeros';
import type { Step, StepMaker } from './step';

/**
 * Every element becomes that of the repair; zeros of either sign count as what went.
 * @throws CheckpointError `repair-missing`
 */
export function valuesStep({ measurable, unit }: StepMaker, repair: string): Step {
  const { shape, strides, dtype, tensor, name } = unit;
  const width = byteWidthOf(dtype);
  const kept = measurable.beside.repairs.valuesOf(repair, tensor, name);
  const values = inMemoryOrder(kept, shape, strides, width);
  const marks = new Uint8Array(Math.min(numelOf(shape), 2 ** 20));
  let zeros = 0;
  return {
    apply(elements, index, keptOf) {
      const own = values.subarray(index * width, index * width + elements.length);
      const isChanged = elements.some((byte, i) => byte !== own[i]);
      if (isChanged) elements.set(own);
      const count = elements.length / width;
      for (let from = 0; from < count; from += marks.length) {
        const to = Math.min(count, from + marks.length);
        const into = keptOf?.subarray(from, to) ?? marks.subarray(0, to - from);
        zeros += markZeros(own.subarray(from * width, to * width), dtype, into);
      }
      return isChanged;
    },
    // Whatever masks took before is in force no more: values stand first.
    finish: () => ({ pruned: zeros, zeros }),
  };
}
