/** A checkpoint that is many files: one is written for each that changes, and is as the whole would be. */
import { describe, expect, it } from 'vitest';
import { availableExports } from '../../../src/engine/exports/available';
import { exportAs } from '../../../src/engine/exports/exportAs';
import { exportPruned } from '../../../src/engine/exports/exportPruned';
import { type Part, partsOf } from '../../../src/lib/parts';
import { memorySource } from '../../../src/lib/source';
import { memorySink } from '../../../src/lib/splicingSink';
import type { Rule } from '../../../src/pruning/recipe';
import { loadWasmKernels } from '../../support/kernels';
import { bytesOf } from '../kernels/support';
import { context, patched, recipeOf, resolveExactly } from './patched';
import { checkpointOf, openInMemory } from './sessions';

const numbers = (first: number) => Array.from({ length: 40 }, (_, i) => first + ((i * 7) % 40) + 1);
const tensorOf = (name: string, first: number) =>
  ({ name, dtype: 'F32', shape: [8, 5], bytes: bytesOf('F32', numbers(first)) }) as const;
const memory = checkpointOf(['a', 'b', 'c'].map((name, i) => tensorOf(`${name}.weight`, 100 * i)));
/** Each tensor is 160 bytes, with one byte before it. */
const parts = partsOf(['a.bin', 'b.bin', 'c.bin'].map((name) => ({ name, size: 161 })));

async function exported(rule: Partial<Rule>, of: readonly Part[] = parts) {
  const checkpoint = { ...memory.checkpoint, parts: of };
  const session = await openInMemory({ file: memory.file, checkpoint }, loadWasmKernels());
  const { outcomes } = await resolveExactly(session, recipeOf(rule));
  const source = memorySource(memory.file);
  const { files, ...counts } = await exportPruned({ source, session }, outcomes, memorySink, context);
  const contents = await Promise.all(files.map(({ content }) => content.read(0, content.size)));
  const whole = await patched(memory.file, session, recipeOf(rule));
  expect(counts).toEqual(whole.counts);
  return { session, files: files.map(({ name, size }) => [name, size]), contents, whole: whole.bytes };
}

describe('a checkpoint of three files', () => {
  it('is written as the one whose weights were pruned, under its own name', async () => {
    const { files, contents, whole } = await exported({ tensors: ['b.weight'] });
    expect(files).toEqual([['b.bin', 161]]);
    expect(contents).toEqual([whole.slice(161, 322)]);
    expect(contents[0]).not.toEqual(memory.file.slice(161, 322));
  });

  it('is written as those in which a ranking of all of them took weights', async () => {
    const { files, contents, whole } = await exported({ scope: 'global', amount: { count: 60 } });
    expect(files).toEqual([
      ['a.bin', 161],
      ['b.bin', 161],
    ]);
    expect(Buffer.concat(contents).equals(whole.subarray(0, 322))).toBe(true);
  });

  it('is not written at all where nothing changes, while a single file is', async () => {
    expect((await exported({ amount: { count: 0 } })).files).toEqual([]);
    const only = await exported({ amount: { count: 0 } }, partsOf([{ name: 'all.bin', size: 483 }]));
    expect(only.files).toEqual([['all-pruned.bin', 483]]);
    expect(only.contents[0]).toEqual(memory.file);
  });

  it('says which files it is made of, and is neither compressed nor made sparse as one', async () => {
    const { session } = await exported({});
    expect(session.opened).toMatchObject({ fileName: 'a.bin', parts, size: 483 });
    expect(availableExports(session.opened)).toEqual(['masks']);
    expect(availableExports({ ...session.opened, parts: parts.slice(0, 1) })).toEqual(['masks', 'gzip']);
    const source = { source: memorySource(memory.file), session, scratch: memorySink };
    for (const kind of ['gzip', 'sparse-onnx'] as const) {
      const asOne = exportAs(source, kind, new Map(), memorySink, context);
      await expect(asOne).rejects.toThrow('a.bin is one of 3 files, which cannot be written as one.');
    }
  });
});
