/** Whatever happened to a TensorFlow checkpoint: one clear error, or a checkpoint that lies within its files. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unsnapped } from '../../../../src/formats/tensorflow/snappy';
import { readTable } from '../../../../src/formats/tensorflow/table';
import { ByteReader } from '../../../../src/lib/byteReader';
import { concatenated } from '../../../../src/lib/bytes';
import { crc32c, maskedCrc } from '../../../../src/lib/crc32';
import { CheckpointError } from '../../../../src/lib/errors';
import { type Files, goldenFiles, type Opened, openFiles, outside, refusalOf, withFiles } from '../foreignFiles';

const keras = goldenFiles('tensorflow/keras');
const v1 = goldenFiles('tensorflow/v1');
const footer = 48;

const indexOf = (files: Files) => [...files].find(([name]) => name.endsWith('.index'))!;

/** Makes every block's sum the one of what it holds now. */
function resealed(index: Uint8Array<ArrayBuffer>, blocks: readonly (readonly [number, number])[]) {
  const view = new DataView(index.buffer);
  for (const [start, end] of blocks) view.setUint32(end, maskedCrc(crc32c(index.subarray(start, end))), true);
  return index;
}

/** `[start, end)` of every block with the byte that says how it is compressed; the last one lists the others. */
function blocksOf(index: Uint8Array<ArrayBuffer>): [number, number][] {
  const blocks = readTable(index, {}).checksums.map(({ range }): [number, number] => [range.start, range.end]);
  const reader = new ByteReader(index.subarray(-footer));
  const numbers: number[] = [];
  for (let i = 0; i < 4; i++) {
    let value = 0;
    for (let scale = 1, byte = 0x80; byte >= 0x80; scale *= 128) {
      byte = reader.u8();
      value += (byte & 0x7f) * scale;
    }
    numbers.push(value);
  }
  return [...blocks, [numbers[2]!, numbers[2]! + numbers[3]! + 1]];
}

describe('an index', () => {
  it.each([
    ['keras', keras],
    ['v1', v1],
  ])('with changed bytes and the sums of those is refused or lies within its files: %s', async (_, files) => {
    const [name, whole] = indexOf(files);
    const blocks = blocksOf(whole);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) }), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const index = whole.slice();
          for (const { at, value } of changes) index[at] = value;
          const opened = await openFiles(withFiles(files, { [name]: resealed(index, blocks) })).catch((error) => error);
          if (opened instanceof CheckpointError) return;
          expect(outside(opened as Opened)).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('with a changed byte in a block is refused, as TensorFlow refuses it', async () => {
    const [name, whole] = indexOf(keras);
    const index = whole.slice();
    index[200]! ^= 1;
    expect(await refusalOf(withFiles(keras, { [name]: index }))).toMatchObject({
      code: 'malformed-file',
      message: 'The checksum of a block is not that of what it holds.',
    });
  });

  it('cut short is refused', async () => {
    const [name, whole] = indexOf(keras);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 60, max: whole.length - 1 }), async (length) => {
        const error = await refusalOf(withFiles(keras, { [name]: whole.slice(0, length) }));
        expect(error).toMatchObject({ code: 'malformed-file' });
      }),
    );
  });

  it('whose data is shorter than it says is refused, and names the file', async () => {
    const name = 'net.data-00000-of-00001';
    const short = keras.get(name)!.slice(0, 30_000);
    expect(await refusalOf(withFiles(keras, { [name]: short }))).toMatchObject({
      code: 'malformed-file',
      context: { file: name },
      message: expect.stringMatching(/is at bytes \d+ to \d+ of net\.data-00000-of-00001, which has only 30000/),
    });
  });
});

describe('a compressed index', () => {
  /** The one block of variables as Snappy's literals, and the table that it is in. */
  function compressed(whole: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const [[start, end]] = blocksOf(whole) as [[number, number]];
    const content = whole.slice(start, end - 1);
    const length = [(content.length & 0x7f) | 0x80, content.length >> 7];
    const literal = [61 << 2, (content.length - 1) & 0xff, (content.length - 1) >> 8];
    const block = sealed(concatenated([Uint8Array.from([...length, ...literal]), content]), 1);
    const size = block.length - 5;
    // An entry of the key "x" that leads to the block, and a restart.
    const handle = [0, (size & 0x7f) | 0x80, size >> 7];
    const entries = sealed(Uint8Array.from([0, 1, handle.length, 0x78, ...handle, 0, 0, 0, 0, 1, 0, 0, 0]), 0);
    const place = [(block.length & 0x7f) | 0x80, block.length >> 7, entries.length - 5];
    const end48 = new Uint8Array(footer);
    end48.set([0, 0, ...place]);
    end48.set(whole.subarray(-8), footer - 8);
    return concatenated([block, entries, end48]);
  }

  function sealed(content: Uint8Array, compression: number): Uint8Array<ArrayBuffer> {
    const covered = concatenated([content, Uint8Array.of(compression)]);
    const sum = new Uint8Array(4);
    new DataView(sum.buffer).setUint32(0, maskedCrc(crc32c(covered)), true);
    return concatenated([covered, sum]);
  }

  it('shows the same tensors, which stay as they are', async () => {
    const [name, whole] = indexOf(v1);
    const { checkpoint } = await openFiles(withFiles(v1, { [name]: compressed(whole) }));
    const plain = await openFiles(v1);
    expect(checkpoint.tensors).toEqual(plain.checkpoint.tensors);
    expect(checkpoint.readOnly).toMatch(/compressed \(Snappy\)/);
  });

  it('whose bytes are anything is unpacked or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(unsnapped(new ByteReader(bytes)).length).toBeLessThan(64 * 2 ** 20 + 1);
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      }),
    );
  });

  it('is unpacked with copies that reach into themselves', () => {
    // "ab", then six bytes from two before: "abababab".
    const bytes = Uint8Array.from([8, (2 - 1) << 2, 0x61, 0x62, ((6 - 4) << 2) | 1, 2]);
    expect(new TextDecoder().decode(unsnapped(new ByteReader(bytes)))).toBe('abababab');
  });
});
