import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../../src/lib/crc32';
import { rolesOf } from '../../../../src/tensors/sharing';
import { expectedOf, goldenBytes, goldens, openGolden, sha256Of } from './goldens';

describe.each(goldens)('%s', (name) => {
  it('lists the tensors that PyTorch loads, with their dtypes and shapes', async () => {
    const { tensors } = await openGolden(name);
    const ours = tensors.map(({ container, name: full, dtype, shape }) => {
      const prefixed = container !== '' && full.startsWith(`${container}.`);
      return { container, key: prefixed ? full.slice(container.length + 1) : full, dtype, shape };
    });
    const theirs = expectedOf(name).map(({ container, key, dtype, shape }) => ({ container, key, dtype, shape }));
    const order = (a: { container: string; key: string }, b: { container: string; key: string }) =>
      a.container < b.container || (a.container === b.container && a.key < b.key) ? -1 : 1;
    expect(ours.sort(order)).toEqual(theirs.sort(order));
  });

  it('points at the very elements that PyTorch loads', async () => {
    const checkpoint = await openGolden(name);
    const bytes = goldenBytes(name);
    const expected = new Map(expectedOf(name).map(({ container, key, sha256 }) => [`${container}\n${key}`, sha256]));
    for (const tensor of checkpoint.tensors) {
      if (tensor.storage < 0) {
        expect(tensor.readOnly, tensor.name).toBeTruthy();
        continue;
      }
      const { container, name: full } = tensor;
      const sha256 =
        expected.get(`${container}\n${full}`) ?? expected.get(`${container}\n${full.slice(container.length + 1)}`);
      if (sha256 !== undefined) expect(sha256Of(tensor, checkpoint, bytes), tensor.name).toBe(sha256);
    }
  });

  it('knows the checksum of every record that holds weights, and every place where it is stored', async () => {
    const { checksums, format, storages } = await openGolden(name);
    const bytes = goldenBytes(name);
    const view = new DataView(bytes.buffer);
    const filled = storages.filter(({ byteLength }) => byteLength > 0);
    expect(checksums).toHaveLength(format === 'PyTorch legacy' ? 0 : filled.length);
    for (const { range, stored, fields } of checksums) {
      expect(stored).toBe(name === 'no-crc.pt' ? 0 : crc32(bytes.subarray(range.start, range.end)));
      // In the directory, and in the data descriptor or the local header.
      expect(fields).toHaveLength(2);
      for (const field of fields) expect(view.getUint32(field, true)).toBe(stored);
    }
  });
});

describe('what kind of file it is', () => {
  it.each([
    ['plain.pt', 'PyTorch zip'],
    ['rezipped-deflated.pt', 'PyTorch zip'],
    ['legacy.pt', 'PyTorch legacy'],
    ['legacy-protocol4.pt', 'PyTorch legacy'],
    ['scripted.pt', 'TorchScript'],
    ['frozen.pt', 'TorchScript'],
  ])('%s is %s', async (name, format) => {
    expect((await openGolden(name)).format).toBe(format);
  });

  it('reads the byte order from its record', async () => {
    expect((await openGolden('big-endian.pt')).byteOrder).toBe('big');
    expect((await openGolden('before-2.1.pt')).byteOrder).toBe('little');
  });
});

describe('names', () => {
  it('are keys of their own state dict, and say their container only where two hold the same key', async () => {
    const { tensors } = await openGolden('two-models.pt');
    expect(tensors.map(({ container, name }) => [container, name])).toEqual([
      ['model', 'model.w'],
      ['ema', 'ema.w'],
      ['', 'w'],
    ]);
  });

  it('are unique in every checkpoint', async () => {
    for (const golden of goldens) {
      const names = (await openGolden(golden)).tensors.map(({ name }) => name);
      expect(new Set(names).size, golden).toBe(names.length);
    }
  });

  it('may be those of JavaScript itself', async () => {
    const { tensors } = await openGolden('hostile.pt');
    expect(tensors.map(({ name }) => name)).toEqual(['weight', '__proto__']);
  });
});

describe('what may be changed', () => {
  it('is never the state of an optimizer, which is listed last', async () => {
    const { tensors } = await openGolden('nested.pt');
    const optimizer = tensors.filter(({ kind }) => kind === 'optimizer');
    expect(optimizer.length).toBeGreaterThan(0);
    expect(optimizer.every(({ container, readOnly }) => container === 'optimizer' && readOnly)).toBe(true);
    expect(tensors.slice(-optimizer.length)).toEqual(optimizer);
  });

  it('is nothing in an archive with compressed weights', async () => {
    const { readOnly, tensors } = await openGolden('rezipped-deflated.pt');
    expect(readOnly).toContain('compressed');
    expect(tensors.some(({ storage }) => storage < 0)).toBe(true);
  });

  it('is no quantised, sparse or meta tensor', async () => {
    for (const golden of ['quantised.pt', 'no-storage.pt']) {
      const { tensors } = await openGolden(golden);
      const locked = tensors.filter(({ name }) => name !== 'dense');
      expect(locked.map(({ readOnly }) => readOnly === undefined)).toEqual(locked.map(() => false));
    }
  });
});

describe('shared storages', () => {
  it('are one storage with several tensors', async () => {
    for (const golden of ['views.pt', 'views-legacy.pt']) {
      const { tensors } = await openGolden(golden);
      const storageOf = (name: string) => tensors.find((tensor) => tensor.name === name)!.storage;
      for (const view of ['tail', 'transposed', 'columns', 'overlapping'])
        expect(storageOf(view)).toBe(storageOf('base'));
    }
  });

  it('give tied modules all their names, of which the first counts', async () => {
    const { tensors } = await openGolden('module-tied.pt');
    expect(tensors.map(({ name }) => name)).toEqual(['embed.weight', 'head.weight', 'shared.weight']);
    expect(rolesOf(tensors).map(({ kind }) => kind)).toEqual(['owner', 'tied', 'tied']);
  });
});

describe('the note about code', () => {
  it('names classes outside the weights_only list', async () => {
    const { notes } = await openGolden('module.pt');
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatchObject({ severity: 'warning' });
    expect(notes[0]!.text).toContain('somebody.elses.code.Net');
    expect(notes[0]!.text).toMatch(/and \d+ more/);
  });

  it('names a function that would run a command, and nothing runs it', async () => {
    expect((await openGolden('hostile.pt')).notes[0]!.text).toMatch(/(__builtin__|builtins)\.eval/);
  });

  it('is absent where PyTorch itself would need no trust', async () => {
    for (const golden of ['plain.pt', 'legacy.pt', 'views.pt', 'quantised.pt', 'no-storage.pt', 'scripted.pt']) {
      expect((await openGolden(golden)).notes, golden).toEqual([]);
    }
  });
});
