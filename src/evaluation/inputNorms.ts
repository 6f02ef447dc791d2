/** ‖x‖ of every layer's input channels, collected through the graph (Wanda, arXiv:2306.11695, section 3). */
import type { TensorId } from '../tensors/tensor';
import { numelOf } from '../tensors/tensor';
import type { FloatOutput } from './comparison';
import { sessionFiles } from './graph/modelInMemory';
import { type Dataset, smallBatches } from './inputs/dataset';
import { layerUses } from './layerUses';
import type { CollectedInputNorms } from './protocol';
import { type EvaluationContext, type Runnable, runBatches } from './running';
import { toFloats } from './values';

const samplesAtOnce = 8;
/** The paper's calibration set has 128 sequences. */
const maxSamples = 256;

const nothingFed = new Map();

/**
 * @param tensors all layers that are products of a weight and an activation, where absent
 * @returns for those tensors that are such layers, in the order of the graph
 */
export async function collectInputNorms(
  { runtime, graph, targets, inputs }: Runnable,
  dataset: Dataset,
  tensors: readonly TensorId[] | undefined,
  context: EvaluationContext,
): Promise<CollectedInputNorms[]> {
  const wanted = tensors && new Set(tensors);
  const layers = layerUses(graph, targets).flatMap(({ target, channels }) => {
    const { id } = target.tensor;
    return channels && (!wanted || wanted.has(id)) ? [{ tensor: id, ...channels }] : [];
  });
  const fed = new Set(inputs.map(({ name }) => name));
  const outputs = [...new Set(layers.map(({ activation }) => activation))].filter((name) => !fed.has(name));
  const squares = new Map<string, Float64Array>();
  const batches = smallBatches(inputs, dataset, samplesAtOnce, maxSamples);
  const session = await runtime.createSession(...sessionFiles(graph, graph.bytes, { outputs }));
  let samples = 0;
  try {
    await runBatches(session, nothingFed, batches, context, (results, batch) => {
      samples += batch.samples;
      const seen = new Set<string>();
      for (const { activation, activationAxis } of layers) {
        const key = `${activationAxis} ${activation}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const values = results.get(activation) ?? fedOutput(batch.feeds.get(activation));
        if (values) squares.set(key, withSquares(squares.get(key), values, activationAxis));
      }
    });
  } finally {
    await session.release();
  }
  return layers.flatMap(({ tensor, activation, activationAxis, weightAxis }) => {
    const sums = squares.get(`${activationAxis} ${activation}`);
    if (!sums) return [];
    const norms = Float32Array.from(sums, (sum) => Math.sqrt(sum / samples));
    return [{ tensor, norms, inputAxis: weightAxis, samples }];
  });
}

function fedOutput(values: Parameters<typeof toFloats>[0] | undefined): FloatOutput | undefined {
  return values && { shape: values.shape, floats: toFloats(values) };
}

/** Adds the squares of a batch, channel by channel. */
function withSquares(sums: Float64Array | undefined, { shape, floats }: FloatOutput, axis: number): Float64Array {
  const at = axis < 0 ? shape.length + axis : axis;
  const channels = shape[at] ?? 1;
  const inner = numelOf(shape.slice(at + 1));
  const total = sums ?? new Float64Array(channels);
  for (let start = 0, channel = 0; start < floats.length; start += inner, channel = (channel + 1) % channels) {
    let sum = 0;
    for (let i = start; i < start + inner; i++) sum += floats[i]! * floats[i]!;
    total[channel]! += sum;
  }
  return total;
}
