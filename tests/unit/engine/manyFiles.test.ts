/** A checkpoint of several files, from what was dropped to what is downloaded, held against PyTorch's own pruning. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { availableExports } from '../../../src/engine/exports/available';
import { AnswerCache } from '../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { settle } from '../../../src/engine/recipe/settle';
import { createEngine } from '../../../src/engine/worker/engine';
import { emptyRecipe, type Recipe } from '../../../src/pruning/recipe';
import { loadWasmKernels } from '../../support/kernels';
import { context, recipeOf } from './patched';

const folder = resolve(import.meta.dirname, '../../golden/files/external');
const read = (name: string) => new Uint8Array(readFileSync(join(folder, 'exported', name)));
interface Expected {
  readonly kept: Readonly<Record<string, string>>;
  readonly checked: { readonly threshold: number; readonly sha1: Readonly<Record<string, string>> };
}
const expected: Expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
const graph = read('net.onnx');
const data = read('net.onnx.data');
const files = [new File([data], 'net.onnx.data'), new File([graph], 'net.onnx')];
const half = recipeOf({ scope: 'global', amount: { sparsity: 0.5 } });

async function exported(recipe: Recipe, given: readonly File[] = files) {
  const engine = createEngine(loadWasmKernels());
  const opened = await engine.open({ files: given }, context);
  const { outcomes } = await settle(recipe, candidatesOf(opened.layers), new AnswerCache(), (requests) =>
    engine.lookUp({ requests }, context),
  );
  return { engine, opened, outcomes, report: await engine.export({ outcomes }, context) };
}

describe('a model with its weights in another file', () => {
  it('opens as one checkpoint', async () => {
    const { opened } = await exported(emptyRecipe);
    expect(opened).toMatchObject({
      fileName: 'net.onnx',
      size: graph.length + data.length,
      parts: [
        { name: 'net.onnx', start: 0, end: graph.length },
        { name: 'net.onnx.data', start: graph.length, end: graph.length + data.length },
      ],
      notes: [],
    });
    expect(structuredClone(opened)).toEqual(opened);
  });

  it('loses the very weights that torch.nn.utils.prune takes, and nothing else changes', async () => {
    const { opened, report } = await exported(half);
    expect(report.files.map(({ name, size }) => [name, size])).toEqual([['net.onnx.data', data.length]]);
    const pruned = new Uint8Array(await report.files[0]!.file!.arrayBuffer());
    const wanted = new Uint8Array(data);
    const places = placesIn(graph);
    for (const [name, kept] of Object.entries(expected.kept)) {
      const offset = places.get(name)!;
      [...kept].forEach((isKept, i) => {
        if (isKept === '0') wanted.fill(0, offset + i * 4, offset + (i + 1) * 4);
      });
    }
    expect(Buffer.compare(pruned, wanted)).toBe(0);
    const zeros = Object.values(expected.kept).join('').split('0').length - 1;
    expect(report).toMatchObject({ zeros, changed: 4 });
    expect(opened.layers.filter(({ byDefault }) => byDefault).map(({ name }) => name)).toEqual(
      Object.keys(expected.kept),
    );
  });

  it('is exported as the file of the graph, too, where that has weights of its own that change', async () => {
    const { report } = await exported(recipeOf({ tensors: ['0.bias', '7.weight'], amount: { count: 3 } }));
    expect(report.files.map(({ name }) => name)).toEqual(['net.onnx', 'net.onnx.data']);
    const sizes = await Promise.all(report.files.map(async ({ file }) => (await file!.arrayBuffer()).byteLength));
    expect(sizes).toEqual([graph.length, data.length]);
  });

  it('gives no file where nothing changes', async () => {
    expect((await exported(emptyRecipe)).report.files).toEqual([]);
  });

  it('offers no export that can only be a single file', async () => {
    const { opened } = await exported(emptyRecipe);
    expect(availableExports(opened)).toEqual(['masks']);
  });

  it('names what was dropped with it in a note', async () => {
    const { opened } = await exported(emptyRecipe, [...files, new File(['# Net'], 'README.md')]);
    expect(opened.notes).toEqual([{ severity: 'info', text: 'README.md was left aside: no part of net.onnx.' }]);
  });
});

/** Offsets in the data, as the exporter wrote them into the graph: behind the name of each weight. */
function placesIn(bytes: Uint8Array): Map<string, number> {
  // Without the control characters of tags and lengths.
  const text = new TextDecoder('latin1').decode(bytes).replace(/[^ -~]+/g, ' ');
  return new Map(
    Object.keys(expected.kept).map((name) => {
      const place = text.slice(text.lastIndexOf(`B ${name}j`));
      return [name, Number(/offset (\d+)/.exec(place)![1])];
    }),
  );
}

describe('a model that has the SHA-1 of the files beside it', () => {
  const names = ['net.onnx', 'first.bin', 'second.bin'];
  const bytesOf = (name: string) => new Uint8Array(readFileSync(join(folder, 'checked', name)));
  const { threshold, sha1 } = expected.checked;
  const prunedFiles = async (given: readonly File[], threshold: number) => {
    const { opened, report } = await exported(recipeOf({ scope: 'layer', amount: { threshold } }), given);
    const contents = await Promise.all(report.files.map(async ({ file }) => new Uint8Array(await file!.arrayBuffer())));
    return { opened, contents: new Map(report.files.map(({ name }, i) => [name, contents[i]!])) };
  };
  const sha1Of = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex');
  const given = names.map((name) => new File([bytesOf(name)], name));

  it('has those of the pruned files afterwards, of weights in Constant nodes and functions, too', async () => {
    const { opened, contents } = await prunedFiles(given, threshold);
    expect(opened.layers.map(({ name, byDefault, alsoNamed }) => [name, byDefault, alsoNamed.length])).toEqual([
      ['first', true, 1],
      ['again', false, 0],
      ['inner', true, 0],
      ['body', true, 0],
    ]);
    expect([...contents.keys()].sort()).toEqual([...names].sort());
    for (const [name, digest] of Object.entries(sha1)) expect(sha1Of(contents.get(name)!), name).toBe(digest);
    const before = bytesOf('net.onnx');
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
    let wanted = text(before);
    for (const [name, digest] of Object.entries(sha1)) wanted = wanted.replaceAll(sha1Of(bytesOf(name)), digest);
    expect(text(contents.get('net.onnx')!)).toBe(wanted);
  });

  it('keeps one that was wrong before', async () => {
    const model = Buffer.from(bytesOf('net.onnx')).toString('latin1');
    const wrong = model.replaceAll(sha1Of(bytesOf('first.bin')), '0'.repeat(40));
    const files = [new File([Buffer.from(wrong, 'latin1')], 'net.onnx'), ...given.slice(1)];
    const { contents } = await prunedFiles(files, threshold);
    const after = Buffer.from(contents.get('net.onnx')!).toString('latin1');
    expect(after.split('0'.repeat(40))).toHaveLength(3);
    expect(after).toContain(sha1['second.bin']);
  });

  it('is not written where nothing in these files changes', async () => {
    expect([...(await prunedFiles(given, 0)).contents.keys()]).toEqual([]);
  });
});
