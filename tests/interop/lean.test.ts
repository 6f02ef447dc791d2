/** A lean checkpoint of a training run is what torch and safetensors load, bit for bit what half() and bfloat16() make (golden/lean.py). */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createEngine } from '../../src/engine/worker/engine';
import { at } from '../../src/lib/known';
import { loadWasmKernels } from '../support/kernels';
import { fileOf } from '../support/studio';
import { context } from '../unit/evaluation/support';

const python = process.env.SECATEUR_PYTHON;
const golden = resolve(import.meta.dirname, '../golden/files/lean');

const made = (['torch.save', 'safetensors'] as const).flatMap((files) =>
  ([undefined, 'F16', 'BF16'] as const).map((precision) => ({ files, precision })),
);

it.skipIf(!python)('lean checkpoints load, in both formats and with fewer bits', async () => {
  const expected = JSON.parse(await readFile(join(golden, 'expected.json'), 'utf8'));
  const engine = createEngine(loadWasmKernels());
  await engine.open({ files: [fileOf(join(golden, 'training.pth'))] }, context);
  const folder = await mkdtemp(join(tmpdir(), 'secateur-lean-'));
  try {
    const paths: string[] = [];
    for (const [i, choice] of made.entries()) {
      const request = { model: 'state_dict', outcomes: new Map(), ...choice };
      const { name, file } = at((await engine.exportLean(request, context)).files, 0);
      const path = join(folder, `${i}-${name}`);
      await writeFile(path, new Uint8Array(await file!.arrayBuffer()));
      paths.push(path);
    }
    const answer = join(folder, 'answer.json');
    await promisify(execFile)(python!, [join(import.meta.dirname, 'lean.py'), answer, ...paths]);
    expect(JSON.parse(await readFile(answer, 'utf8'))).toEqual(
      made.map(({ files, precision }) => ({
        tensors: expected[precision ?? 'F32'],
        tied: files === 'safetensors' ? [] : [['fc.weight', 'head.weight']],
      })),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
