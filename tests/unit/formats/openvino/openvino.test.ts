/** OpenVINO's models: every constant in its place, kinds by the operators, and whatever happens to either file. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tagsIn } from '../../../../src/formats/openvino/xml';
import { CheckpointError } from '../../../../src/lib/errors';
import {
  asFiles,
  digestOf,
  type Files,
  goldenFiles,
  goldenJson,
  type Opened,
  openFiles,
  outside,
  refusalOf,
  withFiles,
} from '../foreignFiles';
import { pruned } from '../pruned';

const expected = goldenJson<Record<string, { shape: number[]; sha256: string }>>('openvino/expected.json');
const files: Files = new Map([...goldenFiles('openvino')].filter(([name]) => name !== 'expected.json'));
const text = new TextDecoder().decode(files.get('net.xml'));
const edited = (from: string | RegExp, to: string) =>
  withFiles(files, { 'net.xml': new TextEncoder().encode(text.replace(from, to)) });

it('holds the constants that its description says, byte for byte', async () => {
  const opened = await openFiles(files);
  expect(opened.names).toEqual(['net.xml', 'net.bin']);
  expect(opened.notes).toEqual([]);
  const ours = new Map<string, unknown>();
  for (const tensor of opened.checkpoint.tensors) {
    ours.set(tensor.name, { shape: tensor.shape, sha256: await digestOf(opened, tensor) });
  }
  const theirs = Object.entries(expected).map(([key, { shape, sha256 }]) => [key, { shape, sha256 }] as const);
  expect(ours).toEqual(new Map(theirs));
});

it('knows weights by the operators that they reach', async () => {
  const { checkpoint } = await openFiles(files);
  const words = checkpoint.tensors.map(
    ({ name, kind, because, axes, readOnly }) =>
      `${name}: ${kind}${because ? `, ${because}` : ''}${axes ? `, ${axes.outputs}/${axes.inputs}` : ''}${readOnly ? `, ${readOnly}` : ''}`,
  );
  expect(words).toEqual([
    'conv/weights: conv, used by Convolution, 0/1',
    'conv/bias: bias, used by Add, in another shape',
    'sizes: integer',
    'group "a": conv, used by GroupConvolution, 0,1/2',
    'up/weights: conv, used by ConvolutionBackpropData, 1/0',
    'prelu/slope: prelu, used by PRelu',
    'first: linear, used by MatMul, 0/1',
    'second: linear, used by MatMul, 1/0',
    'table: embedding, used by Gather, 0/1',
    'axis: integer',
    'lstm/W: recurrent, used by LSTMSequence, 1/2',
    'lstm/R: recurrent, used by LSTMSequence, 1/2',
    'lstm/B: bias, used by LSTMSequence',
    'packed/scale: parameter, used by Multiply',
    'packed: integer, weights in bytes or less, with scales of their own: prune the model before it is compressed',
    'loop/body/step/weights: linear, used by MatMul, 0/1',
  ]);
});

it('is pruned in its file of weights alone, constants in one place together', async () => {
  const { report, opened } = await pruned(asFiles(files));
  expect(report.files.map(({ name }) => name)).toEqual(['net.bin']);
  expect(report.files[0]!.file!.size).toBe(files.get('net.bin')!.length);
  expect(report.zeros).toBeGreaterThan(0);
  const second = opened.layers.find(({ name }) => name === 'lstm/R')!;
  expect(second.sameAs).toBe(opened.layers.find(({ name }) => name === 'lstm/W')!.id);
});

it('says which file is missing, and shows what the description has', async () => {
  const { checkpoint, notes } = await openFiles(new Map([['net.xml', files.get('net.xml')!]]));
  expect(notes).toEqual(['Its weights are in net.bin, which is missing: drop both files together.']);
  expect(checkpoint.tensors[0]).toMatchObject({
    shape: [8, 3, 3, 3],
    readOnly: 'stored in net.bin, which was not given',
  });
});

describe('a description', () => {
  it.each<[string, Files, object]>([
    ['of an old version', edited('version="11"', 'version="7"'), { code: 'unsupported-feature' }],
    [
      'whose weights end before a constant does',
      withFiles(files, { 'net.bin': files.get('net.bin')!.slice(0, 500) }),
      { code: 'malformed-file', message: expect.stringMatching(/of net\.bin, which has only 500/) },
    ],
    [
      'with constants that overlap',
      edited('offset="0"', 'offset="4"'),
      { message: expect.stringMatching(/overlap at byte/) },
    ],
    [
      'with a constant of another size',
      edited('size="864"', 'size="860"'),
      { message: expect.stringMatching(/needs 864 bytes/) },
    ],
    [
      'with two layers of one id',
      edited('<layer id="2"', '<layer id="1"'),
      { message: expect.stringMatching(/the id 1/) },
    ],
    [
      'that closes what is not open',
      edited('</edges>', '</layers>'),
      { message: expect.stringMatching(/closes <layers>/) },
    ],
  ])('%s is refused', async (_, given, error) => {
    expect(await refusalOf(given)).toMatchObject(error);
  });

  it('with changed characters is refused, or lies within its files', async () => {
    const whole = files.get('net.xml')!;
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.integer({ min: 32, max: 126 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = whole.slice();
        for (const { at, value } of changes) bytes[at] = value;
        const opened = await openFiles(withFiles(files, { 'net.xml': bytes })).catch((error: unknown) => error);
        if (opened instanceof CheckpointError) return;
        expect(outside(opened as Opened)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('of any text has tags, or one error', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '"',
      "'",
      '<!--',
      '-->',
      '<?',
      '?>',
      '<a ',
      'b="c"',
      ' ',
      'x',
      '&amp;',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          for (const { name } of tagsIn(pieces.join(''), {})) expect(name).not.toContain('<');
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      }),
    );
  });
});
