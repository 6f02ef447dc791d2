/** Any units of any graph: whatever goes, the smaller model computes what the original does with zeros in its place. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultRounding, noRounding } from '../../../../src/graph/slim/plan';
import '../../../support/fastCheck';
import { randomGraph } from '../../../support/randomGraph';
import { analyse, difference, randomFeeds, seeded, slimmed, someUnits } from '../../../support/slim';

it('random plans on random graphs give equal outputs', async () => {
  let removed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 2 ** 30 }),
      fc.integer({ min: 2, max: 12 }),
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      fc.boolean(),
      async (seed, steps, share, rounds) => {
        const bytes = randomGraph(seeded(seed), steps);
        const analysed = await analyse([{ name: 'random.onnx', bytes }]);
        const chosen = someUnits(analysed.units, share, seed);
        const { gone, smaller, zeroed } = await slimmed(analysed, chosen, rounds ? defaultRounding : noRounding);
        removed += gone.length;
        expect(await difference(zeroed, smaller, randomFeeds(analysed, seed))).toBeLessThan(1e-5);
      },
    ),
    { numRuns: 40 },
  );
  expect(removed).toBeGreaterThan(0);
});
