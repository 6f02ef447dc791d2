/** Models whose filters alone are zero, in tests. */
import { toFloats } from '../../src/evaluation/values';
import { decodeNumbers, elementsIn } from '../../src/formats/onnx/elements';
import type { TensorRecord } from '../../src/formats/onnx/tensorProto';
import { constantUnits, rewrittenConstants, withConstants } from '../../src/graph/slim/constants';
import { planOf, type SlimPlan } from '../../src/graph/slim/plan';
import { deadUnits, type WeightsOf } from '../../src/graph/slim/scores';
import { constantsOf } from '../../src/graph/slim/shapes';
import type { Unit } from '../../src/graph/slim/units';
import { type Analysed, randomFeeds, valuesIn } from './slim';

function elementsOf({ open }: Analysed) {
  const records = new Map(constantsOf<TensorRecord>(open.model.main).map(({ name, of }) => [name, of]));
  return (name: string) => elementsIn(open.source, open.checkpoint, records.get(name)!);
}

function weightsOf(analysed: Analysed): WeightsOf {
  return async (name) => {
    const elements = (await elementsOf(analysed)(name))!;
    return decodeNumbers('F32', await elements.read(0, elements.size))!;
  };
}

/** The model with zeros in the weights that give these units' channels, as masks of filters leave them: biases and shifts stay. */
export async function withZeroFilters(analysed: Analysed, units: readonly Unit[]): Promise<Uint8Array<ArrayBuffer>> {
  const { source, checkpoint } = analysed.open;
  const bytes = (await source.read(0, source.size)).slice() as Uint8Array<ArrayBuffer>;
  for (const { removes } of units) {
    for (const { weight, axis, indices, role } of removes) {
      if (role !== 'produces') continue;
      const { tensor } = constantsOf<TensorRecord>(analysed.open.model.main).find(
        ({ name }) => name === weight.name,
      )!.of;
      const { start } = checkpoint.storages[checkpoint.tensors[tensor!]!.storage]!.segments[0]!;
      const inner = weight.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
      const numel = weight.shape.reduce((product, size) => product * size, 1);
      for (let i = 0; i < numel; i++) {
        if (indices.includes(Math.floor(i / inner) % weight.shape[axis]!))
          bytes.fill(0, start + 4 * i, start + 4 * i + 4);
      }
    }
  }
  return bytes;
}

export async function constantsIn(masked: Analysed, bytes: Uint8Array<ArrayBuffer>) {
  const read = weightsOf(masked);
  const { walk, units } = masked;
  const dead = new Set(await deadUnits(units.units, read));
  const left = units.units.filter((unit) => !dead.has(unit));
  const constants = await constantUnits(walk, left, read, async (names) => {
    const runs = await Promise.all([1, 2].map((seed) => valuesIn(bytes, randomFeeds(masked, seed, 4), names)));
    return runs.map(
      (run) => new Map([...run].map(([name, values]) => [name, { shape: values.shape, floats: toFloats(values) }])),
    );
  });
  return { dead, constants, read };
}

/** Without all that is dead or constant. */
export async function planWithConstants(masked: Analysed, bytes: Uint8Array<ArrayBuffer>): Promise<SlimPlan> {
  const { dead, constants, read } = await constantsIn(masked, bytes);
  const gone = [...dead, ...constants.keys()];
  return withConstants(planOf(masked.walk, gone), await rewrittenConstants(masked.walk, gone, constants, read));
}
