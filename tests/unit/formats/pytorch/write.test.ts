/** State dicts that Secateur writes, read by its own reader. PyTorch reads them in tests/interop. */
import { describe, expect, it } from 'vitest';
import { plainHost } from '../../../../src/formats/pytorch/host';
import { unpickle } from '../../../../src/formats/pytorch/pickle/unpickle';
import { type NewStateDict, type NewTensor, torchCheckpoint } from '../../../../src/formats/pytorch/write/checkpoint';
import { PickleWriter } from '../../../../src/formats/pytorch/write/pickleWriter';
import { openCheckpoint } from '../../../../src/formats/registry';
import { crc32 } from '../../../../src/lib/crc32';
import { splicedSource } from '../../../../src/lib/splice';
import type { Dtype } from '../../../../src/tensors/dtype';
import { hostileNames } from '../../../support/hostileNames';
import { oneFile } from '../../../support/oneFile';

function storage(length: number) {
  const bytes = new Uint8Array(length).fill(7);
  return { content: [bytes], crc: crc32(bytes) };
}

function tensor(dtype: Dtype, place: Partial<NewTensor> = {}): NewTensor {
  return { dtype, storage: 0, offset: 0, shape: [2], strides: [1], ...place };
}

async function opened(stateDict: NewStateDict, sizes: readonly number[], byteOrder: 'little' | 'big' = 'little') {
  return openCheckpoint(
    ...oneFile(splicedSource(torchCheckpoint(stateDict, sizes.map(storage), byteOrder)), 'new.pth'),
  );
}

describe('a written checkpoint', () => {
  it('has its tensors as they were described, in order', async () => {
    const made = tensor('F32', { offset: 1, shape: [2, 3], strides: [1, 2] });
    const shared = tensor('F32', { shape: [8], strides: [1] });
    const checkpoint = await opened(
      new Map([
        ['b', made],
        ['a', shared],
      ]),
      [32],
      'big',
    );
    expect(checkpoint).toMatchObject({ format: 'PyTorch zip', byteOrder: 'big', notes: [] });
    expect(checkpoint.tensors).toMatchObject([
      { name: 'b', container: '', dtype: 'F32', shape: [2, 3], strides: [1, 2], storage: 0, storageOffset: 1 },
      { name: 'a', dtype: 'F32', shape: [8], strides: [1], storage: 0, storageOffset: 0 },
    ]);
    expect(checkpoint.storages).toHaveLength(1);
  });

  const widths = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1, C64: 8, C128: 16 };
  const newer = { U16: 2, U32: 4, U64: 8, F8_E4M3: 1, F8_E5M2: 1, C32: 4 };
  it.each(Object.entries({ ...widths, ...newer }) as [Dtype, number][])('holds %s', async (dtype, width) => {
    const { tensors } = await opened(new Map([['x', tensor(dtype)]]), [2 * width]);
    expect(tensors).toMatchObject([{ name: 'x', dtype, shape: [2] }]);
  });

  it('holds tensors of two dtypes in one storage', async () => {
    const { tensors } = await opened(
      new Map([
        ['x', tensor('F32')],
        ['y', tensor('I32')],
      ]),
      [8],
    );
    expect(tensors).toMatchObject([{ dtype: 'F32' }, { dtype: 'I32' }]);
  });

  it('refuses dtypes that no plain tensor has', () => {
    expect(() => torchCheckpoint(new Map([['x', tensor('QINT8')]]), [storage(2)], 'little')).toThrow(/QINT8/);
  });

  it('keeps several state dicts apart', async () => {
    const ema: NewStateDict = new Map([['w', tensor('F32')]]);
    const both = new Map<string, NewTensor | NewStateDict>([
      ['ema', ema],
      ['w', tensor('F32')],
    ]);
    const { tensors } = await opened(both, [8]);
    expect(tensors).toMatchObject([
      { name: 'ema.w', container: 'ema' },
      { name: 'w', container: '' },
    ]);
  });

  it('keeps every name', async () => {
    const { tensors } = await opened(new Map(hostileNames.map((name) => [name, tensor('F32')])), [8]);
    expect(tensors.map(({ name }) => name)).toEqual(hostileNames);
  });

  it('may be empty, and is said to be', async () => {
    await expect(opened(new Map(), [])).rejects.toThrow('it holds an empty dict');
  });
});

describe('the pickle writer', () => {
  it.each([0, 255, 2 ** 31 - 1, 2 ** 31, 2 ** 52])('writes the count %i', (value) => {
    const pickle = new PickleWriter();
    pickle.count(value);
    expect(unpickle(pickle.finish(), 0, plainHost).value).toBe(value);
  });
});
