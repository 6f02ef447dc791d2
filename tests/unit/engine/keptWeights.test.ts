/** Weights that stay in memory give what the file gives, are never changed, and go when they have to. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createEngine } from '../../../src/engine/engine';
import { measure } from '../../../src/engine/passes/measure';
import { type PlainPasses, passesHere } from '../../../src/engine/passes/plainPasses';
import { preview } from '../../../src/engine/pictures/preview';
import { joinStatistics } from '../../../src/engine/pool/join';
import { planPortions } from '../../../src/engine/pool/planPortions';
import type { KeptWeights } from '../../../src/engine/reading/keptWeights';
import { type Chunk, streamUnits } from '../../../src/engine/reading/stream';
import { bytesForWeights, WeightMemory } from '../../../src/engine/reading/weightMemory';
import { openSession, type Session, sessionOf } from '../../../src/engine/session';
import type { Kernels } from '../../../src/kernels/kernels';
import { toWireError } from '../../../src/lib/errors';
import { type ByteSource, memorySource } from '../../../src/lib/source';
import type { Rule } from '../../../src/pruning/recipe';
import { expectSame } from '../../support/expectSame';
import { loadWasmKernels } from '../../support/kernels';
import { oneFile } from '../../support/oneFile';
import { goldenBytes } from '../formats/safetensors/files';
import { storedAnyhow } from './cases';
import { context, patched, recipeOf, resolveExactly } from './patched';
import { checkpointOf, openInMemory } from './sessions';

const kernels = loadWasmKernels();

/** Remembers what it gave out. */
class WatchedMemory extends WeightMemory {
  readonly given: KeptWeights[] = [];

  constructor(limit = 2 ** 30) {
    super(limit);
  }

  override claim(bytes: number): KeptWeights | undefined {
    const kept = super.claim(bytes);
    if (kept) this.given.push(kept);
    return kept;
  }
}

/** Counts what is read of it. */
function counting(bytes: Uint8Array): ByteSource & { reads: number; bytes: number } {
  const source = memorySource(bytes);
  const counted = {
    size: source.size,
    reads: 0,
    bytes: 0,
    read(offset: number, length: number) {
      counted.reads++;
      counted.bytes += length;
      return source.read(offset, length);
    },
  };
  return counted;
}

const rules: Partial<Rule>[][] = [
  [{ amount: { sparsity: 0.3 }, scope: 'global' }],
  [{ amount: { threshold: 0.1 } }],
  [{ granularity: { dim: 0, norm: 2 }, amount: { sparsity: 0.25 } }],
  [{ granularity: { n: 2, m: 4 } }],
  [{ criterion: 'random', amount: { sparsity: 0.5 } }],
];

/** All that a session reads weights for. */
async function figures(session: Session, original: Uint8Array, recipe: ReturnType<typeof recipeOf>) {
  const { outcomes, ...resolution } = await resolveExactly(session, recipe);
  const tensors = session.units.map((unit) => unit.tensor);
  const pictures = [];
  for (const id of tensors) {
    const outcome = outcomes.get(id);
    const request = { tensor: id, rows: 8, columns: 8, ...(outcome ? { outcome } : {}) };
    pictures.push(await preview(session.measurable, session.units, request, context));
  }
  const weights = await session.weights(outcomes, tensors, context);
  const written = session.opened.readOnly === undefined ? await patched(original, session, recipe) : undefined;
  return { outcomes, resolution, pictures, weights, bytes: written?.bytes, counts: written?.counts };
}

const folder = resolve(import.meta.dirname, '../../golden/files');
const goldens = ['pytorch', 'safetensors', 'onnx'].flatMap((format) =>
  readdirSync(join(folder, format))
    .filter((name) => /\.(pt|ckpt|safetensors|onnx)$/.test(name))
    .map((name) => `${format}/${name}`),
);

describe('kept weights', () => {
  it.each(goldens)('give what the file gives, without reading it: %s', async (name) => {
    const original = new Uint8Array(readFileSync(join(folder, name)));
    const source = counting(original);
    const kept = await openSession(...oneFile(source, name), kernels, context, { memory: new WatchedMemory() });
    const plain = await openSession(...oneFile(memorySource(original), name), kernels, context);
    expectSame(kept.opened, plain.opened, 'opened');
    source.reads = 0;
    const all = plain.opened.layers.filter(({ prunable, statistics }) => prunable && statistics);
    for (const some of rules) {
      const recipe = recipeOf(...some.map((rule) => ({ ...rule, tensors: all.map((layer) => layer.name) })));
      const expected = await figures(plain, original, recipe).catch((error: Error) => error.message);
      const found = await figures(kept, original, recipe).catch((error: Error) => error.message);
      expectSame(found, expected, JSON.stringify(some));
    }
    // What stands as varints is written over them.
    if (!kept.measurable.checkpoint.encoded) expect(source.reads).toBe(0);
  });

  it('give what the file gives, however they were stored and cut when they were read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(storedAnyhow, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('little' as const, 'big' as const),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        async (some, byteOrder, eights, left) => {
          const inMemory = checkpointOf(
            some.map((one, i) => ({ ...one, name: `${i}.weight` })),
            byteOrder,
          );
          const inParts: PlainPasses = {
            ...passesHere,
            measure: async (weights, units, own) => {
              const found = [];
              for (const portion of planPortions(units, eights * 8))
                found.push(await measure(weights, portion.units, own));
              return joinStatistics(found);
            },
          };
          const plain = await openInMemory(inMemory, kernels);
          const source = counting(inMemory.file);
          const means = { passes: inParts, memory: new WatchedMemory() };
          const kept = await sessionOf(source, inMemory.checkpoint, kernels, context, means);
          // Some tensors alone are cut elsewhere than all together.
          const names = some.map((_, i) => `${i}.weight`).filter((_, i) => i !== left % (some.length + 1));
          source.reads = 0;
          for (const amount of [{ threshold: 0.5 }, { sparsity: 0.5 }]) {
            const recipe = recipeOf({ tensors: names, amount });
            const expected = await figures(plain, inMemory.file, recipe);
            expectSame(await figures(kept, inMemory.file, recipe), expected, 'figures');
          }
          expect(source.reads).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('memory for weights', () => {
  const bytes = goldenBytes('plain.safetensors');
  /** Its scores have to be looked up each time. */
  const recipe = recipeOf({ criterion: 'random', amount: { sparsity: 0.3 } });

  it.each([
    [undefined, 128],
    [0.5, 32],
    [4, 256],
    [8, 512],
    [32, 512],
  ])('is, on a device of %s GiB, %d MiB', (deviceMemory, mebibytes) => {
    expect(bytesForWeights(deviceMemory)).toBe(mebibytes * 2 ** 20);
  });

  it('is asked for what measuring reads, gaps between large tensors included', async () => {
    const kept = new WatchedMemory();
    const asked: number[] = [];
    const claim = kept.claim.bind(kept);
    vi.spyOn(kept, 'claim').mockImplementation((of) => {
      asked.push(of);
      return claim(of);
    });
    const shape = [1024, 512];
    const weights = new Uint8Array(4 * 1024 * 512);
    const stored = ['a.weight', 'b.weight'].map((name) => ({ name, dtype: 'F32' as const, shape, bytes: weights }));
    const { file, checkpoint } = checkpointOf(stored);
    const source = counting(file);
    await sessionOf(source, checkpoint, kernels, context, { memory: kept });
    expect(asked).toEqual([source.bytes]);
  });

  it('holds all weights of a checkpoint or none', async () => {
    let wanted = 0;
    const asked = new (class extends WeightMemory {
      override claim(of: number) {
        wanted = of;
        return super.claim(of);
      }
    })(0);
    await openSession(...oneFile(memorySource(bytes), 'plain.safetensors'), kernels, context, { memory: asked });
    for (const [limit, isKept] of [
      [wanted, true],
      [wanted - 1, false],
    ] as const) {
      const source = counting(bytes);
      const session = await openSession(...oneFile(source, 'plain.safetensors'), kernels, context, {
        memory: new WeightMemory(limit),
      });
      source.reads = 0;
      await resolveExactly(session, recipe);
      expect(source.reads === 0).toBe(isKept);
    }
  });

  it('goes to the checkpoint that is opened last; the one before reads its file again', async () => {
    const memory = new WatchedMemory();
    const source = counting(bytes);
    const first = await openSession(...oneFile(source, 'plain.safetensors'), kernels, context, { memory });
    const expected = await resolveExactly(first, recipe);
    source.reads = 0;
    await openSession(...oneFile(memorySource(bytes), 'plain.safetensors'), kernels, context, { memory });
    expect(memory.given.map(({ areGone }) => areGone)).toEqual([true, false]);
    expectSame(await resolveExactly(first, recipe), expected, 'resolution');
    expect(source.reads).toBeGreaterThan(0);
  });

  it('goes at once, but not before the last pass over it is done', async () => {
    const memory = new WatchedMemory();
    const session = await openSession(...oneFile(memorySource(bytes), 'plain.safetensors'), kernels, context, {
      memory,
    });
    const { source, checkpoint } = session.measurable;
    const { byteOrder } = checkpoint;
    const plain = streamUnits(memorySource(bytes), session.units, { byteOrder });
    let first: Uint8Array | undefined;
    for await (const { unit, elements } of streamUnits(source, session.units, { byteOrder, readOnly: true })) {
      first ??= elements;
      memory.claim(0);
      const expected = (await plain.next()).value as Chunk;
      expect([unit.name, elements]).toEqual([expected.unit.name, expected.elements]);
    }
    expect((await plain.next()).done).toBe(true);
    expect(first).toHaveLength(0);
  });

  it('is given up for a checkpoint that does not fit, too', async () => {
    const memory = new WatchedMemory(2 ** 20);
    await openSession(...oneFile(memorySource(bytes), 'plain.safetensors'), kernels, context, { memory });
    expect(memory.claim(2 ** 20 + 1)).toBeUndefined();
    expect(memory.given.map(({ areGone }) => areGone)).toEqual([true]);
  });

  it.each([
    ['cancelled', 'cancelled'],
    ['failed', 'file-unreadable'],
  ])('is free again when opening was %s midway', async (_, code) => {
    const memory = new WatchedMemory();
    const controller = new AbortController();
    const plain = memorySource(bytes);
    const source: ByteSource = {
      size: plain.size,
      async read(offset, length) {
        if (memory.given.length === 0) return plain.read(offset, length);
        if (code === 'cancelled') controller.abort();
        return plain.read(code === 'cancelled' ? offset : plain.size, length);
      },
    };
    const own = { ...context, signal: controller.signal };
    const opening = openSession(...oneFile(source, 'plain.safetensors'), kernels, own, { memory });
    await expect(opening).rejects.toMatchObject({ code });
    expect(memory.given.map(({ areGone }) => areGone)).toEqual([true]);
  });

  it('is done without where it is not to be had', async () => {
    const memory = new WatchedMemory();
    const plain = memorySource(bytes);
    let failures = 0;
    const source: ByteSource = {
      size: plain.size,
      async read(offset, length) {
        if (memory.given.length > 0 && failures++ === 0) throw new RangeError('Array buffer allocation failed');
        return plain.read(offset, length);
      },
    };
    const session = await openSession(...oneFile(source, 'plain.safetensors'), kernels, context, { memory });
    const alone = await openSession(...oneFile(plain, 'plain.safetensors'), kernels, context);
    expectSame(session.opened, alone.opened, 'opened');
    expect(memory.given.map(({ areGone }) => areGone)).toEqual([true]);
    expectSame(await resolveExactly(session, recipe), await resolveExactly(alone, recipe), 'resolution');
  });

  it('is given up where a later pass needs it', async () => {
    const memory = new WatchedMemory();
    let failures = 0;
    const scarce: Kernels = {
      ...kernels,
      scorer: (dtype, scoring) => {
        if (failures++ === 0) throw new RangeError('Array buffer allocation failed');
        return kernels.scorer(dtype, scoring);
      },
    };
    const session = await openSession(...oneFile(memorySource(bytes), 'plain.safetensors'), scarce, context, {
      memory,
    });
    const alone = await openSession(...oneFile(memorySource(bytes), 'plain.safetensors'), kernels, context);
    expectSame(await resolveExactly(session, recipe), await resolveExactly(alone, recipe), 'resolution');
    expect(memory.given.map(({ areGone }) => areGone)).toEqual([true]);
  });
});

describe('a file that changes on disk while its weights are kept', () => {
  /** A File, as a browser has it that reads what is on disk now. */
  function fileOnDisk(name: string) {
    const disk = { bytes: goldenBytes(name), isReadable: true };
    const file = new File([disk.bytes], name);
    file.slice = (start, end) => {
      const slice = new Blob([disk.bytes.slice(start, end)]);
      if (!disk.isReadable) slice.arrayBuffer = () => Promise.reject(new DOMException('Gone.', 'NotReadableError'));
      return slice;
    };
    return { disk, file };
  }

  async function opened() {
    const { disk, file } = fileOnDisk('plain.safetensors');
    const engine = createEngine(kernels, { memory: new WeightMemory(2 ** 30) });
    await engine.open({ files: [file] }, context);
    return { disk, engine };
  }

  it.each(['export', 'exportAs'] as const)('is not written beside them (%s)', async (method) => {
    const { disk, engine } = await opened();
    const write = () =>
      method === 'export'
        ? engine.export({ outcomes: new Map() }, context)
        : engine.exportAs({ kind: 'permanent', outcomes: new Map() }, context);
    await expect(write()).resolves.toBeDefined();
    disk.bytes = disk.bytes.map((byte, i) => (i < 600 ? byte : byte ^ 1));
    await expect(write()).rejects.toMatchObject({ code: 'file-unreadable', message: /was changed after/ });
    disk.isReadable = false;
    const thrown: unknown = await write().catch((error: unknown) => error);
    expect(toWireError(thrown).code).toBe('file-unreadable');
  });
});
