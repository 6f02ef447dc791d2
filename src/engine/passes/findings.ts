/** Looks at all weights of some tensors as a recipe leaves them: what stands out in them, and what int8 would do to them. */
import { at, known } from '../../lib/known';
import type { Outcome } from '../../pruning/resolution';
import { rowAxesOf } from '../../tensors/axes';
import type { Int8Findings, RowFindings } from '../../tensors/findings';
import { numbersOf } from '../../tensors/numbers';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import type { Layer } from '../opened';
import { windowBytes } from '../reading/stream';
import type { Unit } from '../reading/units';
import { applyPrograms } from './applyPrograms';
import { RoundingSums, RowMaxima } from './int8';
import type { Measurable } from './measurable';
import { RowDigest } from './rowFindings';
import { UnitProgress } from './unitProgress';

/** What is open, as far as such a look needs it. */
export interface Looked {
  readonly measurable: Measurable;
  readonly units: readonly Unit[];
  readonly opened: { readonly layers: readonly Layer[] };
}

type Outcomes = ReadonlyMap<TensorId, Outcome>;

/** One pass; tensors whose weights are not measured are left out. @throws CheckpointError whatever reading throws, `cancelled` */
export async function findInRows(
  { measurable, units, opened }: Looked,
  outcomes: Outcomes,
  tensors: readonly TensorId[],
  context: CallContext,
): Promise<Map<TensorId, RowFindings>> {
  const concerned = unitsAmong(units, tensors);
  const digests = new Map(
    concerned.map((unit) => [unit, new RowDigest(unit, at(opened.layers, unit.tensor).axes)] as const),
  );
  await eachChunk(measurable, concerned, outcomes, context, (unit, elements) => known(digests, unit).add(elements));
  return new Map([...digests].map(([{ tensor }, digest]) => [tensor, digest.finish()]));
}

interface Rounding {
  readonly tensor: RoundingSums;
  readonly channel?: RoundingSums;
  readonly findings: (zeros: number, squares: number) => Int8Findings;
  zeros: number;
  squares: number;
}

/** Two passes: the scales, and what they leave. Tensors that hold NaN or infinities are left out, too. @throws as findInRows */
export async function roundingToInt8(
  { measurable, units, opened }: Looked,
  outcomes: Outcomes,
  tensors: readonly TensorId[],
  context: CallContext,
): Promise<Map<TensorId, Int8Findings>> {
  const concerned = unitsAmong(units, tensors).filter(({ tensor }) => measurable.beside.finite.has(tensor));
  const maxima = new Map(
    concerned.map((unit) => [unit, new RowMaxima(unit, rowAxesOf(at(opened.layers, unit.tensor)) ?? [])] as const),
  );
  await eachChunk(measurable, concerned, outcomes, context, (unit, elements) =>
    known(maxima, unit).add(numbersOf(unit.dtype, elements)),
  );
  const roundings = new Map(
    [...maxima].map(([unit, { scales }]) => [unit, roundingOf(unit, at(opened.layers, unit.tensor), scales)] as const),
  );
  await eachChunk(measurable, concerned, outcomes, context, (unit, elements) => {
    const rounding = known(roundings, unit);
    const numbers = numbersOf(unit.dtype, elements);
    for (const number of numbers) {
      if (number === 0) rounding.zeros++;
      rounding.squares += number * number;
    }
    rounding.tensor.add(numbers);
    rounding.channel?.add(numbers);
  });
  return new Map(
    [...roundings].map(([{ tensor }, { findings, zeros, squares }]) => [tensor, findings(zeros, squares)]),
  );
}

function roundingOf(unit: Unit, layer: Layer, { each, all }: RowMaxima['scales']): Rounding {
  const axes = rowAxesOf(layer);
  const ofTensor = { axes: [], scales: all };
  const ofChannel = axes && { axes, scales: each };
  const tensor = new RoundingSums(unit, ofTensor);
  const channel = ofChannel && new RoundingSums(unit, ofChannel);
  const findings = (zeros: number, squares: number): Int8Findings => ({
    weights: layer.numel,
    zeros,
    squares,
    perTensor: { ...tensor.figures, ...ofTensor },
    ...(channel && ofChannel && { perChannel: { ...channel.figures, ...ofChannel } }),
  });
  return { tensor, ...(channel && { channel }), findings, zeros: 0, squares: 0 };
}

function unitsAmong(units: readonly Unit[], tensors: readonly TensorId[]): Unit[] {
  const wanted = new Set(tensors);
  return units.filter(({ tensor }) => wanted.has(tensor));
}

async function eachChunk(
  measurable: Measurable,
  units: readonly Unit[],
  outcomes: Outcomes,
  context: CallContext,
  see: (unit: Unit, elements: Uint8Array) => void,
): Promise<void> {
  const programs = new Map([...outcomes].map(([tensor, { program }]) => [tensor, program]));
  const report = new UnitProgress('reading weights', units, context);
  const chunks = applyPrograms(measurable, units, programs, report, context, { chunkBytes: windowBytes });
  for await (const { chunk } of chunks) see(chunk.unit, chunk.elements);
}
