/** A pair of tensors looked at as tensors are: statistics and pictures of both and of their difference, whatever order they lie in. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { compare } from '../../../../src/engine/compare/compare';
import { readSide, sideOfSession } from '../../../../src/engine/compare/side';
import { measurePair, pairPicture } from '../../../../src/engine/worker/comparing';
import { context, openFile } from '../../../support/exporting';
import { loadWasmKernels } from '../../../support/kernels';

const golden = resolve(import.meta.dirname, '../../../golden/files/compare');
const open = (name: string) => openFile(new File([readFileSync(join(golden, name))], name), loadWasmKernels());

const { session } = await open('before.safetensors');
const after = await open('after.safetensors');
const parts = after.session.opened.parts;
const other = { side: await readSide(after.source, parts), letGo: async () => {} };
const { tensors } = await compare(sideOfSession(session), other.side, context);

it.each(tensors.filter(({ difference }) => difference))(
  '$name: what is drawn has the figures of the table',
  async (tensor) => {
    const { difference: figures } = tensor;
    const measured = await measurePair(session, other, tensor, context);
    expect(measured.before!.zeros).toBe(figures!.zerosBefore);
    expect(measured.after!.zeros).toBe(figures!.zerosAfter);
    const { difference } = measured;
    // NaN beside NaN differs by NaN, and is the same.
    if (difference!.nan === 0 && difference!.inf === 0) {
      expect(difference!.count - difference!.zeros).toBe(figures!.changed);
    }
    expect(Math.max(difference!.max, -difference!.min)).toBeCloseTo(figures!.most, 6);

    const draw = (part: 'before' | 'after' | 'difference') =>
      pairPicture(session, other, { pair: tensor, part, rows: 1000, columns: 1000 }, context);
    const [one, another, delta] = [await draw('before'), await draw('after'), await draw('difference')];
    expect([another!.width, another!.height]).toEqual([one!.width, one!.height]);
    expect(Math.max(...delta!.magnitudes)).toBeCloseTo(figures!.most, 6);
    // A cell of the difference lies over those that it is the difference of.
    const i = delta!.magnitudes.indexOf(Math.max(...delta!.magnitudes));
    const [x, y, d] = [one, another, delta].map((picture) => picture!.magnitudes[i]!);
    expect([Math.abs(x! - y!), x! + y!].some((sum) => Math.abs(sum - d!) < 1e-5)).toBe(true);
  },
);

it('what only one of them has is drawn alone', async () => {
  const gone = tensors.find(({ name }) => name === 'gone.weight')!;
  expect(Object.keys(await measurePair(session, other, gone, context))).toEqual(['before']);
  expect(
    await pairPicture(session, other, { pair: gone, part: 'difference', rows: 9, columns: 9 }, context),
  ).toBeUndefined();
});
