/** TensorFlow's checkpoints: every variable as TensorFlow reads it, and every checksum as it has to be after pruning. */
import { describe, expect, it } from 'vitest';
import { crc32c, maskedCrc } from '../../../../src/lib/crc32';
import { asFiles, digestOf, type Files, goldenFiles, goldenJson, openFiles, refusalOf } from '../foreignFiles';
import { pruned } from '../pruned';

interface Expected {
  readonly name: string;
  readonly shape: readonly number[];
  readonly sha256: string | null;
}

const expected = goldenJson<Record<string, Record<string, Expected>>>('tensorflow/expected.json');
const filesOf = (name: string) => goldenFiles(`tensorflow/${name}`);

describe.each(Object.keys(expected))('%s', (name) => {
  it('holds the variables that TensorFlow has, byte for byte', async () => {
    const opened = await openFiles(filesOf(name));
    const { tensors } = opened.checkpoint;
    // A variable in parts is one to TensorFlow.
    const inParts = tensors.flatMap(({ name: each }) => /^(.+) \(2\)$/.exec(each)?.[1] ?? []);
    const isWhole = (each: { name: string }) => !inParts.includes(each.name.replace(/ \(\d\)$/, ''));
    const ours: unknown[] = [];
    for (const tensor of tensors.filter(isWhole)) {
      const sha256 = tensor.storage < 0 ? null : await digestOf(opened, tensor);
      ours.push({ name: tensor.name, shape: tensor.shape, sha256 });
    }
    const theirs = Object.values(expected[name]!)
      .filter(isWhole)
      .map((each) => ({ name: each.name, shape: each.shape, sha256: each.sha256 }));
    const byName = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    expect(ours.sort(byName)).toEqual(theirs.sort(byName));
    expect(ours.length).toBeGreaterThan(2);
  });

  it('has valid checksums everywhere, before and after pruning', async () => {
    const files = filesOf(name);
    expect(await wrongChecksums(files)).toEqual([]);
    const { report } = await pruned(asFiles(files));
    expect(report.zeros).toBeGreaterThan(0);
    const after = new Map(files);
    for (const { name: each, file } of report.files) {
      const bytes = new Uint8Array(await file!.arrayBuffer());
      expect(bytes.length).toBe(files.get(each)!.length);
      after.set(each, bytes);
    }
    expect(report.files.some(({ name: each }) => each.endsWith('.index'))).toBe(true);
    // Reading the table checks the sums of its blocks.
    expect(await wrongChecksums(after)).toEqual([]);
  });
});

/** Those of tensors that are not the sum of their bytes. */
async function wrongChecksums(files: Files): Promise<unknown[]> {
  const { checkpoint, source } = await openFiles(files);
  const wrong: unknown[] = [];
  for (const { range, stored } of checkpoint.checksums) {
    const sum = maskedCrc(crc32c(await source.read(range.start, range.end - range.start)));
    if (sum !== stored) wrong.push(range);
  }
  expect(checkpoint.checksums.length).toBeGreaterThan(2);
  return wrong;
}

it('knows layers by Keras’ classes, and an optimizer’s variables by the objects that have them', async () => {
  const { checkpoint } = await openFiles(filesOf('keras'));
  const words = checkpoint.tensors
    .filter(({ kind }) => kind === 'conv' || kind === 'linear')
    .map(({ name, kind, because, axes }) => `${name}: ${kind}, ${because}, ${axes!.outputs}/${axes!.inputs}`);
  expect(words).toEqual([
    'sequential/conv2d/kernel: conv, kernel of Conv, 3/2',
    'sequential/depthwise_conv2d/kernel: conv, kernel of DepthwiseConv, 2,3/',
    'sequential/conv2d_transpose/kernel: conv, kernel of ConvTranspose, 2/3',
    'sequential/dense/kernel: linear, kernel of Dense, 1/0',
    'sequential/dense_1/kernel: linear, kernel of Dense, 1/0',
  ]);
  const state = checkpoint.tensors.filter(({ name }) => name.startsWith('adam/'));
  expect(new Set(state.map(({ kind, readOnly }) => `${kind}: ${readOnly}`))).toEqual(
    new Set(['optimizer: optimizer state: never touched']),
  );
  expect(state.length).toBe(26);
});

it('knows slim’s kernels and leaves an optimizer’s slots alone', async () => {
  const { opened } = await pruned(asFiles(filesOf('v1')));
  const kinds = opened.layers.map(({ name, kind }) => `${name}: ${kind}`);
  expect(kinds).toEqual(
    expect.arrayContaining([
      'MobilenetV1/Conv2d_0/weights: conv',
      'MobilenetV1/Conv2d_0/biases: bias',
      'MobilenetV1/Conv2d_1_depthwise/depthwise_weights: conv',
      'MobilenetV1/Logits/weights: linear',
      'head/kernel: linear',
      'head/kernel (2): linear',
      'MobilenetV1/Conv2d_0/weights/Adam: optimizer',
      'head/kernel/Adam_1 (2): optimizer',
    ]),
  );
});

describe('files that are missing', () => {
  it('are named by the index alone', async () => {
    const files = new Map([...filesOf('keras')].filter(([name]) => name.endsWith('.index')));
    expect(await refusalOf(files)).toMatchObject({
      code: 'missing-file',
      message:
        'net.index is the index of a TensorFlow checkpoint: its weights are in net.data-00000-of-00001, which is missing.',
    });
  });

  it('are named in a note where others are there, and their tensors are shown', async () => {
    const files = new Map([...filesOf('sharded')].filter(([name]) => !name.includes('00001-of')));
    const { checkpoint, notes } = await openFiles(files);
    expect(notes[0]).toMatch(/^net\.data-00001-of-0000\d is missing/);
    const absent = checkpoint.tensors.filter(({ readOnly }) => readOnly?.includes('was not given'));
    expect(absent.length).toBeGreaterThan(0);
  });

  it('are said by the data alone', async () => {
    const files = new Map([...filesOf('keras')].filter(([name]) => !name.endsWith('.index')));
    expect(await refusalOf(files)).toMatchObject({
      code: 'unrecognised-file',
      message: 'This is the data of a TensorFlow checkpoint, whose index is another file.',
    });
  });
});
