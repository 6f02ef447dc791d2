/** Halves that stand in an ONNX file as varints: read, pruned and exported as any other weights, in as many bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallContext } from '../../../src/engine/callContext';
import { estimateSize } from '../../../src/engine/exports/exportAs';
import { openReference } from '../../../src/engine/reading/reference';
import { decodingSource } from '../../../src/engine/reading/varintSource';
import { WeightMemory } from '../../../src/engine/reading/weightMemory';
import { resolveExactly } from '../../../src/engine/recipe/resolveExactly';
import { openSession, type Session } from '../../../src/engine/session';
import { keepRepair } from '../../../src/engine/worker/repairing';
import { elementsOf, putElements, readGraph } from '../../../src/evaluation/graph/modelInMemory';
import { blobSource } from '../../../src/lib/browser/blobSource';
import type { Recipe } from '../../../src/pruning/recipe';
import { exportedFile, openFile, prunedFile } from '../../support/exporting';
import { loadWasmKernels } from '../../support/kernels';
import { oneFile } from '../../support/oneFile';
import { modelOf, node } from '../formats/onnx/models';
import { concat, number, record, varint } from '../formats/onnx/protobuf';

const kernels = loadWasmKernels();
const context: CallContext = { signal: new AbortController().signal, progress: () => {} };

interface Written {
  readonly bits: number;
  /** Bytes that it takes: leading zeros where it needs fewer. */
  readonly length: number;
  /** Whether it is a record of its own. */
  readonly alone: boolean;
}

/** Finite halves, as writers and, rarely, others have them. */
const written: fc.Arbitrary<Written> = fc
  .record({
    bits: fc.oneof(
      fc.nat(0x7bff),
      fc.nat(0x7bff).map((bits) => bits | 0x8000),
      fc.constantFrom(0, 0x8000, 1, 127, 128),
    ),
    more: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(7) }),
    alone: fc.nat(7).map((chance) => chance === 0),
  })
  .map(({ bits, more, alone }) => ({ bits, alone, length: varint(bits).length + more }));

function overlong({ bits, length }: Written): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(varint(bits));
  for (let i = 0; i < length - 1; i++) bytes[i]! |= 0x80;
  return bytes;
}

/** int32_data: runs of packed varints, and single ones between them. */
function int32Data(elements: readonly Written[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let run: Uint8Array[] = [];
  const close = () => {
    if (run.length > 0) parts.push(record(5, ...run));
    run = [];
  };
  for (const element of elements) {
    if (!element.alone) run.push(overlong(element));
    else {
      close();
      parts.push(concat(varint(5 * 8), overlong(element)));
    }
  }
  close();
  return concat(...parts);
}

/** One matrix of four columns that a MatMul uses. */
function fileOf(elements: readonly Written[], dtype: 'F16' | 'BF16' = 'F16'): File {
  const shape = concat(number(1, elements.length / 4), number(1, 4));
  const tensor = concat(shape, number(2, dtype === 'F16' ? 10 : 16), int32Data(elements));
  const bytes = modelOf([node('MatMul', ['x', 'w'], ['y'])], { w: tensor });
  return new File([bytes], 'halves.onnx');
}

const elements = fc
  .array(written, { minLength: 1, maxLength: 40 })
  .map((some) => [...some, ...some, ...some, ...some] as readonly Written[]);

async function weightsOf(session: Session): Promise<Uint16Array> {
  const [bytes] = (await session.weights(new Map(), [0], context)).values();
  return new Uint16Array(bytes!.buffer);
}

const half: Recipe = {
  format: 'secateur-recipe',
  version: 1,
  rules: [{ criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 } }],
};

async function outcomesOf(session: Session, recipe: Recipe) {
  const { outcomes } = await resolveExactly(session, recipe, context);
  return outcomes;
}

function open(file: File, memory?: WeightMemory): Promise<Session> {
  return openSession(...oneFile(blobSource(file), file.name), kernels, context, { memory });
}

describe('halves in int32_data', () => {
  it('are read as they were written, however long their varints are', async () => {
    await fc.assert(
      fc.asyncProperty(elements, async (all) => {
        const session = await open(fileOf(all));
        expect(session.opened.layers[0]).toMatchObject({ prunable: true, byDefault: true, dtype: 'F16' });
        expect([...(await weightsOf(session))]).toEqual(all.map(({ bits }) => bits));
      }),
      { numRuns: 50 },
    );
  });

  it('cannot be repaired: other halves may take other bytes', async () => {
    const plain = [0x3c00, 0x4000, 0xbc00, 0x4200].map((bits) => ({ bits, alone: false, length: varint(bits).length }));
    const session = await open(fileOf(plain));
    const keep = () => keepRepair(session, 'r', new Map([[0, new Uint8Array(8)]]));
    expect(keep).toThrow('w stands in the file in a form in which other values do not fit');
  });

  it('are pruned in place: the file keeps its length, and all that is not pruned its bytes', async () => {
    await fc.assert(
      fc.asyncProperty(elements, fc.constantFrom('F16' as const, 'BF16' as const), async (all, dtype) => {
        const file = fileOf(all, dtype);
        const source = await openFile(file, kernels);
        const outcomes = await outcomesOf(source.session, half);
        const pruned = new File([await prunedFile(source, outcomes)], 'pruned.onnx');
        expect(pruned.size).toBe(file.size);
        const after = await weightsOf(await open(pruned));
        const gone = all.filter(({ bits }, i) => after[i] !== bits);
        expect(gone.length).toBeLessThanOrEqual(all.length / 2);
        // What the file is to be, written from the weights.
        const expected = fileOf(
          all.map((each, i) => ({ ...each, bits: after[i]! })),
          dtype,
        );
        expect(Buffer.from(await pruned.arrayBuffer()).equals(Buffer.from(await expected.arrayBuffer()))).toBe(true);
        const magnitude = (bits: number) => bits & 0x7fff;
        expect(after.filter((bits) => magnitude(bits) === 0).length).toBeGreaterThanOrEqual(all.length / 2);
      }),
      { numRuns: 50 },
    );
  });

  const many = fc.sample(written, { numRuns: 50_000, seed: 1 }).map((each) => ({ ...each, alone: false }));

  it('are read from anywhere within a large tensor', async () => {
    const file = fileOf(many);
    const session = await open(file);
    const { checkpoint } = session.measurable;
    const { start, end } = checkpoint.storages[0]!.segments[0]!;
    const source = decodingSource(blobSource(file), checkpoint.encoded);
    const whole = await source.read(start, end - start);
    expect([...new Uint16Array(whole.buffer)]).toEqual(many.map(({ bits }) => bits));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(20_000), async (from, length) => {
        const part = await source.read(start + from, Math.min(length, whole.length - from));
        expect(Buffer.from(part).equals(Buffer.from(whole.subarray(from, from + length)))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('are the same when they are kept in memory, and as a reference', async () => {
    const file = fileOf(many);
    const [read, kept] = [await open(file), await open(file, new WeightMemory(2 ** 30))];
    expect(kept.opened.layers).toEqual(read.opened.layers);
    expect(await weightsOf(kept)).toEqual(await weightsOf(read));
    const outcomes = await outcomesOf(kept, half);
    expect(outcomes).toEqual(await outcomesOf(read, half));
    await kept.assertUnchanged();
    const reference = await openReference(...oneFile(blobSource(file), file.name), read.opened.layers, read.units);
    const [unit] = read.units;
    const theirs = await reference.reader(unit!, context.signal)!.read(many.length);
    expect(new Uint16Array(theirs.buffer)).toEqual(await weightsOf(read));
  });

  it('come out of the sparse and the compressed export, whose sizes are known before', async () => {
    const file = fileOf(many);
    const source = await openFile(file, kernels);
    const sparse: Recipe = {
      ...half,
      rules: [{ ...half.rules[0]!, amount: { sparsity: 0.9 } } as (typeof half.rules)[0]],
    };
    const outcomes = await outcomesOf(source.session, sparse);
    const made = await exportedFile(source, 'sparse-onnx', outcomes);
    const estimate = await estimateSize(source, 'sparse-onnx', outcomes, context);
    expect(Math.abs(made.size - estimate)).toBeLessThan(200);
    expect(made.size).toBeLessThan(file.size);
    const gzip = await exportedFile(source, 'gzip', outcomes);
    expect(await estimateSize(source, 'gzip', outcomes, context)).toBe(gzip.size);
  });

  it('are weights to evaluation, too', async () => {
    const file = fileOf(many);
    const graph = await readGraph(...oneFile(blobSource(file), file.name));
    const [tensor] = graph.tensors;
    const found = elementsOf(graph.bytes, tensor!);
    expect([...new Uint16Array(found.buffer)]).toEqual(many.map(({ bits }) => bits));
    putElements(graph.bytes, tensor!, new Uint8Array(found.length));
    expect(elementsOf(graph.bytes, tensor!)).toEqual(new Uint8Array(found.length));
  });

  it('that are none are refused with a reason, and too few or unfinished ones are damage', async () => {
    const layerOf = async (data: Uint8Array) => {
      const tensor = concat(number(1, 2), number(1, 2), number(2, 10), data);
      const file = new File([modelOf([node('MatMul', ['x', 'w'], ['y'])], { w: tensor })], 'odd.onnx');
      return (await open(file)).opened.layers[0]!;
    };
    const four = (first: Uint8Array) => record(5, first, varint(1), varint(2), varint(3));
    for (const odd of [varint(-1), varint(0x10000), concat(new Uint8Array(10).fill(0x80), varint(0))]) {
      const layer = await layerOf(four(odd));
      expect(layer).toMatchObject({ prunable: false, reason: expect.stringContaining('no halves') });
    }
    await expect(layerOf(record(5, varint(1), varint(2)))).rejects.toThrow(/needs 4 elements, but has 2 varints/);
    await expect(layerOf(record(5, varint(1), varint(2), varint(3), Uint8Array.of(0x80)))).rejects.toThrow(
      /has a varint without an end/,
    );
  });
});
