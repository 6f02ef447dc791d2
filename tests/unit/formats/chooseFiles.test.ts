/** What of several files is opened, and what is said of the rest. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseFiles } from '../../../src/formats/chooseFiles';
import { memorySource } from '../../../src/lib/source';
import { model, modelWith, number, record, text } from './onnx/protobuf';
import { goldenBytes } from './safetensors/files';

const golden = (name: string) =>
  new Uint8Array(readFileSync(join(resolve(import.meta.dirname, '../../golden/files'), name)));
const graph = golden('external/exported/net.onnx');
const data = golden('external/exported/net.onnx.data');
const safetensors = goldenBytes('plain.safetensors');
const words = (content: string) => new TextEncoder().encode(content);

async function choose(files: Readonly<Record<string, Uint8Array>>) {
  const given = Object.entries(files).map(([name, bytes]) => ({ name, source: memorySource(bytes) }));
  const { files: chosen, notes } = await chooseFiles(given);
  return { chosen: chosen.map(({ name }) => name), notes: notes.map(({ severity, text: said }) => [severity, said]) };
}

describe('of files given together', () => {
  it('a single one is opened, whatever it is', async () => {
    expect(await choose({ 'a.txt': words('no checkpoint') })).toEqual({ chosen: ['a.txt'], notes: [] });
  });

  it('a model and its data are one checkpoint, in any order', async () => {
    const expected = { chosen: ['net.onnx', 'net.onnx.data'], notes: [] };
    expect(await choose({ 'net.onnx': graph, 'net.onnx.data': data })).toEqual(expected);
    expect(await choose({ 'net.onnx.data': data, 'net.onnx': graph })).toEqual(expected);
  });

  it('data that begins like a model is no model of its own', async () => {
    const like = new Uint8Array(data);
    like.set(model(text(2, 'a.onnx'), record(7)));
    const renamed = modelWith(...[text(8, 'w'), number(2, 1), number(1, 2)], number(14, 1), place('a.onnx'));
    expect(await choose({ 'a.onnx': like, 'z.onnx': renamed })).toEqual({ chosen: ['z.onnx', 'a.onnx'], notes: [] });
  });

  it('of two checkpoints the first by name is opened, and the other is named', async () => {
    expect(await choose({ 'model-10.safetensors': safetensors, 'model-9.safetensors': safetensors })).toEqual({
      chosen: ['model-9.safetensors'],
      notes: [['warning', 'model-10.safetensors was left aside: one checkpoint is opened at a time.']],
    });
  });

  it('of two models with data of the same name only one takes it', async () => {
    const { chosen, notes } = await choose({ 'b.onnx': graph, 'net.onnx.data': data, 'a.onnx': graph });
    expect(chosen).toEqual(['a.onnx', 'net.onnx.data']);
    expect(notes).toEqual([['warning', expect.stringContaining('b.onnx was left aside')]]);
  });

  it('what a model hub puts beside the weights is left aside by name', async () => {
    const folder = {
      'README.md': words('# A model\n'),
      'config.json': words('{"model_type": "llama"}'),
      'merges.txt': words('a b\n'),
      'model.safetensors': safetensors,
      'tokenizer.json': words('{"version": "1.0"}'),
      '.DS_Store': new Uint8Array(0),
    };
    expect(await choose(folder)).toEqual({
      chosen: ['model.safetensors'],
      notes: [
        [
          'info',
          '.DS_Store, config.json, merges.txt, README.md and tokenizer.json were left aside: no part of model.safetensors.',
        ],
      ],
    });
  });

  it('where none is a checkpoint, the largest is the one that the error is about', async () => {
    const { chosen } = await choose({ 'a.txt': words('a'), 'net.onnx.data': data, 'z.txt': words('z') });
    expect(chosen).toEqual(['net.onnx.data']);
  });

  it('a file that cannot be read, as a folder cannot, is left aside', async () => {
    const folder = {
      size: 4096,
      read: () => Promise.reject(new DOMException('A folder.', 'NotFoundError')),
    };
    const { files, notes } = await chooseFiles([
      { name: 'a folder', source: folder },
      { name: 'm.safetensors', source: memorySource(safetensors) },
    ]);
    expect(files.map(({ name }) => name)).toEqual(['m.safetensors']);
    expect(notes).toMatchObject([{ text: expect.stringContaining('a folder was left aside') }]);
  });

  it('very many and very long names make no longer sentence than a person reads', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}${'x'.repeat(5000)}.txt`, words('x')]));
    const { notes } = await choose({ ...many, 'm.safetensors': safetensors });
    expect(notes[0]![1]!.length).toBeLessThan(2500);
    expect(notes[0]![1]).toContain('and 480 more were left aside');
  });
});

function place(location: string): Uint8Array {
  return record(13, text(1, 'location'), text(2, location));
}
