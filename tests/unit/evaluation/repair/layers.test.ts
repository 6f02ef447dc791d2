/** Which layers a repair fits, and what it says of those that it leaves alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recipe } from '../../../../src/pruning/recipe';
import { type Repair, repairedOutcomes } from '../../../../src/pruning/repair';
import { context, fileOf, openStudio, type Studio } from '../support';

const folder = join(import.meta.dirname, '../../../golden/files/repair');
const kinds = { first: 'onnx::MatMul_109', twice: 'onnx::MatMul_110', last: 'onnx::MatMul_134' };

describe('a model with layers of every kind', () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await openStudio(fileOf(join(folder, 'kinds.onnx')), 'session');
    const { evaluation, tensors } = studio;
    await evaluation.openGraph({ files: [fileOf(join(folder, 'kinds.onnx'))], isCheckpoint: true, tensors }, context);
    const source = { kind: 'arrays', files: [fileOf(join(folder, 'kinds.npy'))] } as const;
    await evaluation.setInputs({ source }, context);
    await evaluation.setCalibration({ source: { kind: 'own', source } }, context);
  });
  afterAll(() => studio.close());

  const pruned = (tensors: readonly string[], sparsity = 0.6): Recipe => ({
    format: 'secateur-recipe',
    version: 1,
    rules: [{ tensors, criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity } }],
  });
  const repair = async (recipe: Recipe, id: string) => {
    const outcomes = await studio.resolve(recipe);
    const answer = await studio.evaluation.repair({ outcomes, settings: { damping: 0.01 }, id, of: '' }, context);
    return { outcomes, report: answer as Repair };
  };
  const rolesOf = ({ tensors }: Repair) => tensors.map(({ role, name }) => `${role} ${name}`);
  const reasonsOf = ({ leftOut }: Repair) => new Map(leftOut.map(({ name, reason }) => [name, reason]));

  it('has the layer that lost weights and what reads it fitted, with their biases, and the rest named', async () => {
    const { report, outcomes } = await repair(pruned([kinds.first], 0.9), 'first');
    expect(rolesOf(report)).toEqual([
      `pruned ${kinds.first}`,
      'bias first.bias',
      `reader ${kinds.last}`,
      'bias last.bias',
    ]);
    expect(Object.fromEntries(reasonsOf(report))).toEqual({
      [kinds.twice]: 'several layers share it',
      'up.weight': 'ConvTranspose uses it, which is no product that can be fitted',
      'onnx::LSTM_131': 'LSTM uses it, which is no product that can be fitted',
      'onnx::LSTM_132': 'LSTM uses it, which is no product that can be fitted',
    });
    const { evaluation } = studio;
    const [before, after] = [
      await evaluation.evaluate({ outcomes }, context),
      await evaluation.evaluate({ outcomes: repairedOutcomes(outcomes, report) }, context),
    ];
    expect(after.outputs[0]!.relativeL2).toBeLessThan(before.outputs[0]!.relativeL2!);
  });

  it('has layers before it left as they are', async () => {
    const { report } = await repair(pruned([kinds.last]), 'last');
    expect(rolesOf(report)).toEqual([`pruned ${kinds.last}`, 'bias last.bias']);
    expect(report.leftOut).toEqual([]);
  });

  it('is fitted on samples of numbers only', async () => {
    const bytes = new Uint8Array(readFileSync(join(folder, 'kinds.npy')));
    // The first sample's first number, behind the head.
    new DataView(bytes.buffer).setFloat32(128, Number.NaN, true);
    const source = { kind: 'arrays', files: [new File([bytes], 'with-nan.npy')] } as const;
    await studio.evaluation.setCalibration({ source: { kind: 'own', source } }, context);
    const { report } = await repair(pruned([kinds.first]), 'with NaN');
    expect(rolesOf(report)).toContain(`pruned ${kinds.first}`);
  });

  it('is not repaired where only zeros go in', async () => {
    const bytes = new Uint8Array(readFileSync(join(folder, 'kinds.npy')));
    bytes.fill(0, 128);
    const source = { kind: 'arrays', files: [new File([bytes], 'zeros.npy')] } as const;
    await studio.evaluation.setCalibration({ source: { kind: 'own', source } }, context);
    const { report } = await repair(pruned([kinds.first]), 'zeros');
    const said = 'refused' in report ? String(report.refused) : reasonsOf(report).get(kinds.first);
    expect(said).toContain('only zeros go into it');
  });
});
