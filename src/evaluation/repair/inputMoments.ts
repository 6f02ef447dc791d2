/** 1 / √[H⁻¹]ⱼⱼ of every layer's input columns (optimal brain surgeon), of the moments that a repair is made of. */

import { throwIfCancelled } from '../../lib/errors';
import { at, known } from '../../lib/known';
import { Turns } from '../../lib/turns';
import type { TensorId } from '../../tensors/tensor';
import { floatOutputs } from '../comparison';
import type { Dataset } from '../inputs/dataset';
import type { CollectedInputNorms } from '../protocol';
import type { EvaluationContext, Runnable } from '../running';
import { asMatrix } from './carryBack';
import { inverseDiagonal } from './inverse';
import { floatsOf } from './layerFit';
import { layerRows } from './layerRows';
import { type FitLayer, layersOfGraph } from './layers';
import { Moments } from './moments';
import { momentBytes, momentBytesOf, sharingMemory } from './plan';
import { Products } from './products';
import { batchesOf } from './repair';
import { errorOf } from './solve';
import { Walk } from './walk';

/** λ over the mean of the diagonal of H, as SparseGPT has it (`percdamp`). */
const damping = 0.01;
const maxSamples = 256;

/**
 * Of the model as it is. Squared and times w², a factor is the least share of what its layer gives (the sum of squares of its
 * outputs) that is lost with the weight: the same scale for all layers.
 * @param tensors all layers that a repair can fit, where absent
 * @returns in the order of the graph; without layers into which no numbers go, or whose moments are too large
 * @throws CheckpointError `cancelled`
 */
export async function collectInputMoments(
  runnable: Runnable,
  dataset: Dataset,
  tensors: readonly TensorId[] | undefined,
  context: EvaluationContext,
): Promise<CollectedInputNorms[]> {
  const { graph, runtime, targets } = runnable;
  const { signal } = context;
  const wanted = tensors && new Set(tensors);
  const { layers, dependencies } = layersOfGraph(graph, targets);
  const chosen = layers.filter(
    (layer) => momentBytesOf(layer) <= momentBytes && (!wanted || wanted.has(layer.weight.tensor.id)),
  );
  if (chosen.length === 0) return [];
  const stages = [...sharingMemory(chosen)];
  const batches = batchesOf(runnable, dataset, maxSamples);
  const samples = batches.reduce((sum, batch) => sum + batch.samples, 0);
  const walk = new Walk(runtime, graph, dependencies, batches, graph.bytes);
  const products = await Products.start(runtime, signal);
  const collected: CollectedInputNorms[] = [];
  const turns = new Turns();
  try {
    for (const [i, stage] of stages.entries()) {
      const all = new Map(stage.map((layer) => [layer, emptyMoments(layer)]));
      const piece = await walk.begin(valuesOf(stage), valuesOf(stages.slice(i + 1).flat()));
      let first = 0;
      try {
        for (const [index, batch] of batches.entries()) {
          await turns.next();
          throwIfCancelled(signal);
          context.progress({ stage: 'running', done: i * samples + first, total: stages.length * samples });
          const values = floatOutputs(await piece.run(index), batch);
          for (const [layer, groups] of all) {
            const [activation, output] = [known(values, layer.activation), known(values, layer.output)];
            const {
              rows,
              parts,
              all: expected,
              chosenIn,
            } = layerRows(layer, activation, output, batch.samples, samples, layer.inputs);
            for (let part = 0; part < parts; part++) {
              const places = chosenIn(part, first);
              for (const [group, moments] of groups.entries()) {
                const read = (row: number, x: Float32Array, start: number) =>
                  rows.readInputs(part, at(places, row), group, x, start);
                await moments.add(places.length, expected, read, products);
              }
            }
          }
          first += batch.samples;
        }
      } finally {
        await piece.end();
      }
      for (const [layer, groups] of all) {
        const norms = await factorsOfColumns(
          layer,
          groups,
          floatsOf(graph.bytes, layer.weight.graph),
          products,
          signal,
        );
        const { tensor, transposed } = layer.weight;
        const inputAxis = layer.inputsFirst === transposed ? 1 : 0;
        if (norms) collected.push({ tensor: tensor.id, norms, inputAxis, samples });
      }
    }
  } finally {
    await products.release();
  }
  return collected;
}

function valuesOf(layers: readonly FitLayer[]): string[] {
  return [...new Set(layers.flatMap(({ activation, output }) => [activation, output]))];
}

/** Without outputs: one that is always 0 stands for them. */
function emptyMoments({ inputs, groups }: FitLayer): Moments[] {
  return Array.from({ length: groups }, () => new Moments(inputs, 1, groups));
}

/** Group by group. Undefined where they are not to be had. */
async function factorsOfColumns(
  { inputs, outputs, groups, inputsFirst }: FitLayer,
  moments: readonly Moments[],
  weights: Float32Array,
  products: Products,
  signal: AbortSignal,
): Promise<Float32Array | undefined> {
  const own = outputs / groups;
  const matrix = asMatrix(weights, outputs, inputsFirst);
  const factors = new Float64Array(groups * inputs);
  const noTarget = { inputs, outputs: own, b: new Float64Array(inputs * own), energy: 0 };
  let energy = 0;
  for (const [group, ofGroup] of moments.entries()) {
    await ofGroup.flush(products);
    const { h, rows } = ofGroup;
    if (rows === 0) return undefined;
    energy += await errorOf(
      matrix.subarray(group * own * inputs, (group + 1) * own * inputs),
      { ...noTarget, h },
      products,
    );
    let trace = 0;
    for (let i = 0; i < inputs; i++) trace += at(h, i * inputs + i);
    // Nothing is lost of what multiplies zeros only.
    if (trace === 0) continue;
    const diagonal = await inverseDiagonal(h, inputs, (damping * trace) / inputs, signal);
    if (!diagonal) return undefined;
    factors.set(
      diagonal.map((each) => 1 / Math.sqrt(each)),
      group * inputs,
    );
  }
  return Float32Array.from(factors, (factor) => (energy > 0 ? factor / Math.sqrt(energy) : factor));
}
