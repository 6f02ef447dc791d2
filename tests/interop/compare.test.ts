/** A checkpoint beside one that torch pruned and trained on: every figure is numpy's (compare.py). */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compare } from '../../src/engine/compare/compare';
import { readSide } from '../../src/engine/compare/side';
import { openFiles } from '../../src/engine/node/openFiles';
import { context } from '../support/exporting';

const python = process.env.SECATEUR_PYTHON;
const sample = resolve(import.meta.dirname, '../../public/samples/digits-cnn.pth');

const prune = `
import sys, torch
torch.manual_seed(3)
state = torch.load(sys.argv[1], weights_only=True)
for name, value in state.items():
    if value.is_floating_point() and value.dim() > 1:
        value *= (torch.rand_like(value) > 0.4)
        if name.startswith("fc"):
            value += 0.01 * torch.randn_like(value)
torch.save(state, sys.argv[2])
`;

describe.skipIf(!python)('comparing', () => {
  it('finds what numpy finds', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'secateur-compare-'));
    const opened = [];
    try {
      const [changed, answer] = [join(folder, 'changed.pth'), join(folder, 'answer.json')];
      const run = promisify(execFile);
      await run(python!, ['-c', prune, sample, changed]);
      await run(python!, [join(import.meta.dirname, 'compare.py'), answer, sample, changed]);
      const expected: Record<string, Record<string, number>> = JSON.parse(await readFile(answer, 'utf8'));
      for (const path of [sample, changed]) opened.push(await openFiles([path]));
      const [one, other] = await Promise.all(opened.map(({ source, parts }) => readSide(source, parts)));
      const { tensors } = await compare(one!, other!, context);
      const measured = tensors.filter(({ difference }) => difference);
      expect(measured.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
      for (const { name, difference } of measured) {
        for (const [figure, value] of Object.entries(expected[name]!)) {
          expect(difference![figure as keyof typeof difference], `${name} ${figure}`).toBeCloseTo(value, 10);
        }
      }
    } finally {
      for (const files of opened) await files.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
