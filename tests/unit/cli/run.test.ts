/** The command line as it is typed, over real files. */
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../../../src/cli/run';
import { pruneFiles } from '../../../src/engine/node/pruneFiles';
import { defaultRounding } from '../../../src/graph/slim/plan';
import { formatPlan } from '../../../src/graph/slim/planFile';
import { slimModel } from '../../../src/graph/slim/slice';
import { parseRecipe } from '../../../src/pruning/parseRecipe';
import { loadWasmKernels } from '../../support/kernels';
import { analyseFile, bytesOf, slimmed, someUnits } from '../../support/slim';
import { context } from '../engine/patched';

const samples = resolve(import.meta.dirname, '../../../public/samples');
const kernels = loadWasmKernels();
const page = { folders: [], headers: {} };
const half = {
  format: 'secateur-recipe',
  version: 1,
  rules: [{ criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 } }],
};
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secateur-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function typed(...argv: string[]) {
  return typedWith(Readable.from([]), ...argv);
}

/** @param input what comes by the pipe */
async function typedWith(input: Readable, ...argv: string[]) {
  const sent: Buffer[] = [];
  let printed = '';
  let said = '';
  const terminal = {
    print: (text: string) => {
      printed += text;
    },
    say: (text: string) => {
      said += `${text}\n`;
    },
    status: () => {},
    takesBytes: true,
    send: async (bytes: Readable) => {
      for await (const chunk of bytes) sent.push(chunk);
    },
  };
  const code = await run(argv, { terminal, kernels: () => kernels, signal: new AbortController().signal, page, input });
  return { code, printed, said, sent: Buffer.concat(sent) };
}

describe('secateur prune', () => {
  it.each(['pth', 'safetensors', 'onnx'])(
    'writes what the studio would, by a rule or by a recipe: .%s',
    async (kind) => {
      const original = join(samples, `digits-cnn.${kind}`);
      const [expected, ruled, byRecipe] = ['expected', 'ruled', 'recipe'].map((name) =>
        join(folder, `${name}.${kind}`),
      ) as [string, string, string];
      const recipe = join(folder, 'half.json');
      writeFileSync(recipe, JSON.stringify(half));
      await pruneFiles([original], expected, parseRecipe(half), kernels, context);
      const { code, said, printed } = await typed(
        'prune',
        original,
        '--sparsity',
        '0.5',
        '--scope',
        'global',
        '--out',
        ruled,
      );
      expect({ code, printed }).toEqual({ code: 0, printed: '' });
      expect(said).toMatch(/50\.\d % of 117,\d{3} weights zero, \d tensors changed/);
      expect(readFileSync(ruled).equals(readFileSync(expected))).toBe(true);
      expect((await typed('prune', original, '--recipe', recipe, '-o', byRecipe)).code).toBe(0);
      expect(readFileSync(byRecipe).equals(readFileSync(expected))).toBe(true);
    },
  );

  it('says it for other programs', async () => {
    const out = join(folder, 'json.safetensors');
    const { printed } = await typed(
      'prune',
      join(samples, 'digits-cnn.safetensors'),
      '--granularity',
      '2:4',
      '-o',
      out,
      '--json',
    );
    expect(JSON.parse(printed)).toMatchObject({ files: [{ path: out, bytes: readFileSync(out).length }], changed: 3 });
  });

  it('never writes over what it reads, and leaves nothing half-written', async () => {
    const original = join(folder, 'mine.safetensors');
    copyFileSync(join(samples, 'digits-cnn.safetensors'), original);
    const before = readFileSync(original);
    const { code, said } = await typed('prune', original, '--sparsity', '0.5', '--out', original);
    expect(code).toBe(1);
    expect(said).toContain('is the original, which is needed as it is');
    expect(readFileSync(original).equals(before)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('finds the files of a folder, and those that a pattern means', async () => {
    const models = join(folder, 'models');
    mkdirSync(models);
    for (const name of ['digits-cnn.safetensors', 'digits-test.npz'])
      copyFileSync(join(samples, name), join(models, name));
    expect((await typed('inspect', models)).printed).toContain('digits-cnn.safetensors: safetensors');
    expect((await typed('inspect', join(models, '*.safetensors'))).printed).toContain(
      'digits-cnn.safetensors: safetensors',
    );
  });
});

describe('secateur diff', () => {
  it('is 0 for the same weights in another format, and 1 with a line for each tensor that differs', async () => {
    const [zip, other] = ['pth', 'safetensors'].map((kind) => join(samples, `digits-cnn.${kind}`)) as [string, string];
    expect((await typed('diff', zip, other)).code).toBe(0);
    const out = join(folder, 'half.safetensors');
    await typed('prune', other, '--sparsity', '0.5', '--out', out);
    const { code, printed } = await typed('diff', zip, out);
    expect(code).toBe(1);
    expect(printed).toMatch(/^conv2\.weight +changed +0\.0 % → 50\.0 % +50\.0 %/m);
    expect(JSON.parse((await typed('diff', zip, out, '--json')).printed).tensors).toHaveLength(18);
  });
});

describe('what cannot be done', () => {
  it.each([
    [['prune', 'x.pth', '--sparsity', '0.5'], 'Say where it goes: --out FILE.'],
    [['prune', 'x.pth', '--out', 'y.pth'], 'Say what to prune'],
    [
      ['prune', 'x.pth', '--recipe', 'r.json', '--sparsity', '0.5', '--out', 'y.pth'],
      '--recipe says all that --sparsity would.',
    ],
    [['prune', 'x.pth', '--sparsity', 'half', '--out', 'y.pth'], '--sparsity half is no number.'],
    [['prune', 'x.pth', '--spars', '0.5', '--out', 'y.pth'], '--spars'],
    [['inspect'], 'Say which file.'],
    [['diff', 'x.pth'], 'Say which two'],
    [['report', 'x.pth', '--sparsity', '0.5', '--format', 'pdf'], '--format pdf is none of csv, html, json.'],
    [['grow', 'x.pth'], 'there is no command grow'],
  ])('%j ends with 2, the reason and the usage', async (argv, reason) => {
    const { code, said, printed } = await typed(...argv);
    expect({ code, printed }).toEqual({ code: 2, printed: '' });
    expect(said).toContain(reason);
    expect(said).toContain('secateur');
  });

  it.each([
    [['inspect', join(samples, 'none.pth')], 'There is no file'],
    [['inspect', join(samples, 'digits-test.npz')], 'holds 599 samples'],
    [['prune', join(samples, 'digits-cnn.pth'), '--sparsity', '1.5', '--out', '/tmp/never.pth'], 'sparsity'],
    [
      ['prune', join(samples, 'digits-cnn.pth'), '--criterion', 'luck', '--sparsity', '0.5', '--out', '/tmp/never.pth'],
      'criterion',
    ],
  ])('%j ends with 1 and a sentence', async (argv, reason) => {
    const { code, said, printed } = await typed(...argv);
    expect({ code, printed }).toEqual({ code: 1, printed: '' });
    expect(said.trim().split('\n')).toHaveLength(1);
    expect(said).toContain(reason);
    expect(existsSync('/tmp/never.pth')).toBe(false);
  });
});

describe('-', () => {
  const original = join(samples, 'digits-cnn.pth');
  const all = ['--sparsity', '0.5', '--scope', 'global'];

  it('reads a checkpoint from standard input, and writes the whole result to standard output', async () => {
    const out = join(folder, 'by-name.pth');
    await typed('prune', original, ...all, '--out', out);
    // What is spooled on the way is in here.
    vi.stubEnv('TMPDIR', mkdtempSync(join(folder, 'spool-')));
    const { code, sent, said } = await typedWith(createReadStream(original), 'prune', '-', ...all, '--out', '-');
    expect(code).toBe(0);
    expect(said).toMatch(/^standard output: 5\d\.\d % of [\d,]+ weights zero/);
    expect(sent.equals(readFileSync(out))).toBe(true);
    const masks = await typedWith(createReadStream(original), 'masks', '-', ...all, '--out', '-');
    expect(masks.sent.length).toBeGreaterThan(1000);
    expect(readdirSync(tmpdir())).toEqual([]);
    vi.unstubAllEnvs();
  });

  it('reads a recipe from standard input', async () => {
    const out = join(folder, 'by-name.pth');
    const { code, sent } = await typedWith(
      Readable.from([JSON.stringify(half)]),
      ...['prune', original, '--recipe', '-', '--out', '-'],
    );
    expect(code).toBe(0);
    expect(sent.equals(readFileSync(out))).toBe(true);
  });

  it('is one thing, and sends nothing where something is wrong', async () => {
    const both = await typedWith(Readable.from([JSON.stringify(half)]), 'prune', '-', '--recipe', '-', '--out', '-');
    expect(both).toMatchObject({ code: 2, said: expect.stringContaining('- stands for standard input once.') });
    const wrong = await typedWith(Readable.from(['no checkpoint']), 'prune', '-', ...all, '--out', '-');
    expect(wrong.code).toBe(1);
    expect(wrong.sent.length).toBe(0);
    const json = await typed('prune', original, ...all, '--json', '--out', '-');
    expect(json).toMatchObject({ code: 2, said: expect.stringContaining('both go to standard output') });
  });
});

describe('what is printed', () => {
  const original = join(samples, 'digits-cnn.pth');

  it('tensors with what decided for them', async () => {
    const { code, printed } = await typed('inspect', original);
    expect(code).toBe(0);
    expect(printed).toMatch(/^digits-cnn\.pth: PyTorch zip, 480\.5 kB, 18 tensors/);
    expect(printed).toMatch(/^conv2\.weight +conv +f32 +64 × 32 × 3 × 3 +0\.0 %$/m);
    expect(printed).toMatch(/^bn1\.weight .*normalisation: off by default$/m);
    expect(JSON.parse((await typed('inspect', original, '--json')).printed).tensors).toHaveLength(18);
  });

  it('a script, a report and masks of the same recipe', async () => {
    const rule = ['--sparsity', '0.5', '--scope', 'global'];
    expect((await typed('script', original, ...rule)).printed).toContain('import torch');
    expect((await typed('report', original, ...rule)).printed).toMatch(/conv2\.weight/);
    expect((await typed('report', original, ...rule, '--format', 'html')).printed).toMatch(/^<!doctype html>/i);
    const masks = join(folder, 'masks.safetensors');
    expect((await typed('masks', original, ...rule, '--out', masks)).code).toBe(0);
    expect((await typed('inspect', masks)).printed).toContain('conv2.weight_mask');
  });

  it('a smaller graph, by a plan or by a recipe with one, as the studio makes it of the pruned file', async () => {
    const original = join(samples, 'digits-cnn.onnx');
    const analysed = await analyseFile(original);
    const { plan } = await slimmed(analysed, someUnits(analysed.units, 0.5, 1), defaultRounding);
    const [planPath, recipePath] = [join(folder, 'slim-plan.json'), join(folder, 'slim.json')];
    writeFileSync(planPath, formatPlan(plan));
    writeFileSync(recipePath, JSON.stringify({ ...half, slim: { plan } }));
    const [pruned, first, second] = ['pruned', 'by-plan', 'by-recipe'].map((name) => join(folder, `${name}.onnx`));
    expect((await typed('prune', original, '--recipe', recipePath, '--out', pruned!)).code).toBe(0);
    expect((await typed('slim', pruned!, '--plan', planPath, '--out', first!)).code).toBe(0);
    expect((await typed('slim', original, '--recipe', recipePath, '--out', second!)).code).toBe(0);
    expect(readFileSync(second!).equals(readFileSync(first!))).toBe(true);
    const expected = await bytesOf(await slimModel((await analyseFile(pruned!)).open, plan));
    expect(readFileSync(first!).equals(expected)).toBe(true);
    const other = join(samples, 'digits-cnn.pth');
    expect(await typed('slim', other, '--plan', planPath, '--out', first!)).toMatchObject({ code: 1 });
  });

  it('help, of all and of each', async () => {
    const { code, printed } = await typed('help');
    expect(code).toBe(0);
    for (const [, name] of printed.matchAll(/^ {2}(\w+) {2}/gm)) {
      expect((await typed(name!, '--help')).printed).toMatch(new RegExp(`^secateur ${name} FILE`));
    }
  });
});
