import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { AnswerCache } from '../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { settle } from '../../../src/engine/recipe/settle';
import { createEngine } from '../../../src/engine/worker/engine';
import type { Outcome } from '../../../src/pruning/resolution';
import type { Int8Findings } from '../../../src/tensors/findings';
import { loadWasmKernels } from '../../support/kernels';
import { context } from './sessions';

const folder = join(import.meta.dirname, '../../golden/files/findings');

interface Rounded {
  scales: number[];
  sha256: string;
  differences: number;
  greatest: number;
  zeros: number;
}
interface GoldenInt8 {
  squares: number;
  zeros: number;
  perTensor: Rounded;
  perChannel: Rounded;
}
interface Golden {
  dead: number[];
  twins: [number, number][];
  largest: { value: number; index: number[] };
  int8: GoldenInt8;
  pruned: GoldenInt8;
}

describe('weights, looked at', () => {
  const goldens = new Map(
    Object.entries(JSON.parse(readFileSync(join(folder, 'findings.json'), 'utf8')) as Record<string, Golden>),
  );
  const engine = createEngine(loadWasmKernels());
  const ids = new Map<string, number>();
  let pruned: ReadonlyMap<number, Outcome>;
  beforeAll(async () => {
    const file = new File([readFileSync(join(folder, 'findings.pt'))], 'findings.pt');
    const { layers } = await engine.open({ files: [file] }, context);
    for (const { id, name } of layers) if (goldens.has(name)) ids.set(name, id);
    const rule = { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity: 0.51 } } as const;
    const rules = [{ tensors: ['*.weight'], ...rule }];
    const recipe = { format: 'secateur-recipe', version: 1, rules } as const;
    const settled = await settle(recipe, candidatesOf(layers), new AnswerCache(), (requests) =>
      engine.lookUp({ requests }, context),
    );
    pruned = settled.outcomes;
  });

  it('have the zero rows, the twins and the greatest weight that numpy finds', async () => {
    const found = await engine.findInRows({ outcomes: new Map(), tensors: [...ids.values()] }, context);
    expect(ids.size).toBe(8);
    for (const [name, { dead, twins, largest }] of goldens) {
      const { rows, ...rest } = found.get(ids.get(name)!)!;
      expect(rows, name).toBeGreaterThan(5);
      expect({ name, ...rest }).toEqual({
        name,
        dead: Uint32Array.from(dead),
        twins: Uint32Array.from(twins.flat()),
        largest,
      });
    }
  });

  it('lose the rows that a recipe takes', async () => {
    const outcome = {
      ...pruned.get(ids.get('linear.weight')!)!,
      program: [{ kind: 'slices', cuts: [{ axis: 0, indices: [0, 1] }] }],
    };
    const outcomes = new Map([[ids.get('linear.weight')!, outcome as Outcome]]);
    const found = await engine.findInRows({ outcomes, tensors: [...outcomes.keys()] }, context);
    const { dead, twins } = found.get(ids.get('linear.weight')!)!;
    expect([...dead]).toEqual([0, 1, 2, 5]);
    // Its first went.
    expect([...twins]).toEqual([6, 4]);
  });

  it.each(['int8', 'pruned'] as const)('come out of int8 as PyTorch rounds them: %s', async (which) => {
    const outcomes = which === 'pruned' ? pruned : new Map();
    const tensors = [...ids.values()];
    const found = await engine.roundToInt8({ outcomes, tensors }, context);
    for (const [name, golden] of goldens) {
      const id = ids.get(name)!;
      const { squares, zeros, perTensor, perChannel, weights } = found.get(id)!;
      const { [which]: expected } = golden;
      expect(squares / expected.squares, name).toBeCloseTo(1, 12);
      expect([name, zeros]).toEqual([name, expected.zeros]);
      for (const [figures, each] of [
        [perTensor, expected.perTensor],
        [perChannel!, expected.perChannel],
      ] as const) {
        expect([name, ...figures.scales]).toEqual([name, ...each.scales.map(Math.fround)]);
        expect(figures.differences / each.differences, name).toBeCloseTo(1, 10);
        expect(figures.greatest, name).toBeCloseTo(each.greatest, 12);
        expect([name, figures.zeros]).toEqual([name, each.zeros]);
        if (!/^(f16|bf16|f64)/.test(name)) {
          expect([name, await sha256Of(id, figures, outcomes, weights)]).toEqual([name, each.sha256]);
        }
      }
    }
  });

  /** Of the weights that a program which ends in int8 leaves. */
  async function sha256Of(
    id: number,
    { axes, scales }: Int8Findings['perTensor'],
    outcomes: ReadonlyMap<number, Outcome>,
    weights: number,
  ): Promise<string> {
    const before = outcomes.get(id) ?? { rule: -1, program: [], pruned: 0, zeros: 0, exact: true };
    const program = [...before.program, { kind: 'int8', axes, scales } as const];
    const after = await engine.weights({ outcomes: new Map([[id, { ...before, program }]]), tensors: [id] }, context);
    const bytes = after.get(id)!;
    expect(bytes.length).toBe(weights * 4);
    return createHash('sha256').update(bytes).digest('hex');
  }
});
