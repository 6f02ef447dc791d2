/** Arrays of NumPy, and archives whose weights were compressed, pruned and read by numpy and torch (compressed.py). */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fileOf } from '../support/studio';
import { pruned } from '../unit/formats/pruned';

const python = process.env.SECATEUR_PYTHON;
const golden = resolve(import.meta.dirname, '../golden/files');

type Found = Record<string, { sha256: string; kept: string }>;

describe.skipIf(!python).each(['numpy/stored.npz', 'numpy/deflated.npz', 'pytorch/rezipped-deflated.pt'])(
  '%s, pruned',
  (path) => {
    it('has lost its smallest weights alone, under checksums that hold', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'secateur-compressed-'));
      try {
        const original = join(golden, path);
        const { opened, report } = await pruned([fileOf(original)]);
        const written = join(folder, report.files[0]!.name);
        await writeFile(written, new Uint8Array(await report.files[0]!.file!.arrayBuffer()));
        const answer = join(folder, 'answer.json');
        await promisify(execFile)(python!, [join(import.meta.dirname, 'compressed.py'), answer, original, written]);
        const [before, after]: [Found, Found] = JSON.parse(await readFile(answer, 'utf8'));
        expect(Object.keys(after)).toEqual(Object.keys(before));
        const isIn = new Map(opened.layers.map(({ name, byDefault }) => [name, byDefault]));
        let [left, all] = [0, 0];
        for (const [name, { sha256, kept }] of Object.entries(after)) {
          if (!isIn.get(name)) expect([name, sha256]).toEqual([name, before[name]!.sha256]);
          else {
            left += kept.split('1').length - 1;
            all += kept.length;
          }
        }
        expect(left).toBe(all - Math.round(all / 2));
        if (path.startsWith('numpy')) {
          const expected = JSON.parse(await readFile(join(golden, 'numpy/expected.json'), 'utf8'));
          for (const [name, kept] of Object.entries(expected.kept)) expect(after[name]!.kept).toBe(kept);
        }
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  },
);
