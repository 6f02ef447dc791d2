/** Which checkpoints are the same one. */
import { describe, expect, it } from 'vitest';
import type { Layer } from '../../../../src/engine/opened';
import { found } from '../../../../src/lib/known';
import { fingerprintOf } from '../../../../src/state/work/fingerprint';
import { checkpoint } from '../fakeEngine';

const { layers } = checkpoint('a.pth');
const [first, ...others] = layers;
const measured = found(found(first, 'a layer').statistics, 'statistics');

function withFirst(changes: Partial<Layer>): Promise<string> {
  return fingerprintOf({ layers: [{ ...found(first, 'a layer'), ...changes }, ...others] });
}

describe('the fingerprint of a checkpoint', () => {
  it('is the same whatever the file is called, and however many cores measured it', async () => {
    const here = await fingerprintOf({ layers });
    expect(here).toMatch(/^[0-9a-f]{64}$/);
    expect(await fingerprintOf(checkpoint('b.pth'))).toBe(here);
    const { histogram } = measured;
    const longer = {
      firstBin: histogram.firstBin - 2,
      positive: Float64Array.of(0, 0, ...histogram.positive, 0),
      negative: Float64Array.of(0, 0, ...histogram.negative, 0),
    };
    const statistics = { ...measured, mean: measured.mean + 1e-12, std: measured.std + 1e-12, histogram: longer };
    expect(await withFirst({ statistics })).toBe(here);
  });

  it('is another where one weight lies in another bin, or a tensor has another name', async () => {
    const here = await fingerprintOf({ layers });
    const positive = measured.histogram.positive.slice();
    positive[0] = (positive[0] ?? 0) + 1;
    const statistics = { ...measured, histogram: { ...measured.histogram, positive } };
    expect(await withFirst({ statistics })).not.toBe(here);
    expect(await withFirst({ name: 'other.weight' })).not.toBe(here);
    expect(await withFirst({ statistics: { ...measured, max: measured.max * 1.001 } })).not.toBe(here);
  });
});
