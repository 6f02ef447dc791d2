/** Evaluation beside the recipe: graph and inputs, live results, the trail, and the searches. */
import type { EvaluationClient } from '../evaluation/client';
import type { MetricId } from '../evaluation/metrics/metrics';
import type { CheckpointTensor, Evaluation, EvaluationProgress, InputSource } from '../evaluation/protocol';
import { firstMetric, metricsOf } from '../evaluation/quality';
import type { TuneGoal } from '../evaluation/search/autoTune';
import { sensitivityCsv } from '../evaluation/search/sensitivityCsv';
import type { TrailPoint } from '../evaluation/search/trail';
import { asCheckpointError, CheckpointError } from '../lib/errors';
import type { Need } from '../pruning/criteria/criterion';
import type { Recipe } from '../pruning/recipe';
import { scoresBy } from '../pruning/ruleLists';
import { giveActivations } from './activations';
import type { Follow, StudioContext } from './context';
import { createEvaluationContext, type EvaluationStudio } from './evaluationContext';
import { type EvaluationState, type EvaluationStatus, notEvaluated, ofInputs } from './evaluationState';
import { fetchSample, testSetOf } from './samples';

/** What the store gains. Promises never reject: what went wrong is in `evaluation.status`. */
export interface EvaluationSlice {
  readonly evaluation: EvaluationState;

  /** Whether the open checkpoint is a graph that can be run as it is. */
  canEvaluateCheckpoint(): boolean;
  /** The open ONNX checkpoint is its own graph. Starts with random inputs, then evaluates. */
  evaluateCheckpoint(): Promise<void>;
  /** Pairs the open checkpoint with the graph that was exported from it. */
  pairGraph(model: File): Promise<void>;
  confirmPairing(): Promise<void>;
  setInputs(source: InputSource): Promise<void>;
  /** Fetches `samples/<name>` from our own origin as arrays. */
  setSampleInputs(name: string): Promise<void>;
  setLive(live: boolean): void;
  setMetric(metric: MetricId): void;
  /** Evaluates the settled recipe now, live or not. */
  evaluateNow(): Promise<void>;
  /** Back to the recipe of a point of the trail: one history entry. What it needs may be gone: the status says so. */
  returnTo(point: TrailPoint): void;
  clearTrail(): void;
  measureLayerDrift(): Promise<void>;
  /** Every layer that is in × every sparsity of the ladder (a default one where none is given). */
  measureSensitivity(ladder?: readonly number[]): Promise<void>;
  autoTune(goal: TuneGoal): Promise<void>;
  collectActivationNorms(): Promise<void>;
  /** Stops sensitivity, auto-tune, loading or collecting; what is done is kept. */
  cancelEvaluation(): void;
  /** The sensitivity table as CSV: layer, weights, sparsity, and every metric at hand. */
  sensitivityCsv(): string;
  /** Forgets graph and inputs and frees the runtime. */
  closeEvaluation(): void;
}

/** A handle that has not moved for this long rests. */
const restMilliseconds = 120;

export function createEvaluationSlice(
  studio: StudioContext<EvaluationStudio>,
  client: EvaluationClient,
): { slice: EvaluationSlice; follow: Follow<EvaluationStudio> } {
  const context = createEvaluationContext(studio, client);
  const { state, update, bench, point } = context;
  /** Loading or searching: one at a time, and live evaluation waits for it. */
  let working: AbortController | undefined;
  /** The live evaluation under way. */
  let evaluating: { readonly recipe: Recipe; readonly controller: AbortController } | undefined;
  let resting: ReturnType<typeof setTimeout> | undefined;
  /** Of `evaluation`. */
  let evaluated: Recipe | undefined;

  const atRest = (): EvaluationStatus => (state().graph ? { kind: 'ready' } : { kind: 'off' });
  const isReady = () => state().graph !== null && state().inputs !== null && state().pairingConfirmed && !working;

  /** Runs one operation under a status; a newer one takes its place. */
  const work = async (status: EvaluationStatus, operation: (signal: AbortSignal) => Promise<void>) => {
    working?.abort();
    evaluating?.controller.abort();
    evaluating = undefined;
    const controller = new AbortController();
    working = controller;
    update({ status });
    try {
      await operation(controller.signal);
      if (working === controller) update({ status: atRest() });
    } catch (thrown) {
      if (working === controller) failed(thrown);
    } finally {
      if (working === controller) working = undefined;
    }
    // What changed meanwhile was left for now.
    if (!working && state().live && state().stale) await evaluate(studio.get().recipe, true);
  };

  const failed = (thrown: unknown) => {
    const error = asCheckpointError(thrown);
    if (error.code === 'cancelled') {
      update({ status: atRest() });
      return;
    }
    if (error.code === 'worker-crashed') {
      // The graph went with its worker.
      client.disconnect();
      update({ ...ofInputs, graph: null, inputs: null });
    }
    update({ status: { kind: 'failed', error } });
  };

  /** @param running what the model is run for, where that is not to compare it */
  const report = (signal: AbortSignal, running = 'running') => ({
    signal,
    progress: ({ stage, done, total }: EvaluationProgress) => {
      const shown = stage === 'running' ? running : stage;
      if (!signal.aborted) update({ status: { kind: 'loading', stage: shown, done, total } });
    },
  });

  const loading: EvaluationStatus = { kind: 'loading', stage: 'loading ONNX Runtime', done: 0, total: 1 };

  const show = (recipe: Recipe, evaluation: Evaluation) => {
    evaluated = recipe;
    const metrics = metricsOf(evaluation);
    const { metric } = state();
    update({
      evaluation,
      stale: studio.get().recipe !== recipe,
      metrics,
      ...(metrics.includes(metric) ? {} : { metric: firstMetric(metrics) }),
    });
  };

  /** @param isKept whether the recipe is more than a handle on its way: it then joins the trail */
  const evaluate = async (recipe: Recipe, isKept: boolean) => {
    clearTimeout(resting);
    if (!isReady()) return;
    const known = state().trail.find((each) => each.recipe === recipe);
    if (known) {
      evaluating?.controller.abort();
      evaluating = undefined;
      show(recipe, known.evaluation);
      update({ status: atRest() });
      return;
    }
    if (evaluating?.recipe === recipe) return;
    evaluating?.controller.abort();
    const mine = { recipe, controller: new AbortController() };
    evaluating = mine;
    update({ status: { kind: 'evaluating' } });
    try {
      const result = await bench.run(recipe, mine.controller.signal);
      if (evaluating !== mine) return;
      show(recipe, result.evaluation);
      if (isKept) update({ trail: [...state().trail, point(result, 'edit')] });
      update({ status: atRest() });
    } catch (thrown) {
      if (evaluating === mine) failed(thrown);
    } finally {
      if (evaluating === mine) evaluating = undefined;
    }
  };

  const openGraph = async (model: File, isCheckpoint: boolean, signal: AbortSignal) => {
    update({ ...ofInputs, graph: null, inputs: null, source: null, pairingConfirmed: false });
    const tensors = (studio.get().checkpoint?.layers ?? []).map((layer): CheckpointTensor => {
      const { id, name, container, kind, dtype, shape, prunable, byDefault } = layer;
      return { id, name, container, kind, dtype, shape, prunable, byDefault };
    });
    const graph = await client.call('openGraph', { model, isCheckpoint, tensors }, report(signal));
    update({ graph, pairingConfirmed: !graph.pairing.needsConfirmation });
  };

  const setInputs = async (source: InputSource, signal: AbortSignal) => {
    const inputs = await client.call('setInputs', { source }, report(signal));
    update({ ...ofInputs, inputs, source });
    const { recipe } = studio.get();
    const first = await bench.run(recipe, signal);
    const metrics = metricsOf(first.evaluation);
    update({ metrics, metric: firstMetric(metrics), trail: [point(first, 'edit')] });
    show(recipe, first.evaluation);
  };

  /** Samples come with a labelled test set; every other model starts with random numbers. */
  const setFirstInputs = async (signal: AbortSignal) => {
    const testSet = studio.sample === null ? undefined : await testSetOf(studio.sample, signal);
    const sizes = state().graph?.dimensions ?? [];
    const dimensions = Object.fromEntries(sizes.map(({ name, size }) => [name, size]));
    await setInputs(testSet ? { kind: 'arrays', files: [testSet] } : { kind: 'random', seed: 1, dimensions }, signal);
  };

  const slice: EvaluationSlice = {
    evaluation: notEvaluated,

    canEvaluateCheckpoint: () => studio.get().checkpoint?.can.graph === true && studio.file !== null,

    evaluateCheckpoint: () =>
      work(loading, async (signal) => {
        if (!studio.file) throw new CheckpointError('internal', 'No checkpoint is open.');
        await openGraph(studio.file, true, signal);
        await setFirstInputs(signal);
      }),

    pairGraph: (model) =>
      work(loading, async (signal) => {
        await openGraph(model, false, signal);
        if (state().pairingConfirmed) await setFirstInputs(signal);
      }),

    confirmPairing: async () => {
      if (!state().graph) return;
      await work(loading, async (signal) => {
        update({ pairingConfirmed: true });
        if (!state().inputs) await setFirstInputs(signal);
      });
    },

    setInputs: async (source) => {
      if (state().graph) await work(loading, (signal) => setInputs(source, signal));
    },

    setSampleInputs: async (name) => {
      if (!state().graph) return;
      await work(loading, async (signal) => {
        await setInputs({ kind: 'arrays', files: [await fetchSample(name, signal)] }, signal);
      });
    },

    setLive: (live) => {
      update({ live });
      if (live && state().stale) void evaluate(studio.get().recipe, true);
    },
    setMetric: (metric) => update({ metric }),
    evaluateNow: () => evaluate(studio.get().recipe, true),
    returnTo: ({ recipe }) => studio.get().applyRecipe(recipe),
    clearTrail: () => update({ trail: [] }),

    measureLayerDrift: async () => {
      if (!isReady()) return;
      await work({ kind: 'evaluating' }, async (signal) => {
        const { recipe } = studio.get();
        const { outcomes } = await bench.resolve(recipe, signal);
        const layerDrift = await client.call('layerDrift', { outcomes }, { signal });
        if (studio.get().recipe === recipe) update({ layerDrift });
      });
    },

    measureSensitivity: async (ladder) => {
      if (isReady())
        await work({ kind: 'searching' }, async (signal) => {
          const { showSensitivity } = await import('./searches');
          await showSensitivity(context, signal, ladder);
        });
    },

    autoTune: async (goal) => {
      if (isReady())
        await work({ kind: 'searching' }, async (signal) => {
          const { showAutoTune } = await import('./searches');
          await showAutoTune(context, goal, signal);
        });
    },

    collectActivationNorms: async () => {
      if (!isReady()) return;
      const stage = 'collecting input norms';
      await work({ kind: 'loading', stage, done: 0, total: 0 }, async (signal) => {
        const norms = await client.call('activationNorms', {}, report(signal, stage));
        await giveActivations(studio, norms, state().inputs!, signal);
      });
    },

    cancelEvaluation: () => {
      working?.abort();
      evaluating?.controller.abort();
    },
    sensitivityCsv: () => sensitivityCsv(state().sensitivity, state().metrics),

    closeEvaluation: () => {
      clearTimeout(resting);
      working?.abort();
      working = undefined;
      evaluating?.controller.abort();
      evaluating = undefined;
      evaluated = undefined;
      if (state().graph) client.call('close', {}).catch(() => {});
      client.disconnect();
      update({ ...notEvaluated, live: state().live });
    },
  };

  /** The same recipe takes other weights now: what scores are made of beside the weights has changed. */
  const forgetScores = (need: Need) => {
    if (!state().graph) return;
    const isConcerned = (recipe: Recipe | undefined) => recipe !== undefined && scoresBy(need, recipe);
    if (isConcerned(evaluating?.recipe)) {
      evaluating?.controller.abort();
      evaluating = undefined;
    }
    if (isConcerned(evaluated)) evaluated = undefined;
    const { trail, layerDrift } = state();
    update({
      trail: trail.filter(({ recipe }) => !isConcerned(recipe)),
      layerDrift: isConcerned(studio.get().recipe) ? null : layerDrift,
    });
    client.call('forgetMasks', {}).catch(() => {});
  };

  const follow: Follow<EvaluationStudio> = (now, previous) => {
    if (now.opened !== previous.opened) {
      if (now.evaluation.status.kind !== 'off') slice.closeEvaluation();
      return;
    }
    if (now.inputNorms !== previous.inputNorms) forgetScores('norms');
    if (now.reference !== previous.reference) forgetScores('reference');
    if (now.recipe === previous.recipe && now.settled === previous.settled) return;
    if (!now.evaluation.graph) return;
    const stale = now.recipe !== evaluated;
    if (stale !== state().stale || state().layerDrift) update({ stale, layerDrift: null });
    if (!state().live) return;
    clearTimeout(resting);
    const isCommitted = now.settled !== previous.settled;
    if (isCommitted) void evaluate(now.recipe, true);
    else resting = setTimeout(() => void evaluate(studio.get().recipe, false), restMilliseconds);
  };

  return { slice, follow };
}
