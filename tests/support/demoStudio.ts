/** A checkpoint that was never a file: a ResNet-like list of layers with synthetic statistics, to look at the screens with. */

import type { Layer, ModelOfFile, OpenedCheckpoint } from '../../src/engine/opened';
import { candidatesOf } from '../../src/engine/recipe/candidates';
import { wholeFile } from '../../src/lib/parts';
import type { Recipe } from '../../src/pruning/recipe';
import type { Outcome, Placement, Resolution } from '../../src/pruning/resolution';
import type { StudioState } from '../../src/state/studio';
import { axesAt } from '../../src/tensors/axes';
import { binHigh, binOf } from '../../src/tensors/bins';
import type { TensorStatistics } from '../../src/tensors/statistics';
import { type LayerKind, numelOf } from '../../src/tensors/tensor';

/** Park–Miller: the same checkpoint every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** Share of a Laplace-and-normal mixture with |x| <= magnitude, in units of its scale. */
function shareBelow(magnitude: number): number {
  const laplace = 1 - Math.exp(-magnitude * 1.3);
  const normal = Math.tanh(Math.sqrt(2 / Math.PI) * (magnitude + 0.0447 * magnitude ** 3));
  return 0.6 * laplace + 0.4 * normal;
}

function syntheticStatistics(count: number, scale: number, mean: number, nan = 0): TensorStatistics {
  const firstBin = binOf('F32', scale * 1e-4);
  const lastBin = binOf('F32', scale * 5);
  const positive = new Uint32Array(lastBin - firstBin + 1);
  const negative = new Uint32Array(positive.length);
  const skew = Math.min(0.2, Math.max(-0.2, mean / scale));
  const finite = count - nan;
  let placed = 0;
  for (let i = 0; i < positive.length; i++) {
    const upTo = i === positive.length - 1 ? 1 : shareBelow(binHigh('F32', firstBin + i) / scale);
    const here = Math.round(finite * upTo) - placed;
    placed += here;
    positive[i] = Math.round(here * (0.5 + skew));
    negative[i] = here - positive[i]!;
  }
  const edge = scale * 5;
  return {
    count,
    zeros: 0,
    nan,
    inf: 0,
    min: -edge,
    max: edge * 0.97,
    mean,
    std: scale,
    histogram: { firstBin, positive, negative },
  };
}

function weightsUpTo({ histogram }: TensorStatistics, threshold: number): number {
  let sum = 0;
  for (let i = 0; i < histogram.positive.length; i++) {
    if (binHigh('F32', histogram.firstBin + i) > threshold) break;
    sum += histogram.positive[i]! + histogram.negative[i]!;
  }
  return sum;
}

interface Sketch {
  readonly name: string;
  readonly kind: LayerKind;
  readonly shape: readonly number[];
}

/** Blocks of a bottleneck ResNet, repeated until there are enough tensors. */
function sketches(count: number): Sketch[] {
  const list: Sketch[] = [{ name: 'conv1.weight', kind: 'conv', shape: [64, 3, 7, 7] }];
  const norm = (name: string, width: number) => {
    for (const part of ['weight', 'bias']) {
      list.push({ name: `${name}.${part}`, kind: part === 'bias' ? 'bias' : 'norm', shape: [width] });
    }
    for (const part of ['running_mean', 'running_var']) {
      list.push({ name: `${name}.${part}`, kind: 'buffer', shape: [width] });
    }
    list.push({ name: `${name}.num_batches_tracked`, kind: 'integer', shape: [] });
  };
  norm('bn1', 64);
  for (let block = 0; list.length < count - 2; block++) {
    const stage = Math.min(3, Math.floor((block * 70) / count));
    const width = 64 << stage;
    const name = `layer${stage + 1}.${block}`;
    list.push({ name: `${name}.conv1.weight`, kind: 'conv', shape: [width, width * 4, 1, 1] });
    norm(`${name}.bn1`, width);
    list.push({ name: `${name}.conv2.weight`, kind: 'conv', shape: [width, width, 3, 3] });
    norm(`${name}.bn2`, width);
    list.push({ name: `${name}.conv3.weight`, kind: 'conv', shape: [width * 4, width, 1, 1] });
    norm(`${name}.bn3`, width * 4);
  }
  list.length = Math.max(1, count - 2);
  list.push(
    { name: 'fc.weight', kind: 'linear', shape: [1000, 2048] },
    { name: 'fc.bias', kind: 'bias', shape: [1000] },
  );
  return list.slice(0, count);
}

const reasons: Partial<Record<LayerKind, string>> = {
  norm: 'normalisation: off by default',
  bias: 'bias: off by default',
  buffer: 'buffer: off by default',
  integer: 'i64: not floating point',
};

/** A checkpoint of `count` tensors. */
export function demoCheckpoint(count: number): OpenedCheckpoint {
  const random = randomFrom(7);
  const layers = sketches(count).map(({ name, kind, shape }, id): Layer => {
    const numel = numelOf(shape);
    const isWeight = kind === 'conv' || kind === 'linear';
    const scale = isWeight ? (0.012 + random() * 0.03) * (name === 'conv1.weight' ? 4 : 1) : 0.2 + random();
    const reason = reasons[kind];
    return {
      id,
      name,
      container: 'state_dict',
      kind,
      dtype: kind === 'integer' ? 'I64' : 'F32',
      shape,
      numel,
      ...(isWeight && { axes: axesAt(0, 1) }),
      alsoNamed: [],
      prunable: kind !== 'integer',
      byDefault: isWeight,
      ...(reason === undefined ? {} : { reason }),
      ...(kind === 'integer'
        ? {}
        : { statistics: syntheticStatistics(numel, scale, (random() - 0.5) * scale * 0.1, id === 6 ? 3 : 0) }),
    };
  });
  const size = layers.reduce((sum, { numel }) => sum + numel * 4, 0) + 81_920;
  return {
    fileName: 'resnet50-epoch90.pth',
    parts: wholeFile({ size }, 'resnet50-epoch90.pth'),
    size,
    format: 'PyTorch zip',
    can: { script: 'torch.save' },
    layers,
    models: [oneModel(layers)],
    notes: [],
  };
}

function oneModel(layers: readonly Layer[]): ModelOfFile {
  const isIn = layers.filter(({ byDefault }) => byDefault);
  const weights = isIn.reduce((sum, { numel }) => sum + numel, 0);
  return { id: '', title: '', layers: isIn.length, weights };
}

/** Everything a pane reads, as if the checkpoint had been opened and pruned by one threshold over the whole model. */
export function demoState(layers: number): Partial<StudioState> {
  const checkpoint = demoCheckpoint(layers);
  const threshold = 0.0142;
  const placement: Placement = {
    kind: 'threshold',
    score: { criterion: 'magnitude' },
    threshold,
    ties: Number.POSITIVE_INFINITY,
  };
  const outcomes = new Map<number, Outcome>();
  let weights = 0;
  let zeros = 0;
  for (const { id, byDefault, statistics } of checkpoint.layers) {
    if (!byDefault || !statistics) continue;
    const pruned = weightsUpTo(statistics, threshold);
    outcomes.set(id, {
      rule: 0,
      program: [placement],
      placement,
      pruned,
      zeros: pruned,
      exact: true,
    });
    weights += statistics.count;
    zeros += pruned;
  }
  const resolution: Resolution = { outcomes, pending: [] };
  const candidates = candidatesOf(checkpoint.layers);
  const recipe: Extract<Recipe, { rules: unknown }> = {
    format: 'secateur-recipe',
    version: 1,
    rules: [{ criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { threshold } }],
  };
  return {
    status: { kind: 'ready' },
    checkpoint,
    candidates,
    recipe,
    resolution,
    deciding: new Map([...outcomes.keys()].map((id) => [id, recipe.rules[0]!])),
    settled: resolution,
    outcome: { weights, zerosBefore: 0, zeros, sparsity: weights === 0 ? 0 : zeros / weights, exact: true },
    warnings: [
      {
        code: 'layer-nearly-emptied',
        severity: 'warning',
        text: 'Less than a tenth is left of conv1.weight.',
        tensors: [0],
      },
      {
        code: 'non-finite',
        severity: 'info',
        text: '3 weights of layer1.0.conv1.weight are not finite.',
        tensors: [6],
      },
    ],
    canUndo: true,
    canRedo: false,
    selection: [checkpoint.layers.findLast((layer) => layer.byDefault)?.id ?? 0],
    editScope: 'layer',
  };
}
