/** Scores of units by weights alone, and units that are dead. */
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeNumbers, elementsIn } from '../../../../src/formats/onnx/elements';
import type { TensorRecord } from '../../../../src/formats/onnx/tensorProto';
import { noRounding } from '../../../../src/graph/slim/plan';
import {
  consumerNorms,
  deadUnits,
  normScores,
  rectifiedEnergy,
  type WeightsOf,
} from '../../../../src/graph/slim/scores';
import { constantsOf } from '../../../../src/graph/slim/shapes';
import {
  type Analysed,
  analyse,
  analyseFile,
  difference,
  randomFeeds,
  slimmed,
  someUnits,
} from '../../../support/slim';

const golden = (name: string) => resolve(import.meta.dirname, `../../../golden/files/slim/${name}.onnx`);

function weightsOf({ open }: Analysed): WeightsOf {
  const records = new Map(constantsOf<TensorRecord>(open.model.main).map(({ name, of }) => [name, of]));
  return async (name) => {
    const elements = (await elementsIn(open.source, open.checkpoint, records.get(name)!))!;
    return decodeNumbers('F32', await elements.read(0, elements.size))!;
  };
}

describe('scores', () => {
  it("are the norms of the consumers' columns", async () => {
    const analysed = await analyseFile(golden('residual-norms'));
    const read = weightsOf(analysed);
    const norms = await consumerNorms(analysed.units.units, read);
    // Inside a block: one convolution reads the channel.
    const unit = analysed.units.units.find(({ removes }) =>
      removes.some(({ weight, axis }) => weight.name === 'a1.0.weight' && axis === 0),
    )!;
    const column = unit.removes.find(({ role }) => role === 'consumes')!;
    const numbers = await read('a2.0.weight');
    let sum = 0;
    for (let i = 0; i < numbers.length; i++) if (Math.floor(i / 9) % 16 === column.indices[0]) sum += numbers[i]! ** 2;
    expect(norms.get(unit)).toBeCloseTo(Math.sqrt(sum), 5);
  });

  it("use batch norm's own figures where there are any", async () => {
    const analysed = await analyseFile(golden('residual-norms'));
    const { units } = analysed.units;
    const read = weightsOf(analysed);
    const [norms, scores] = [
      await consumerNorms(units, read),
      await normScores(units, analysed.contents.graph.nodes, read),
    ];
    expect(scores.size).toBe(units.length);
    const unit = units.find(({ removes }) =>
      removes.some(({ weight, axis }) => weight.name === 'a1.0.weight' && axis === 0),
    )!;
    const [gamma, beta] = [await read('a1.1.weight'), await read('a1.1.bias')];
    const index = unit.removes.find(({ weight }) => weight.name === 'a1.1.weight')!.indices[0]!;
    expect(scores.get(unit)).toBeCloseTo(Math.sqrt(rectifiedEnergy(beta[index]!, gamma[index]!)) * norms.get(unit)!, 6);
    const folded = await analyseFile(golden('residual-folded'));
    expect(await normScores(folded.units.units, folded.contents.graph.nodes, weightsOf(folded))).toEqual(new Map());
  });

  it.each([
    [0, 1],
    [0.7, 0.5],
    [-0.4, 1.2],
    [-2, 0.3],
    [1.5, 0],
  ])('expect of what a ReLU lets through of N(%d, %d²) what it is by integration', (mean, deviation) => {
    let sum = deviation === 0 ? Math.max(0, mean) ** 2 : 0;
    const step = 1e-3;
    for (let z = -9; deviation > 0 && z < 9; z += step) {
      sum += (Math.max(0, mean + deviation * z) ** 2 * Math.exp((-z * z) / 2) * step) / Math.sqrt(2 * Math.PI);
    }
    expect(rectifiedEnergy(mean, deviation)).toBeCloseTo(sum, 4);
  });
});

describe('dead units', () => {
  it.each(['residual-norms', 'residual-folded', 'mobile', 'transformer', 'unet'])(
    'of %s go without any change to what comes out',
    async (name) => {
      const analysed = await analyseFile(golden(name));
      expect(await deadUnits(analysed.units.units, weightsOf(analysed))).toEqual([]);
      const { gone, zeroed } = await slimmed(analysed, someUnits(analysed.units, 0.5, 2), noRounding);
      // The file as somebody may bring it: zeros are all that is known of it.
      const masked = await analyse([{ name: 'masked.onnx', bytes: zeroed }]);
      const dead = await deadUnits(masked.units.units, weightsOf(masked));
      expect(dead).toHaveLength(gone.length);
      const { smaller } = await slimmed(masked, dead, noRounding);
      expect(await difference(zeroed, smaller, randomFeeds(masked, 1, 4))).toBeLessThan(1e-5);
    },
  );
});
