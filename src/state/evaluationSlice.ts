/** Evaluation beside the recipe: graph and inputs, live results, the trail, and the searches. */
import type { EvaluationClient } from '../evaluation/client';
import type { MetricId } from '../evaluation/metrics/metrics';
import type { CheckpointTensor, EvaluationProgress, InputSource } from '../evaluation/protocol';
import { firstMetric, metricsOf, usualMetric } from '../evaluation/quality';
import type { TuneGoal } from '../evaluation/search/autoTune';
import type { RepairCandidate } from '../evaluation/search/bench';
import { sensitivityCsv } from '../evaluation/search/sensitivityCsv';
import type { TrailPoint } from '../evaluation/search/trail';
import { asCheckpointError, CheckpointError } from '../lib/errors';
import { found } from '../lib/known';
import type { InputNeed } from '../pruning/criteria/criterion';
import type { Recipe } from '../pruning/recipe';
import { repairedOutcomes } from '../pruning/repair';
import type { Follow, StudioContext } from './context';
import { createEvaluationContext, type EvaluationContext, type EvaluationStudio } from './evaluationContext';
import { atRest, type EvaluationState, type EvaluationStatus, notEvaluated, ofInputs } from './evaluationState';
import { type GivenInputs, givenInWords, sourceOf } from './givenInputs';
import { createLiveEvaluation } from './liveEvaluation';
import { repairInForce } from './repairState';
import { fetchSample, testSetOf } from './samples';

/** What the store gains. Promises never reject: what went wrong is in `evaluation.status`. */
export interface EvaluationSlice {
  readonly evaluation: EvaluationState;

  /** Whether the open checkpoint is a graph that can be run as it is. */
  canEvaluateCheckpoint(): boolean;
  /** The open ONNX checkpoint is its own graph. Starts with random inputs, then evaluates. */
  evaluateCheckpoint(): Promise<void>;
  /** Pairs the open checkpoint with the graph that was exported from it. */
  /** @param files the model, and the files beside it that hold its weights */
  pairGraph(files: readonly File[]): Promise<void>;
  confirmPairing(): Promise<void>;
  setInputs(source: InputSource): Promise<void>;
  /** Keeps inputs for the graph that the checkpoint will be run with. */
  keepInputs(given: GivenInputs): void;
  /** Runs the model on inputs that came without being asked for; without a graph they are kept. @returns what is missing */
  giveInputs(given: GivenInputs): Promise<'graph' | 'pairing' | undefined>;
  /** Fetches `samples/<name>` from our own origin as arrays. */
  setSampleInputs(name: string): Promise<void>;
  setLive(live: boolean): void;
  setMetric(metric: MetricId): void;
  /** Evaluates the settled recipe now, live or not. */
  evaluateNow(): Promise<void>;
  /** Back to the recipe of a point of the trail: one history entry. What it needs may be gone: the status says so. */
  returnTo(point: TrailPoint): void;
  clearTrail(): void;
  /** Runs the model with each of these recipes: they join the trail. */
  evaluateRecipes(recipes: readonly Recipe[]): Promise<void>;
  measureLayerDrift(): Promise<void>;
  /** Every layer that is in × every sparsity of the ladder (a default one where none is given). */
  measureSensitivity(ladder?: readonly number[]): Promise<void>;
  /** @param repair candidates are judged with it */
  autoTune(goal: TuneGoal, repair?: RepairCandidate): Promise<void>;
  /** What goes into each layer, for the criteria that need it. */
  collectInputs(of: InputNeed): Promise<void>;
  /** What failed last, once more. */
  doAgain(): Promise<void>;
  /** Stops sensitivity, auto-tune, loading or collecting; what is done is kept. */
  cancelEvaluation(): void;
  /** The sensitivity table as CSV: layer, weights, sparsity, and every metric at hand. */
  sensitivityCsv(): string;
  /** Forgets graph and inputs and frees the runtime. */
  closeEvaluation(): void;
}

export function createEvaluationSlice(
  studio: StudioContext<EvaluationStudio>,
  client: EvaluationClient,
): { slice: EvaluationSlice; follow: Follow<EvaluationStudio>; context: EvaluationContext } {
  const context = createEvaluationContext(studio, client);
  const { state, update, bench, point } = context;
  /** Loading or searching: one at a time, and live evaluation waits for it. */
  let working: AbortController | undefined;
  /** What failed last. */
  let again: (() => Promise<void>) | undefined;
  const isReady = () => state().graph !== null && state().inputs !== null && state().pairingConfirmed && !working;

  /** Runs one operation under a status; a newer one takes its place. */
  const work = async (status: EvaluationStatus, operation: (signal: AbortSignal) => Promise<void>) => {
    working?.abort();
    live.stop();
    const controller = new AbortController();
    working = controller;
    again = undefined;
    update({ status });
    try {
      await operation(controller.signal);
      if (working === controller) update({ status: atRest(state()) });
    } catch (thrown) {
      if (working === controller) {
        failed(thrown);
        again = () => work(status, operation);
      }
    } finally {
      if (working === controller) working = undefined;
    }
    // What changed meanwhile was left for now.
    if (!working && state().live && state().stale) await live.evaluate(studio.get().recipe, true);
  };

  const failed = (thrown: unknown) => {
    const error = asCheckpointError(thrown);
    if (error.code === 'cancelled') {
      update({ status: atRest(state()) });
      return;
    }
    if (error.code === 'worker-crashed') {
      // The graph went with its worker.
      client.disconnect();
      update({ ...ofInputs, graph: null, inputs: null });
    }
    update({ status: { kind: 'failed', error } });
  };

  const live = createLiveEvaluation(context, isReady, failed);

  /** @param running what the model is run for, where that is not to compare it */
  const report = (signal: AbortSignal, running = 'running') => ({
    signal,
    progress: ({ stage, done, total }: EvaluationProgress) => {
      const shown = stage === 'running' ? running : stage;
      if (!signal.aborted) update({ status: { kind: 'loading', stage: shown, done, total } });
    },
  });

  const loading: EvaluationStatus = { kind: 'loading', stage: 'loading ONNX Runtime', done: 0, total: 1 };

  const openGraph = async (files: readonly File[], isCheckpoint: boolean, signal: AbortSignal) => {
    update({ ...ofInputs, graph: null, inputs: null, source: null, arrays: null, pairingConfirmed: false });
    const tensors = (studio.get().checkpoint?.layers ?? []).map((layer): CheckpointTensor => {
      const { id, name, container, kind, dtype, shape, prunable, byDefault, sameAs } = layer;
      return { id, name, container, kind, dtype, shape, prunable, byDefault, ...(sameAs !== undefined && { sameAs }) };
    });
    const graph = await client.call('openGraph', { files, isCheckpoint, tensors }, report(signal));
    update({ graph, pairingConfirmed: !graph.pairing.needsConfirmation });
  };

  const setInputs = async (source: InputSource, signal: AbortSignal) => {
    const told = report(signal);
    update({ arrays: null });
    const progress = (now: EvaluationProgress) => {
      if (now.arrays && source.kind === 'arrays') update({ arrays: { source, found: now.arrays } });
      told.progress(now);
    };
    const inputs = await client.call('setInputs', { source }, { signal, progress });
    update({ ...ofInputs, inputs, source });
    const { recipe } = studio.get();
    const first = await bench.run(recipe, signal);
    const metrics = metricsOf(first.evaluation);
    update({
      metrics,
      metric: source.kind === 'random' ? usualMetric : firstMetric(metrics),
      trail: [point(first, 'edit')],
    });
    live.show(first);
  };

  /** Samples come with a labelled test set; every other model starts with random numbers. */
  const setFirstInputs = async (signal: AbortSignal) => {
    const { graph, kept } = state();
    if (graph && kept) {
      update({ kept: null });
      await setInputs(sourceOf(kept, graph.inputs, null), signal);
      return;
    }
    const testSet = studio.sample === null ? undefined : await testSetOf(studio.sample, signal);
    const sizes = graph?.dimensions ?? [];
    const dimensions = Object.fromEntries(sizes.map(({ name, size }) => [name, size]));
    await setInputs(testSet ? { kind: 'arrays', files: [testSet] } : { kind: 'random', seed: 1, dimensions }, signal);
  };

  /** What was said of files goes: they were taken here. */
  const taken = () => studio.get().dismissError();

  const slice: EvaluationSlice = {
    evaluation: notEvaluated,

    canEvaluateCheckpoint: () => studio.get().checkpoint?.can.graph === true && studio.files.length > 0,

    evaluateCheckpoint: () =>
      work(loading, async (signal) => {
        if (studio.files.length === 0) throw new CheckpointError('internal', 'No checkpoint is open.');
        await openGraph(studio.files, true, signal);
        await setFirstInputs(signal);
      }),

    pairGraph: (files) => {
      taken();
      return work(loading, async (signal) => {
        await openGraph(files, false, signal);
        if (state().pairingConfirmed) await setFirstInputs(signal);
      });
    },

    confirmPairing: async () => {
      if (!state().graph) return;
      await work(loading, async (signal) => {
        update({ pairingConfirmed: true });
        if (!state().inputs) await setFirstInputs(signal);
      });
    },

    setInputs: async (source) => {
      if (!state().graph) return;
      taken();
      await work(loading, (signal) => setInputs(source, signal));
    },

    keepInputs: (kept) => update({ kept }),
    giveInputs: async (given) => {
      const { graph, pairingConfirmed, source } = state();
      taken();
      if (graph && pairingConfirmed) await slice.setInputs(sourceOf(given, graph.inputs, source));
      else {
        slice.keepInputs(given);
        if (graph) return 'pairing';
        if (!slice.canEvaluateCheckpoint()) return 'graph';
        await slice.evaluateCheckpoint();
      }
      const { inputs, status } = state();
      if (inputs && status.kind !== 'failed') studio.get().say(`The model runs on ${givenInWords(given)} now.`);
      return undefined;
    },

    setSampleInputs: async (name) => {
      if (!state().graph) return;
      await work(loading, async (signal) => {
        await setInputs({ kind: 'arrays', files: [await fetchSample(name, signal)] }, signal);
      });
    },

    setLive: (isLive) => {
      update({ live: isLive });
      if (isLive && state().stale) void live.evaluate(studio.get().recipe, true);
    },
    setMetric: (metric) => update({ metric }),
    evaluateNow: () => live.evaluate(studio.get().recipe, true),
    returnTo: ({ recipe }) => studio.get().applyRecipe(recipe, 'Back to a point of the chart'),
    clearTrail: () => update({ trail: [] }),
    evaluateRecipes: async (recipes) => {
      if (isReady())
        await work({ kind: 'searching' }, async (signal) => {
          for (const recipe of recipes) {
            const trial = await bench.run(recipe, signal);
            update({ trail: [...state().trail, point(trial, 'edit')] });
          }
        });
    },

    measureLayerDrift: async () => {
      if (!isReady()) return;
      await work({ kind: 'evaluating' }, async (signal) => {
        const { recipe } = studio.get();
        const { outcomes } = await bench.resolve(recipe, signal);
        const repair = repairInForce(studio.get().repair);
        const shown = repair ? repairedOutcomes(outcomes, repair) : outcomes;
        const layerDrift = await client.call('layerDrift', { outcomes: shown }, { signal });
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

    autoTune: async (goal, repair) => {
      if (isReady())
        await work({ kind: 'searching' }, async (signal) => {
          const { showAutoTune } = await import('./searches');
          await showAutoTune(context, goal, signal, repair);
        });
    },

    collectInputs: async (of) => {
      if (!isReady()) return;
      const stage = of === 'norms' ? 'collecting input norms' : 'collecting input moments';
      await work({ kind: 'loading', stage, done: 0, total: 0 }, async (signal) => {
        const { giveCollected } = await import('./inputNorms');
        if (of === 'norms') {
          const norms = await client.call('inputNorms', {}, report(signal, stage));
          await giveCollected(studio, of, norms, found(state().inputs, 'inputs'), signal);
        } else {
          const { collected, ...inputs } = await client.call('inputMoments', {}, report(signal, stage));
          await giveCollected(studio, of, collected, inputs, signal);
        }
      });
    },

    doAgain: async () => again?.(),
    cancelEvaluation: () => {
      working?.abort();
      live.cancel();
    },
    sensitivityCsv: () =>
      sensitivityCsv(state().sensitivity?.curves ?? [], state().metrics, studio.get().checkpoint ?? {}),

    closeEvaluation: () => {
      working?.abort();
      working = undefined;
      again = undefined;
      live.close();
      if (state().graph) client.call('close', {}).catch(() => {});
      client.disconnect();
      update({ ...notEvaluated, live: state().live });
    },
  };

  const follow: Follow<EvaluationStudio> = (now, previous) => {
    if (now.opened === previous.opened) live.follow(now, previous);
    else if (now.evaluation.status.kind !== 'off' || now.evaluation.kept) slice.closeEvaluation();
  };

  return { slice, follow, context };
}
