/** Models made smaller in tests, and what they compute beside the same model with zeros in the place of what went. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readGraph, sessionFiles } from '../../src/evaluation/graph/modelInMemory';
import { rewrite } from '../../src/evaluation/graph/rewrite';
import { loadRuntime } from '../../src/evaluation/runtime';
import { fromNumbers, toFloats, type Values } from '../../src/evaluation/values';
import { openModel } from '../../src/formats/onnx';
import { readModel } from '../../src/formats/onnx/readModel';
import { type ModelContents, readContents } from '../../src/graph/slim/contents';
import { planOf, type Rounding, rounded, type SlimPlan } from '../../src/graph/slim/plan';
import { shapesOf } from '../../src/graph/slim/shapes';
import { type OpenModel, slimModel } from '../../src/graph/slim/slice';
import { slotsOf } from '../../src/graph/slim/slots';
import { type Unit, type Units, unitsOf } from '../../src/graph/slim/units';
import type { Walk } from '../../src/graph/slim/walk';
import { partsOf } from '../../src/lib/parts';
import { memorySource } from '../../src/lib/source';
import { type Splice, splicedSource } from '../../src/lib/splice';
import { oneFile } from './oneFile';

export interface Analysed {
  readonly open: OpenModel;
  readonly contents: ModelContents;
  readonly walk: Walk;
  readonly units: Units;
  readonly inputs: ReadonlyMap<string, readonly number[]>;
}

/** @param sizes of dimensions that the file leaves open, by name; 2 where it gives none */
export async function analyse(
  files: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[],
  sizes: Readonly<Record<string, number>> = {},
): Promise<Analysed> {
  const whole = new Uint8Array(Buffer.concat(files.map(({ bytes }) => bytes)));
  const source = memorySource(whole);
  const parts = partsOf(files.map(({ name, bytes }) => ({ name, size: bytes.length })));
  const open = { ...(await openModel(source, parts)), source };
  const contents = await readContents(open);
  const stored = new Set(contents.dtypes.keys());
  const inputs = new Map(
    open.model.main.inputs
      .filter(({ name }) => !stored.has(name))
      .map(({ name, shape = [] }) => [
        name,
        shape.map((size) => (typeof size === 'number' ? size : (sizes[size] ?? 2))),
      ]),
  );
  const walk = slotsOf(contents, shapesOf(contents, inputs), (name) => contents.readable.has(name));
  return { open, contents, walk, units: unitsOf(walk), inputs };
}

export function analyseFile(path: string, sizes?: Readonly<Record<string, number>>): Promise<Analysed> {
  return analyse([{ name: basename(path), bytes: new Uint8Array(readFileSync(path)) }], sizes);
}

/** Numbers from 0 to 1, the same for a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Some share of all units, at random. */
export function someUnits({ units }: Units, share: number, seed: number): Unit[] {
  const random = seeded(seed);
  return units
    .map((unit) => ({ unit, place: random() }))
    .sort((a, b) => a.place - b.place)
    .slice(0, Math.round(units.length * share))
    .map(({ unit }) => unit);
}

export async function bytesOf(splice: Splice): Promise<Uint8Array<ArrayBuffer>> {
  const source = splicedSource(splice);
  return (await source.read(0, source.size)) as Uint8Array<ArrayBuffer>;
}

export interface Smaller {
  readonly plan: SlimPlan;
  readonly gone: readonly Unit[];
  readonly smaller: Uint8Array<ArrayBuffer>;
  readonly zeroed: Uint8Array<ArrayBuffer>;
}

export async function slimmed(analysed: Analysed, chosen: readonly Unit[], rounding: Rounding): Promise<Smaller> {
  const { open, walk, units } = analysed;
  const gone = rounded(walk, units.units, chosen, rounding);
  const plan = planOf(walk, gone);
  const smaller = await bytesOf(await slimModel(open, plan));
  const zeroed = await bytesOf(await slimModel(open, plan, true));
  return { plan, gone, smaller, zeroed };
}

export type Feeds = ReadonlyMap<string, Values>;

/** @param highest of integers, which are token ids */
export function randomFeeds({ open, inputs }: Analysed, seed: number, highest = 2): Feeds {
  const random = seeded(seed);
  return new Map(
    open.model.main.inputs
      .filter(({ name }) => inputs.has(name))
      .map(({ name, dtype = 'F32' }) => {
        const shape = inputs.get(name)!;
        const numel = shape.reduce((product, size) => product * size, 1);
        const numbers = Float32Array.from({ length: numel }, () =>
          dtype === 'F32' ? random() * 2 - 1 : dtype === 'BOOL' ? 1 : Math.floor(random() * highest),
        );
        return [name, fromNumbers(dtype, shape, numbers)];
      }),
  );
}

/** Before a last Softmax or Sigmoid what goes into it. */
export async function outputsOf(bytes: Uint8Array<ArrayBuffer>, feeds: Feeds): Promise<Map<string, Float32Array>> {
  const { createSession } = await loadRuntime();
  const graph = await readGraph(...oneFile(memorySource(bytes), 'model.onnx'));
  const { nodes, outputs } = (await readModel(memorySource(graph.bytes), { file: 'model.onnx' })).main;
  const names = outputs.map(({ name }) => {
    const last = nodes.find((node) => node.outputs.includes(name));
    return last && ['Softmax', 'Sigmoid', 'LogSoftmax'].includes(last.opType) ? last.inputs[0]! : name;
  });
  const session = await createSession(rewrite(graph.bytes, graph.operators, { outputs: names }));
  try {
    const values = await session.run(feeds);
    return new Map(names.map((name) => [name, Float32Array.from(toFloats(values.get(name)!))]));
  } finally {
    await session.release();
  }
}

/** Inner values of a run. */
export async function valuesIn(
  bytes: Uint8Array<ArrayBuffer>,
  feeds: Feeds,
  names: readonly string[],
): Promise<Map<string, Values>> {
  const { createSession } = await loadRuntime();
  const graph = await readGraph(...oneFile(memorySource(bytes), 'model.onnx'));
  const session = await createSession(rewrite(graph.bytes, graph.operators, { outputs: names }));
  try {
    const values = await session.run(feeds);
    return new Map(names.flatMap((name) => (values.has(name) ? [[name, values.get(name)!] as const] : [])));
  } finally {
    await session.release();
  }
}

/** The largest difference of an output, as a share of its largest number; NaN where either has one. */
export async function difference(
  a: Uint8Array<ArrayBuffer>,
  b: Uint8Array<ArrayBuffer>,
  feeds: Feeds,
): Promise<number> {
  const [first, second] = [await outputsOf(a, feeds), await outputsOf(b, feeds)];
  let largest = 0;
  for (const [name, numbers] of first) {
    const others = second.get(name)!;
    if (others.length !== numbers.length) return Number.POSITIVE_INFINITY;
    const most = numbers.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    numbers.forEach((value, i) => {
      const share = Math.abs(value - others[i]!) / (most || 1);
      if (!(share <= largest)) largest = share;
    });
  }
  return largest;
}

export { sessionFiles };
