/**
 * Block influence (Men et al., ShortGPT, arXiv:2403.03853): how much a block changes what passes through it, 1 − the mean cosine of its
 * input and output over calibration inputs. A block of little influence is nearly the identity.
 */
import { type ResidualBlock, residualBlocks } from '../graph/blocks';
import { at } from '../lib/known';
import { getOrInsert } from '../lib/maps';
import type { GraphNode } from '../tensors/graph/graph';
import type { FloatOutput, FloatOutputs } from './comparison';
import { sessionFiles } from './graph/modelInMemory';
import { type Dataset, smallBatches } from './inputs/dataset';
import { type LayerUse, layerUses } from './layerUses';
import { CosineSums } from './metrics/cosineSums';
import type { BlockInfluence } from './protocol';
import { type EvaluationContext, type Runnable, runBatches } from './running';

/** What goes in and out of every block is in memory at once. */
const samplesAtOnce = 4;
/** A mean over positions and samples is sure enough. */
const maxSamples = 64;

/** A block with its weights in the checkpoint, and what they are called together. */
interface NamedBlock extends ResidualBlock {
  readonly name: string;
  readonly uses: readonly LayerUse[];
}

/** Of the unpruned model, in order of the graph. @throws CheckpointError `evaluation-failed`, `out-of-memory`, `cancelled` */
export async function measureBlocks(
  { runtime, graph, targets, inputs }: Runnable,
  dataset: Dataset,
  context: EvaluationContext,
): Promise<BlockInfluence[]> {
  const uses = layerUses(graph, targets).filter(({ target }) => target.tensor.shape.length > 1);
  const blocks = namedBlocks(graph.operators, uses);
  if (blocks.length === 0) return [];
  const outputs = [...new Set(blocks.flatMap(({ input, output }) => [input, output]))];
  const sums = blocks.map(() => new CosineSums());
  const session = await runtime.createSession(...sessionFiles(graph, graph.bytes, { outputs }));
  const batches = smallBatches(inputs, dataset, samplesAtOnce, maxSamples);
  try {
    await runBatches(session, new Map(), batches, context, (result) => {
      blocks.forEach((block, i) => {
        add(at(sums, i), block, result);
      });
    });
  } finally {
    await session.release();
  }
  const samples = batches.reduce((sum, batch) => sum + batch.samples, 0);
  return blocks.flatMap(({ name, uses: own }, i): BlockInfluence[] => {
    const { mean } = at(sums, i);
    const tensors = [...new Set(own.map(({ target }) => target.tensor.id))];
    return mean === undefined ? [] : [{ name, tensors, influence: 1 - mean, samples }];
  });
}

function add(sums: CosineSums, { input, output, nodes }: ResidualBlock, result: FloatOutputs): void {
  const [before, after] = [result.get(input), result.get(output)];
  if (before && after && before.shape.join() === after.shape.join()) {
    sums.add(before.floats, after.floats, vectorsOf(before, nodes));
  }
}

/** Convolutions have their channels behind the samples, all else has them last. */
function vectorsOf({ shape }: FloatOutput, nodes: readonly GraphNode[]): { size: number; stride: number } {
  const isConvolution = nodes.some(({ opType }) => opType === 'Conv' || opType === 'ConvTranspose');
  const axis = isConvolution && shape.length > 2 ? 1 : shape.length - 1;
  const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  return { size: shape[axis] ?? 1, stride };
}

/** Exported for its test. */
export function namedBlocks(
  model: Parameters<typeof residualBlocks>[0],
  uses: readonly LayerUse[],
): readonly NamedBlock[] {
  const usesOf = new Map<GraphNode, LayerUse[]>();
  for (const use of uses) getOrInsert(usesOf, use.node, () => []).push(use);
  const merged: NamedBlock[] = [];
  for (const block of residualBlocks(model, (node) => usesOf.has(node))) {
    const own = block.nodes.flatMap((node) => usesOf.get(node) ?? []);
    const named = { ...block, uses: own, name: moduleOf(own) };
    const before = merged.at(-1);
    const whole = before && before.output === named.input ? joined(before, named) : undefined;
    if (whole) merged[merged.length - 1] = whole;
    else merged.push(named);
  }
  return merged;
}

/** Attention and MLP of one numbered layer are one block; two of a stage are two. */
function joined(one: NamedBlock, other: NamedBlock): NamedBlock | undefined {
  const uses = [...one.uses, ...other.uses];
  const name = moduleOf(uses);
  const isNumbered = /(^|\.)(\w*_)?\d+$/.test(name);
  const isStage = [one, other].some((each) => /^\.\d+(\.|$)/.test(each.name.slice(name.length)));
  if (!isNumbered || isStage) return undefined;
  return { name, uses, input: one.input, output: other.output, nodes: [...one.nodes, ...other.nodes] };
}

/** What the weights' names begin with, as far as modules are alike; the first name where nothing is. */
function moduleOf(uses: readonly LayerUse[]): string {
  const paths = uses.map(({ target }) => target.tensor.name.split('.').slice(0, -1));
  const [first = [], ...rest] = paths;
  let length = first.length;
  for (const path of rest) {
    let alike = 0;
    while (alike < length && path[alike] === first[alike]) alike++;
    length = alike;
  }
  return length > 0 ? first.slice(0, length).join('.') : (uses[0]?.target.tensor.name ?? '');
}
