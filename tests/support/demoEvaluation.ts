/** An evaluation that never ran, for the demonstration checkpoint: what its screens look like in each of their states. */
import { CheckpointError } from '../../src/lib/errors';
import { found } from '../../src/lib/known';
import type { Recipe } from '../../src/pruning/recipe';
import type { Layer, OpenedCheckpoint } from '../../src/state/checkpointSlice';
import type { Evaluation, Sensitivity, TensorPair, TrailPoint } from '../../src/state/evaluation';
import type { EvaluationState, EvaluationStatus, Tuning } from '../../src/state/evaluationState';

export type DemoStage =
  | 'off'
  | 'loading'
  | 'pairing'
  | 'ready'
  | 'stale'
  | 'evaluating'
  | 'searching'
  | 'tuned'
  | 'failed';

/** Of a model that keeps `quality` of 1. */
function evaluationOf(quality: number): Evaluation {
  const drift = 1 - quality;
  return {
    outputs: [
      {
        name: 'scores',
        shape: [360, 1000],
        cosine: 1 - drift * 0.8,
        relativeL2: drift * 1.6,
        maxAbsolute: drift * 14,
        classes: 1000,
        top1Agreement: 1 - drift,
        klDivergence: drift * 1.3,
      },
    ],
    accuracy: Math.max(0.001, 0.7612 - drift * 0.9),
    top5: Math.max(0.005, 0.9286 - drift * 0.7),
    milliseconds: 214,
  };
}

/** How good a network is with a share of its weights gone: flat, then a cliff. */
function qualityAt(sparsity: number, robustness: number): number {
  return 1 / (1 + Math.exp((sparsity - robustness) * 14)) / (1 / (1 + Math.exp(-robustness * 14)));
}

function pointOf(
  id: number,
  sparsity: number,
  quality: number,
  origin: TrailPoint['origin'],
  recipe?: Recipe,
): TrailPoint {
  const made: Recipe = {
    format: 'secateur-recipe',
    version: 1,
    rules: [{ criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity } }],
  };
  return { id, recipe: recipe ?? made, sparsity, evaluation: evaluationOf(quality), origin };
}

function demoTrail(recipe: Recipe, sparsity: number): TrailPoint[] {
  const byHand = [0, 0.2, 0.38, 0.5, 0.71, 0.8].map((share, id) => pointOf(id, share, qualityAt(share, 0.82), 'edit'));
  return [
    ...byHand,
    pointOf(6, sparsity, qualityAt(sparsity, 0.82), 'edit', recipe),
    pointOf(7, 0.76, qualityAt(0.76, 0.82), 'global'),
    pointOf(8, 0.76, qualityAt(0.76, 0.93), 'auto-tune'),
  ];
}

const ladder = [0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98];

function demoSensitivity(layers: readonly Layer[], isRunning: boolean): Sensitivity {
  const total = layers.length * ladder.length;
  const done = isRunning ? Math.round(total * 0.55) : total;
  const curves = layers.map(({ id, name, numel }, row) => ({
    tensor: id,
    name,
    weights: numel,
    cells: ladder.slice(0, Math.max(0, done - row * ladder.length)).map((sparsity) => ({
      tensor: id,
      sparsity,
      // The first and the last layer suffer most, as they do.
      evaluation: evaluationOf(
        qualityAt(sparsity, row === 0 ? 0.72 : row === layers.length - 1 ? 0.86 : 0.95 + ((row * 37) % 11) / 40),
      ),
    })),
  }));
  const state = isRunning ? 'running' : 'finished';
  return { ladder, curves, done, total, millisecondsLeft: isRunning ? (total - done) * 214 : 0, state };
}

function demoPairs(layers: readonly Layer[]): TensorPair[] {
  return layers.map(({ id, name, kind }, at) => ({
    tensor: id,
    name,
    initializer: at % 3 === 1 ? `onnx::Conv_${497 + id}` : name,
    match: kind === 'linear' ? 'name only' : at % 3 === 1 ? 'folded' : 'name',
    transposed: kind === 'linear',
  }));
}

const tuning = (trail: readonly TrailPoint[]): Tuning => ({
  goal: { kind: 'sparsest', metric: 'top1Agreement', limit: 0.97 },
  state: 'finished',
  evaluations: 43,
  tuned: trail.at(-1)!,
  global: trail.at(-2)!,
  searched: 180,
  judged: 180,
  figures: { tuned: found(trail.at(-1), 'a point').evaluation, global: found(trail.at(-2), 'a point').evaluation },
  verdict:
    'At 76.0 % sparsity on 180 inputs that the search did not see: Top-1 agreement 91.5 % ±4.1. Better than one global magnitude threshold, 69.8 % ±6.7: +21.7 ±6.4 points, input by input.',
});

const statuses: Partial<Record<DemoStage, EvaluationStatus>> = {
  off: { kind: 'off' },
  loading: { kind: 'loading', stage: 'loading ONNX Runtime', done: 6, total: 14 },
  evaluating: { kind: 'evaluating' },
  searching: { kind: 'searching' },
  failed: {
    kind: 'failed',
    error: new CheckpointError(
      'evaluation-failed',
      'ONNX Runtime does not know the operator DeformConv (opset 19), which node /neck/deform_0 uses.',
      { advice: 'Export the model with another operator in its place.' },
    ),
  },
};

const off: EvaluationState = {
  status: { kind: 'off' },
  live: true,
  graph: null,
  pairingConfirmed: false,
  inputs: null,
  source: null,
  kept: null,
  arrays: null,
  evaluation: null,
  stale: false,
  partial: null,
  metric: 'top1Agreement',
  metrics: [],
  trail: [],
  layerDrift: null,
  sensitivity: null,
  tuning: null,
};

/** @param recipe the one shown, which the newest point by hand is of */
export function demoEvaluation(
  checkpoint: OpenedCheckpoint,
  recipe: Recipe,
  sparsity: number,
  stage: DemoStage,
): EvaluationState {
  const status: EvaluationStatus = statuses[stage] ?? { kind: 'ready' };
  if (stage === 'off' || stage === 'loading') return { ...off, status };
  const layers = checkpoint.layers.filter(({ byDefault }) => byDefault).slice(0, 20);
  const trail = demoTrail(recipe, sparsity);
  const about = 'image: batch × 3 × height × width';
  const graph: EvaluationState['graph'] = {
    fileName: 'resnet50.onnx',
    inputs: [{ name: 'image', dtype: 'F32', shape: ['batch', 3, 'height', 'width'] }],
    outputs: [{ name: 'scores', dtype: 'F32', shape: ['batch', 1000] }],
    dimensions: [
      { name: 'batch', label: 'Batch', about, size: 8 },
      { name: 'height', label: 'Height', about, size: 224 },
      { name: 'width', label: 'Width', about, size: 224 },
    ],
    pairing: {
      pairs: demoPairs(layers),
      unmatched: checkpoint.layers
        .filter(({ byDefault }) => byDefault)
        .slice(20, 23)
        .map(({ id, name }) => ({ tensor: id, name, reason: 'no initializer of this shape and content' })),
      foldedIn: [],
      needsConfirmation: true,
    },
    runtime: { backend: 'wasm', threads: 4, label: 'ONNX Runtime, WASM × 4' },
  };
  if (stage === 'pairing') return { ...off, status, graph };
  return {
    ...off,
    status,
    graph,
    pairingConfirmed: true,
    inputs: {
      title: '360 images in 1,000 classes',
      samples: 360,
      inputs: [{ name: 'image', dtype: 'F32', shape: [360, 3, 224, 224] }],
      labelled: true,
      remarks: ['12 files that are no images were left out.', 'Height and width are 224, as the model was exported.'],
      baseline: {
        accuracy: 0.7612,
        top5: 0.9286,
        milliseconds: 214,
        delivery: 'inputs',
        deliveryReason: '214 ms against 391 ms with a session each',
      },
    },
    source: { kind: 'random', seed: 1, dimensions: { batch: 360 } },
    live: stage !== 'stale',
    stale: stage === 'stale' || stage === 'evaluating',
    evaluation: trail[6]!.evaluation,
    metrics: ['accuracy', 'top5', 'top1Agreement', 'klDivergence', 'cosine', 'relativeL2', 'maxAbsolute'],
    trail,
    layerDrift: layers.map(({ id, name, kind }, at) => ({
      tensor: id,
      name,
      operator: kind === 'linear' ? 'Gemm' : 'Conv',
      relativeL2: 0.01 + 0.012 * at + ((at * 37) % 7) / 120,
    })),
    sensitivity: demoSensitivity(layers, stage === 'searching'),
    tuning: stage === 'tuned' ? tuning(trail) : null,
  };
}
