/** Checkpoints of many files: what huggingface_hub wrote (tests/golden/shards.py), and sets that something is wrong with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseFiles } from '../../../../src/formats/chooseFiles';
import { openCheckpoint } from '../../../../src/formats/registry';
import { shardName, siblingName, wholeName } from '../../../../src/formats/shards/names';
import { readZip } from '../../../../src/formats/zip/directory';
import { crc32 } from '../../../../src/lib/crc32';
import { CheckpointError } from '../../../../src/lib/errors';
import { joinedSource, partsOf } from '../../../../src/lib/parts';
import { memorySource } from '../../../../src/lib/source';
import { pruned } from '../pruned';
import { fileOf } from '../safetensors/files';

const golden = resolve(import.meta.dirname, '../../../golden/files/shards');
const expected: { kept: Record<string, string>; tensors: Record<string, string> } = JSON.parse(
  readFileSync(join(golden, 'expected.json'), 'utf8'),
);
const folder = (kind: string) =>
  readdirSync(join(golden, kind)).map((name) => new File([readFileSync(join(golden, kind, name))], name));

type Files = Readonly<Record<string, Uint8Array>>;

const text = (content: unknown) =>
  new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content));
const indexOf = (places: Record<string, string>) => text({ metadata: { total_size: 8 }, weight_map: places });

/** A safetensors file of so many vectors of two. */
function shardOf(...names: readonly string[]): Uint8Array {
  const fields = names.map((name, i) => [name, { dtype: 'F32', shape: [2], data_offsets: [i * 8, i * 8 + 8] }]);
  return fileOf(JSON.stringify(Object.fromEntries(fields)), names.length * 8);
}

async function open(files: Files) {
  const given = Object.entries(files).map(([name, bytes]) => ({ name, source: memorySource(bytes) }));
  const { files: chosen, notes } = await chooseFiles(given);
  const source = joinedSource(chosen.map((file) => file.source));
  const parts = partsOf(chosen.map(({ name, source: { size } }) => ({ name, size })));
  const checkpoint = await openCheckpoint(source, parts);
  return {
    checkpoint,
    source,
    files: parts.map(({ name }) => name),
    names: checkpoint.tensors.map(({ name }) => name),
    notes: [...notes, ...checkpoint.notes].map((note) => note.text),
  };
}

const refusal = (files: Files) =>
  open(files).then(
    () => undefined,
    (error: unknown) => error,
  );

/** Elements of every tensor by name, read from the files as they are. */
async function tensorsIn(files: readonly File[]) {
  const all: Record<string, Uint8Array> = {};
  for (const file of files) all[file.name] = new Uint8Array(await file.arrayBuffer());
  const { checkpoint, source } = await open(all);
  const read = new Map<string, Uint8Array>();
  for (const { name, storage } of checkpoint.tensors) {
    const { start, end } = checkpoint.storages[storage]!.segments[0]!;
    read.set(name, await source.read(start, end - start));
  }
  return { read, checkpoint, source };
}

describe.each([
  ['safetensors', 'model.safetensors.index.json'],
  ['torch', 'pytorch_model.bin.index.json'],
])('shards of %s', (kind, indexName) => {
  it('are one model, ranked as PyTorch ranks it, and only those that change are written', async () => {
    const files = folder(kind);
    const { opened, report } = await pruned([...files].reverse());
    expect(opened.fileName).toBe(indexName);
    expect(opened.notes.filter(({ severity }) => severity === 'warning')).toEqual([]);
    expect(opened.layers.map(({ name }) => name).sort()).toEqual(Object.keys(expected.tensors).sort());
    // The first shard holds the convolution, the others linear layers: all change, and the index does not.
    expect(report.files.map(({ name }) => name)).toEqual(
      files.map(({ name }) => name).filter((name) => name !== indexName),
    );
    const written = report.files.map(({ name, file }) => new File([file!], name));
    const before = await tensorsIn(files);
    const after = await tensorsIn([files.find(({ name }) => name === indexName)!, ...written]);
    for (const [name, bytes] of after.read) {
      const was = before.read.get(name)!;
      const kept = expected.kept[name];
      if (!kept) expect(bytes).toEqual(was);
      else
        [...kept].forEach((bit, i) => {
          const element = bytes.subarray(4 * i, 4 * i + 4);
          expect(element).toEqual(bit === '1' ? was.subarray(4 * i, 4 * i + 4) : new Uint8Array(4));
        });
    }
    for (const { range, stored } of after.checkpoint.checksums) {
      expect(crc32(await after.source.read(range.start, range.end - range.start))).toBe(stored);
    }
  });

  it('are joined without their index, as their names say', async () => {
    const files = folder(kind).filter(({ name }) => name !== indexName);
    const { opened } = await pruned(files);
    expect(opened.parts).toHaveLength(5);
    expect(opened.notes.filter(({ severity }) => severity === 'warning')).toEqual([]);
  });
});

describe('what is missing is named', () => {
  const first = 'm-00001-of-00003.safetensors';
  const second = 'm-00002-of-00003.safetensors';
  const third = 'm-00003-of-00003.safetensors';
  const index = indexOf({ a: first, b: second, c: third });

  it('by an index alone, in an error', async () => {
    expect(await refusal({ 'm.safetensors.index.json': index })).toMatchObject({
      code: 'missing-file',
      message: `m.safetensors.index.json is an index: its weights are in ${first}, ${second} and ${third}, which are missing.`,
    });
  });

  it('by an index with some of its shards, which open', async () => {
    const { names, notes } = await open({ [second]: shardOf('b'), 'm.safetensors.index.json': index });
    expect(names).toEqual(['b']);
    expect(notes).toEqual([expect.stringContaining(`${first} and ${third} are missing: this is a part`)]);
  });

  it('by the names of shards, where there is no index', async () => {
    const { names, notes } = await open({ [third]: shardOf('c'), [first]: shardOf('a') });
    expect(names).toEqual(['a', 'c']);
    expect(notes).toEqual([expect.stringContaining(`${second} is missing`)]);
  });

  it('by a shard alone', async () => {
    const { names, notes } = await open({ [first]: shardOf('a') });
    expect(names).toEqual(['a']);
    expect(notes).toEqual([expect.stringContaining(`${second} and ${third} are missing`)]);
  });
});

describe('an index is not believed', () => {
  it.each(['../up.safetensors', '/etc/passwd', 'C:\\w.safetensors', 'a\\b.safetensors', 'x\0.safetensors', ''])(
    'where it names %j',
    async (location) => {
      const { names, notes } = await open({
        'm.index.json': indexOf({ a: location, b: 'b.safetensors' }),
        'b.safetensors': shardOf('b'),
      });
      expect(names).toEqual(['b']);
      expect(notes).toEqual([expect.stringContaining('no place beside it, and was not followed')]);
    },
  );

  it('where it names itself', async () => {
    const error = await refusal({ 'm.index.json': indexOf({ a: 'm.index.json' }) });
    expect(error).toMatchObject({ code: 'malformed-file' });
  });

  it('where it says another shard, one without the tensor, or nothing at all', async () => {
    const { names, notes } = await open({
      'm.index.json': indexOf({ a: 'y.safetensors', b: 'y.safetensors', c: 'x.safetensors' }),
      'x.safetensors': shardOf('a', 'd'),
      'y.safetensors': shardOf('b'),
    });
    expect(names).toEqual(['a', 'd', 'b']);
    expect(notes).toEqual([
      'The index says that "c" would be in a shard that does not hold it.',
      '"a": in another shard than the index says.',
      'The index does not list "d": what loads by it may leave that out.',
    ]);
  });

  it.each<[string, string, string]>([
    ['a tensor twice', '{"weight_map": {"a": "x", "a": "y"}}', 'malformed-file'],
    ['two maps', '{"weight_map": {"a": "x"}, "weight_map": {}}', 'malformed-file'],
    ['no tensor', '{"weight_map": {}}', 'malformed-file'],
    ['a number for a file', '{"weight_map": {"a": 5}}', 'malformed-file'],
    ['something behind it', '{"weight_map": {"a": "x"}} {}', 'malformed-file'],
    ['no map', '{"metadata": {}}', 'unrecognised-file'],
  ])('with %s', async (_, content, code) => {
    expect(await refusal({ 'm.index.json': text(content) })).toMatchObject({ code });
  });

  it('names a tensor that __proto__ would take', async () => {
    const { names, notes } = await open({
      'm.index.json': text('{"weight_map": {"__proto__": "x.safetensors"}}'),
      'x.safetensors': fileOf('{"__proto__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 8),
    });
    expect({ names, notes }).toEqual({ names: ['__proto__'], notes: [] });
  });
});

describe('shards that are no parts of one model', () => {
  const [first, second] = ['m-00001-of-00002.safetensors', 'm-00002-of-00002.safetensors'];

  it('hold a tensor of the same name: which counts is not guessed', async () => {
    expect(await refusal({ [first]: shardOf('a', 'b'), [second]: shardOf('b') })).toMatchObject({
      code: 'malformed-file',
      message: `The tensor "b" is in ${first} and in ${second}: programs disagree about which one counts.`,
    });
  });

  it('are named where one is something else', async () => {
    const pointer = text('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n');
    const error = await refusal({
      'm.index.json': indexOf({ a: first, b: second }),
      [first]: shardOf('a'),
      [second]: pointer,
    });
    expect(error).toMatchObject({ message: expect.stringContaining('a Git LFS pointer') });
  });

  it('are left aside where another set opens', async () => {
    const { files, notes } = await open({
      'a.index.json': indexOf({ a: first }),
      [first]: shardOf('a'),
      'z-1.safetensors': shardOf('z'),
      'README.md': text('# A model'),
    });
    expect(files).toEqual(['a.index.json', first]);
    expect(notes.slice(0, 2)).toEqual([
      'z-1.safetensors was left aside: one checkpoint is opened at a time.',
      'README.md was left aside: no part of a.index.json.',
    ]);
  });
});

describe('the name of a shard', () => {
  it.each<[string, number, number, string]>([
    ['model-00001-of-00003.safetensors', 1, 3, 'model.safetensors'],
    ['pytorch_model-00002-of-00002.bin', 2, 2, 'pytorch_model.bin'],
    ['diffusion.fp16-00010-of-00012.safetensors', 10, 12, 'diffusion.fp16.safetensors'],
    ['model-00001-of-00002.fp16.safetensors', 1, 2, 'model.fp16.safetensors'],
    ['llama-00001-of-00002.gguf', 1, 2, 'llama.gguf'],
  ])('%s says which it is', (name, number, of, whole) => {
    expect(shardName(name)).toMatchObject({ number, of });
    expect(wholeName(name)).toBe(whole);
    expect(siblingName(name, number)).toBe(name);
  });

  it.each([
    'model.safetensors',
    'model-00004-of-00003.safetensors',
    'model-00000-of-00003.bin',
    'a-00001-of-00001.bin',
  ])('%s says nothing', (name) => {
    expect(shardName(name)).toBeUndefined();
  });
});

describe('a thousand shards', () => {
  const pad = (number: number) => String(number).padStart(5, '0');
  const places: Record<string, string> = {};
  const files: Record<string, Uint8Array> = {};
  for (let shard = 1; shard <= 1000; shard++) {
    const name = `model-${pad(shard)}-of-01000.safetensors`;
    const tensors = Array.from({ length: 10 }, (_, i) => `layers.${shard}.${i}.weight`);
    for (const tensor of tensors) places[tensor] = name;
    files[name] = shardOf(...tensors);
  }

  it('are one checkpoint, of which every byte is whose it was', async () => {
    const {
      checkpoint,
      files: chosen,
      notes,
    } = await open({ ...files, 'model.safetensors.index.json': indexOf(places) });
    expect(chosen).toHaveLength(1001);
    expect(checkpoint.tensors).toHaveLength(10_000);
    expect(notes).toEqual([]);
    for (const { name, storage } of checkpoint.tensors.filter((_, i) => i % 97 === 0)) {
      const { start, end } = checkpoint.storages[storage]!.segments[0]!;
      const part = checkpoint.parts.find((each) => each.start <= start && end <= each.end);
      expect(part?.name).toBe(places[name]);
    }
  });
});

describe('any index', () => {
  const plain = indexOf({ a: 'x-00001-of-00002.safetensors', b: 'x-00002-of-00002.safetensors' });
  const beside = { 'x-00001-of-00002.safetensors': shardOf('a'), 'x-00002-of-00002.safetensors': shardOf('b') };
  const change = fc.record({ at: fc.nat(1000), value: fc.nat(255) });

  it('with changed bytes opens, with everything inside its files, or is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
        const bytes = new Uint8Array(plain);
        for (const { at, value } of changes) bytes[at % bytes.length] = value;
        const opened = await open({ ...beside, 'x.index.json': bytes }).catch((error: unknown) => error);
        if (opened instanceof CheckpointError) return;
        const { checkpoint, source } = opened as Awaited<ReturnType<typeof open>>;
        for (const { segments } of checkpoint.storages) {
          for (const { start, end } of segments) expect(0 <= start && end <= source.size).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('more than eight changed shards', () => {
  it('are downloaded as one archive of stored entries, which holds each as it would be alone', async () => {
    const many = Array.from({ length: 12 }, (_, i) => {
      const name = `m-${String(i + 1).padStart(5, '0')}-of-00012.safetensors`;
      const header = JSON.stringify({
        [`${i}.weight`]: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
        [`${i}.bias`]: { dtype: 'F32', shape: [2], data_offsets: [16, 24] },
      });
      const values = new Float32Array([1 + i, 100 + i, 200 + i, 0.5 + i, 1, 1]);
      const bytes = fileOf(header, new Uint8Array(values.buffer));
      return new File([bytes], name);
    });
    const { report } = await pruned(many);
    const [archive, ...others] = report.files;
    expect(others).toEqual([]);
    expect(archive!.name).toBe('m-pruned.zip');
    const bytes = new Uint8Array(await archive!.file!.arrayBuffer());
    const entries = await readZip(memorySource(bytes), {});
    expect(entries.map(({ name }) => name)).toEqual(many.map(({ name }) => name));
    expect(report.holds).toEqual(many.map(({ name, size }) => ({ name, size })));
    for (const { deflated, range, crc } of entries) {
      expect(deflated).toBe(false);
      expect(crc32(bytes.subarray(range.start, range.end))).toBe(crc);
    }
    let zeros = 0;
    for (const { range } of entries) {
      const weights = new Float32Array(bytes.slice(range.end - 24, range.end - 8).buffer);
      for (const weight of weights) if (weight === 0) zeros++;
    }
    expect(zeros).toBe(24);
  });
});
