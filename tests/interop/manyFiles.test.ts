/** A model with its weights in another file, exported and pruned by the script, is read by onnx and ONNX Runtime (manyFiles.py). */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnswerCache } from '../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../src/engine/recipe/candidates';
import { settle } from '../../src/engine/recipe/settle';
import { createEngine } from '../../src/engine/worker/engine';
import { pythonScript } from '../../src/reports/pythonScript';
import { loadWasmKernels } from '../support/kernels';
import { fileOf } from '../support/studio';
import { context, globalRecipe } from '../unit/evaluation/support';

const python = process.env.SECATEUR_PYTHON;
const golden = resolve(import.meta.dirname, '../golden/files/external');
const files = ['net.onnx', 'net.onnx.data'] as const;

interface About {
  readonly outputs: readonly number[];
  readonly outside: readonly string[];
  readonly tensors: Readonly<Record<string, string>>;
  readonly zeros: Readonly<Record<string, number>>;
}

describe.skipIf(!python)('a pruned model with its weights in another file', () => {
  const expected: { readonly after: number[]; readonly kept: Record<string, string> } = { after: [], kept: {} };
  let folder: string;
  let original: About;
  let exported: About;
  let scripted: About;

  beforeAll(async () => {
    Object.assign(expected, JSON.parse(await readFile(join(golden, 'expected.json'), 'utf8')));
    folder = await mkdtemp(join(tmpdir(), 'secateur-many-files-'));
    const engine = createEngine(loadWasmKernels());
    const given = files.map((name) => fileOf(join(golden, 'exported', name)));
    const { layers, can } = await engine.open({ files: given }, context);
    const candidates = candidatesOf(layers);
    const recipe = globalRecipe({ sparsity: 0.5 });
    const { outcomes } = await settle(recipe, candidates, new AnswerCache(), (requests) =>
      engine.lookUp({ requests }, context),
    );
    const report = await engine.export({ outcomes }, context);
    for (const place of ['exported', 'scripted']) await mkdir(join(folder, place));
    // The file that did not change lies where it was: beside the one that did.
    for (const name of files) await copyFile(join(golden, 'exported', name), join(folder, 'exported', name));
    for (const { name, file } of report.files) {
      await writeFile(join(folder, 'exported', name), new Uint8Array(await file!.arrayBuffer()));
    }
    const run = promisify(execFile);
    const script = join(folder, 'prune.py');
    await writeFile(script, pythonScript({ files: can.script!, recipe, candidates, layers }));
    const models = [
      join(golden, 'exported/net.onnx'),
      ...['exported', 'scripted'].map((place) => join(folder, place, 'net.onnx')),
    ];
    await run(python!, [script, models[0]!, models[2]!]);
    const answer = join(folder, 'answer.json');
    await run(python!, [join(import.meta.dirname, 'manyFiles.py'), ...models, join(golden, 'images.npy'), answer]);
    [original, exported, scripted] = JSON.parse(await readFile(answer, 'utf8'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('computes what PyTorch’s own pruned export does', () => {
    expect(exported.outputs).toHaveLength(expected.after.length);
    exported.outputs.forEach((value, i) => {
      expect(value).toBeCloseTo(expected.after[i]!, 4);
    });
  });

  it('has lost as many weights in each layer, and no other', () => {
    const zeros = Object.entries(expected.kept).map(([name, kept]) => [name, kept.split('0').length - 1]);
    expect(Object.entries(exported.zeros).filter(([name]) => name.endsWith('weight'))).toEqual(zeros);
    const same = Object.keys(original.tensors).filter((name) => exported.tensors[name] === original.tensors[name]);
    expect(same).toEqual(Object.keys(original.tensors).filter((name) => !name.endsWith('weight')));
  });

  it('is the same as the script makes it, which writes its weights into another file, too', () => {
    expect(scripted.tensors).toEqual(exported.tensors);
    expect(original.outside).not.toEqual([]);
    // onnx.save leaves tensors of less than a kilobyte in the model.
    expect(scripted.outside).toEqual(['2.weight', '5.weight']);
  });
});

describe.skipIf(!python)('a pruned model that has the SHA-1 of the files beside it', () => {
  it('has those of the pruned files, and computes in ONNX Runtime what it does with the same weights zeroed by numpy', async () => {
    const { checked } = JSON.parse(await readFile(join(golden, 'expected.json'), 'utf8')) as {
      checked: { threshold: number; after: number[] };
    };
    const folder = await mkdtemp(join(tmpdir(), 'secateur-checked-'));
    const engine = createEngine(loadWasmKernels());
    const given = ['net.onnx', 'first.bin', 'second.bin'].map((name) => fileOf(join(golden, 'checked', name)));
    const { layers } = await engine.open({ files: given }, context);
    const amount = { threshold: checked.threshold };
    const { outcomes } = await settle(globalRecipe(amount), candidatesOf(layers), new AnswerCache(), (requests) =>
      engine.lookUp({ requests }, context),
    );
    for (const { name, file } of (await engine.export({ outcomes }, context)).files) {
      await writeFile(join(folder, name), new Uint8Array(await file!.arrayBuffer()));
    }
    const answer = join(folder, 'answer.json');
    const words = [join(folder, 'net.onnx'), join(golden, 'images.npy'), answer];
    await promisify(execFile)(python!, [join(import.meta.dirname, 'manyFiles.py'), ...words]);
    const [about] = JSON.parse(await readFile(answer, 'utf8')) as [About & { stale: readonly string[] }];
    await rm(folder, { recursive: true, force: true });
    expect(about.stale).toEqual([]);
    about.outputs.forEach((value, i) => {
      expect(value).toBeCloseTo(checked.after[i]!, 4);
    });
  });
});
