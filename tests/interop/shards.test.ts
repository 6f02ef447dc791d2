/** Pruned shards, put in the place of the originals, are read by safetensors and torch (shards.py). */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AnswerCache } from '../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../src/engine/recipe/candidates';
import { settle } from '../../src/engine/recipe/settle';
import { createEngine } from '../../src/engine/worker/engine';
import { loadWasmKernels } from '../support/kernels';
import { fileOf } from '../support/studio';
import { context, globalRecipe } from '../unit/evaluation/support';

const python = process.env.SECATEUR_PYTHON;
const golden = resolve(import.meta.dirname, '../golden/files/shards');

describe.skipIf(!python).each([
  ['safetensors', 'model.safetensors.index.json'],
  ['torch', 'pytorch_model.bin.index.json'],
])('pruned shards of %s', (kind, index) => {
  it('have lost what PyTorch takes of the whole model, and nothing else', async () => {
    const { tensors, kept } = JSON.parse(await readFile(join(golden, 'expected.json'), 'utf8'));
    const folder = await mkdtemp(join(tmpdir(), 'secateur-shards-'));
    try {
      const names = await readdir(join(golden, kind));
      for (const name of names) await copyFile(join(golden, kind, name), join(folder, name));
      const engine = createEngine(loadWasmKernels());
      const { layers } = await engine.open({ files: names.map((name) => fileOf(join(golden, kind, name))) }, context);
      const recipe = globalRecipe({ sparsity: 0.5 });
      const { outcomes } = await settle(recipe, candidatesOf(layers), new AnswerCache(), (requests) =>
        engine.lookUp({ requests }, context),
      );
      const { files } = await engine.export({ outcomes }, context);
      for (const { name, file } of files) {
        await writeFile(join(folder, name), new Uint8Array(await file!.arrayBuffer()));
      }
      const answer = join(folder, 'answer.json');
      await promisify(execFile)(python!, [join(import.meta.dirname, 'shards.py'), join(folder, index), answer]);
      const found: Record<string, { sha256: string; kept: string }> = JSON.parse(await readFile(answer, 'utf8'));
      expect(Object.keys(found).sort()).toEqual(Object.keys(tensors).sort());
      for (const [name, { sha256, kept: bits }] of Object.entries(found)) {
        if (kept[name]) expect([name, bits]).toEqual([name, kept[name]]);
        else expect([name, sha256]).toEqual([name, tensors[name]]);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
