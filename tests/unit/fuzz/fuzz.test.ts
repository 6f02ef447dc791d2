/** A portion of `npm run fuzz`: the same 5,000 damaged files each time. */
import { expect, it } from 'vitest';
import { ownSeeds } from '../../fuzz/command';
import { tryCase } from '../../fuzz/run';
import { loadWasmKernels } from '../../support/kernels';

const cases = 5000;
const parts = 5;

it.each(Array.from({ length: parts }, (_, part) => part))(
  'whatever happened to a file, it opens or is refused in a sentence (part %i)',
  async (part) => {
    const seeds = await ownSeeds();
    const kernels = loadWasmKernels();
    const faults: unknown[] = [];
    const each = cases / parts;
    for (let number = part * each; number < (part + 1) * each; number++) {
      const { fault } = await tryCase(seeds, 1, number, kernels);
      if (fault) faults.push(fault);
    }
    expect(faults).toEqual([]);
  },
);
