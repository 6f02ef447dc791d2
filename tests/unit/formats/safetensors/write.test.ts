/** Files that Secateur writes, read by its own reader, which is as strict as the reference implementation. */
import { describe, expect, it } from 'vitest';
import { safetensors } from '../../../../src/formats/safetensors';
import { readMetadata } from '../../../../src/formats/safetensors/metadata';
import { safetensorsFile, type TensorContent } from '../../../../src/formats/safetensors/write';
import { splicedSource } from '../../../../src/lib/splice';
import { hostileNames } from '../../../support/hostileNames';
import { oneFile } from '../../../support/oneFile';

function content(
  name: string,
  dtype: TensorContent['dtype'],
  shape: readonly number[],
  bytes: number[],
): TensorContent {
  return { name, dtype, shape, content: [new Uint8Array(bytes)] };
}

describe('a written file', () => {
  it('has the tensors with their bytes, the widest first and each aligned', async () => {
    const file = splicedSource(
      safetensorsFile([
        content('mask', 'U8', [3], [1, 0, 1]),
        content('b', 'F32', [1], [1, 2, 3, 4]),
        content('a', 'F32', [], [5, 6, 7, 8]),
        content('none', 'F64', [0, 2], []),
      ]),
    );
    const { tensors, storages } = await safetensors.open(...oneFile(file, 'x'));
    expect(tensors.map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ['none', 'F64', [0, 2]],
      ['a', 'F32', []],
      ['b', 'F32', [1]],
      ['mask', 'U8', [3]],
    ]);
    const bytes = await file.read(0, file.size);
    const places = storages.map(({ segments: [segment] }) => segment!);
    expect(places.map(({ start, end }) => [...bytes.subarray(start, end)])).toEqual([
      [],
      [5, 6, 7, 8],
      [1, 2, 3, 4],
      [1, 0, 1],
    ]);
    expect(places[0]!.start % 8).toBe(0);
  });

  it('may be empty', async () => {
    expect((await safetensors.open(...oneFile(splicedSource(safetensorsFile([])), 'x'))).tensors).toEqual([]);
  });

  it('keeps every name and the metadata', async () => {
    const metadata = Object.fromEntries(hostileNames.map((name, i) => [name, `${i} "quoted"\n`]));
    const file = safetensorsFile(
      hostileNames.map((name) => content(name, 'U8', [1], [1])),
      metadata,
    );
    const { tensors } = await safetensors.open(...oneFile(splicedSource(file), 'x'));
    expect(tensors.map(({ name }) => name).sort()).toEqual([...hostileNames].sort());
    expect(await readMetadata(splicedSource(file))).toEqual(metadata);
  });

  it('has no metadata unless it is given some', async () => {
    expect(await readMetadata(splicedSource(safetensorsFile([])))).toBeUndefined();
  });
});
