/** Plans of a graph as plans of the checkpoint that it was exported from, and the state dicts that are written by them. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointPlan } from '../../../../src/evaluation/slim/checkpointPlan';
import type { SlimReport } from '../../../../src/evaluation/slim/protocol';
import { defaultRounding, noRounding } from '../../../../src/graph/slim/plan';
import { parsePlan } from '../../../../src/graph/slim/planFile';
import { type CheckpointPlan, formatCheckpointPlan } from '../../../../src/pruning/checkpointPlan';
import { type Analysed, analyse, analyseFile, slimmed, someUnits } from '../../../support/slim';
import { withZeroFilters } from '../../../support/slimConstants';
import { context, fileOf, globalRecipe, openStudio, samples } from '../support';

const goldens = join(import.meta.dirname, '../../../golden/files');
const folded = join(goldens, 'evaluation/folded.onnx');

function planOfCheckpoint(plan: ReturnType<typeof checkpointPlan>): CheckpointPlan {
  if ('refused' in plan) throw new Error(plan.refused);
  return plan;
}

/** Half of the units of a graph beside a checkpoint, and how the two are paired. */
async function beside(checkpoint: string, graph: string) {
  const analysed = await analyseFile(graph);
  const { plan } = await slimmed(analysed, someUnits(analysed.units, 0.5, 1), noRounding);
  const studio = await openStudio(fileOf(checkpoint), 'inputs');
  const { tensors } = studio;
  const files = [fileOf(graph)];
  const { pairing } = await studio.evaluation.openGraph({ files, isCheckpoint: false, tensors }, context);
  return { ...studio, source: { plan, graph: analysed.open.model.main, pairing, tensors } };
}

/** The graph's own tensors as a checkpoint, each the weight of a module. */
function asCheckpoint({ open }: Analysed) {
  const { tensors } = open.checkpoint;
  const listed = tensors.map(({ name, container, kind, dtype, shape }, id) => ({
    ...{ id, name: `${name}.weight`, container, kind, dtype, shape, prunable: true, byDefault: true },
  }));
  const pairs = listed.map(({ id, name }) => ({
    ...({ tensor: id, name, initializer: tensors[id]!.name, match: 'name', transposed: false } as const),
  }));
  return { tensors: listed, pairing: { pairs, unmatched: [], foldedIn: [], needsConfirmation: false } };
}

describe('a plan of the checkpoint', () => {
  it('has transposed axes, and the norm that the graph has folded in', async () => {
    const { source, close } = await beside(join(goldens, 'evaluation/folded.safetensors'), folded);
    close();
    const plan = planOfCheckpoint(checkpointPlan(source));
    const document = JSON.parse(formatCheckpointPlan(plan));
    const { tensors } = document;
    const kept = tensors['module.conv.weight']['0'];
    const norm = Object.keys(tensors).filter((name) => /norm|bn/.test(name));
    expect(norm.map((name) => name.split('.').at(-1)).sort()).toEqual([
      'bias',
      'running_mean',
      'running_var',
      'weight',
    ]);
    for (const name of norm) expect(tensors[name]).toEqual({ 0: kept });
    expect(Object.keys(tensors['module.fc.weight'])).toEqual(['1']);
    expect(document).toMatchObject({ format: 'secateur-slim-state-dict', version: 1 });
  });

  it('is refused by the name of a tensor whose place is not known', async () => {
    const { source, close } = await beside(join(goldens, 'evaluation/folded.safetensors'), folded);
    close();
    const { foldedIn } = source.pairing;
    const lost = foldedIn.find(({ name }) => name.endsWith('running_var'))!;
    const pairing = { ...source.pairing, foldedIn: [], unmatched: [] };
    const plan = checkpointPlan({ ...source, pairing });
    expect(plan).toEqual({
      refused: expect.stringMatching(/^It is not known which channels of module\.\S+ go: the graph/),
    });
    const others = foldedIn.filter((each) => each !== lost);
    // The rest of the norm says what its variance loses.
    const again = planOfCheckpoint(checkpointPlan({ ...source, pairing: { ...pairing, foldedIn: others } }));
    expect(again.tensors.map(({ tensor }) => tensor)).toContain(lost.tensor);
  });

  it('says how many groups a depthwise convolution has left, and what is left to the code of the module', async () => {
    const mobile = await analyseFile(join(goldens, 'slim/mobile.onnx'));
    const { plan } = await slimmed(mobile, someUnits(mobile.units, 0.5, 2), defaultRounding);
    const made = planOfCheckpoint(checkpointPlan({ plan, graph: mobile.open.model.main, ...asCheckpoint(mobile) }));
    const [depthwise] = made.groups;
    const weight = made.tensors.find(({ name }) => name === `${depthwise!.module}.weight`)!;
    expect(depthwise!.groups).toBe(weight.axes[0]!.kept.length);
    const padded = await analyseFile(join(goldens, 'slim/residual-norms.onnx'));
    const other = await slimmed(padded, someUnits(padded.units, 0.5, 2), noRounding);
    const source = { plan: other.plan, graph: padded.open.model.main, ...asCheckpoint(padded) };
    expect(planOfCheckpoint(checkpointPlan(source)).remarks.join()).toMatch(/other sizes at Pad/);
  });
});

describe('a slim state dict', () => {
  it.each(['digits-cnn.pth', 'digits-cnn.safetensors'])(
    'of %s has what the masks leave of what stays',
    async (name) => {
      const studio = await openStudio(fileOf(join(samples, name)), 'inputs');
      const { evaluation, engine, tensors, opened } = studio;
      const files = [fileOf(join(samples, 'digits-cnn.onnx'))];
      await evaluation.openGraph({ files, isCheckpoint: false, tensors }, context);
      const outcomes = await studio.resolve(globalRecipe({ sparsity: 0.5 }));
      const goal = { kind: 'target', measure: 'parameters', share: 0.6 } as const;
      const report = (await evaluation.slim({ outcomes, goal, id: 'a' }, context)) as SlimReport;
      const plan = planOfCheckpoint(report.checkpoint!);
      const slim = await engine.exportSlim({ plan, outcomes }, context);
      expect(slim.name).toBe(name.replace('.', '-slim.'));
      const smaller = await openStudio(new File([slim.file], slim.name), 'inputs');
      expect(smaller.opened.layers.map((layer) => layer.name)).toEqual(
        name.endsWith('.pth')
          ? opened.layers.map((layer) => layer.name)
          : expect.arrayContaining(opened.layers.map((layer) => layer.name)),
      );
      const isWeight = ({ kind }: { kind: string }) => kind !== 'integer';
      const all = { outcomes, tensors: tensors.filter(isWeight).map(({ id }) => id) };
      const masked = await engine.weights(all, context);
      for (const layer of smaller.opened.layers.filter(isWeight)) {
        const before = opened.layers.find((each) => each.name === layer.name)!;
        const kept = before.shape.map((size, axis) => {
          const cut = plan.tensors.find(({ tensor }) => tensor === before.id)?.axes.find((each) => each.axis === axis);
          return cut?.kept ?? [...new Array(size).keys()];
        });
        expect(layer.shape).toEqual(kept.map(({ length }) => length));
        const weights = await smaller.engine.weights({ outcomes: new Map(), tensors: [layer.id] }, context);
        const own = new Float32Array(weights.get(layer.id)!.buffer);
        const larger = new Float32Array(masked.get(before.id)!.buffer);
        own.forEach((value, i) => {
          let [rest, place, stride] = [i, 0, 1];
          for (let axis = kept.length - 1; axis >= 0; axis--) {
            place += kept[axis]![rest % kept[axis]!.length]! * stride;
            rest = Math.floor(rest / kept[axis]!.length);
            stride *= before.shape[axis]!;
          }
          if (value !== larger[place]) throw new Error(`${layer.name}[${i}] is ${value}, and was ${larger[place]}`);
        });
      }
      studio.close();
      smaller.close();
    },
  );
});

describe('a model of which only filters are zero', () => {
  it('gets smaller with the same outputs: constants go into biases', async () => {
    const analysed = await analyseFile(join(goldens, 'slim/mobile.onnx'));
    const bytes = await withZeroFilters(analysed, someUnits(analysed.units, 0.4, 5));
    const file = new File([bytes], 'masked.onnx');
    const { evaluation, tensors, close } = await openStudio(file, 'inputs');
    await evaluation.openGraph({ files: [file], isCheckpoint: true, tensors }, context);
    const report = await evaluation.slim({ outcomes: new Map(), goal: { kind: 'dead' }, id: 'a' }, context);
    if ('refused' in report) throw new Error(report.refused);
    expect(report.difference).toBeLessThan(1e-5);
    expect(report.after.parameters).toBeLessThan(0.8 * report.before.parameters);
    expect(parsePlan(report.plan).constants).not.toHaveLength(0);
    expect(report.checkpoint).toBeUndefined();
    // Replayed it takes the same channels, and makes the constants again.
    const again = await evaluation.slim(
      { outcomes: new Map(), goal: { kind: 'plan', plan: report.plan }, id: 'b' },
      context,
    );
    expect(again).toMatchObject({ plan: report.plan, slots: report.slots });
    const model = await evaluation.slimModel({ id: 'b' }, context);
    const smaller = await analyse([{ name: 'slim.onnx', bytes: new Uint8Array(await model.arrayBuffer()) }]);
    expect(smaller.open.model.main.nodes).toHaveLength(analysed.open.model.main.nodes.length);
    close();
  });
});
