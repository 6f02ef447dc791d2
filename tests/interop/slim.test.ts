/** Models made smaller, run by ONNX Runtime itself and beside a PyTorch module that was built smaller by the same plan (slim.py). */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultRounding } from '../../src/graph/slim/plan';
import { formatPlan } from '../../src/graph/slim/planFile';
import type { Unit } from '../../src/graph/slim/units';
import { realModels } from '../support/realFiles';
import { analyseFile, slimmed, someUnits } from '../support/slim';

const python = process.env.SECATEUR_PYTHON;
const checkpoint = join(realModels, 'resnet20-cifar10.th');

describe.skipIf(!python)('ResNet-20 made smaller', () => {
  let folder: string;
  const run = async (...words: readonly string[]) => {
    const script = resolve(import.meta.dirname, 'slim.py');
    return (await promisify(execFile)(python!, [script, ...words])).stdout;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secateur-slim-'));
    await run('export', folder, ...(existsSync(checkpoint) ? [checkpoint] : []));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('computes the same in ONNX Runtime, and as the same module of PyTorch with fewer channels', async () => {
    for (const name of ['resnet20-norms', 'resnet20-folded']) {
      const analysed = await analyseFile(join(folder, `${name}.onnx`));
      // Channels within blocks: one tensor gives them, one takes them. Those of a stage are padded by its shortcut, which is code.
      const isWithin = ({ removes }: Unit) => removes.filter(({ role }) => role === 'consumes').length === 1;
      const inner = { ...analysed.units, units: analysed.units.units.filter(isWithin) };
      const of = name === 'resnet20-norms' ? inner : analysed.units;
      const { plan, gone, smaller, zeroed } = await slimmed(analysed, someUnits(of, 0.5, 1), defaultRounding);
      expect(gone.length).toBeGreaterThan(50);
      await writeFile(join(folder, `${name}-slim.onnx`), smaller);
      await writeFile(join(folder, `${name}-zeroed.onnx`), zeroed);
      if (of === inner) await writeFile(join(folder, `${name}-slim-plan.json`), formatPlan(plan));
    }
    expect(await run('check', folder)).toBe('');
  });
});
