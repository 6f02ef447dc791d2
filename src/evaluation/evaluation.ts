/** What the evaluation worker answers: the protocol's methods over one open graph. Needs no worker itself. */
import type { Progress as EngineProgress } from '../engine/callContext';
import type { Engine, EngineApi } from '../engine/protocol';
import { chooseFiles } from '../formats/chooseFiles';
import { blobSource } from '../lib/browser/blobSource';
import { CallClient } from '../lib/calls/client';
import { overPort } from '../lib/calls/port';
import type { HandlersOf } from '../lib/calls/protocol';
import { CheckpointError, throwIfCancelled } from '../lib/errors';
import { at, known } from '../lib/known';
import { joinedSource, partsOf } from '../lib/parts';
import { measureBlocks } from './blocks';
import { Evaluator } from './evaluator';
import { type ModelInMemory, putElements, readGraph, sessionFiles } from './graph/modelInMemory';
import { collectInputNorms } from './inputNorms';
import { openDimensions, rolesOf } from './inputs/axes';
import type { Dataset } from './inputs/dataset';
import type { DecodeImage } from './inputs/images';
import { readInputs } from './inputs/readInputs';
import { measureLayerDrift } from './layerDrift';
import { type Paired, pairByContent, pairSameFile } from './pairing';
import type {
  Delivery,
  EvaluationApi,
  EvaluationProgress,
  GraphValue,
  InputSummary,
  OpenGraphRequest,
  Runtime,
} from './protocol';
import { type CalibrationSet, ownCalibration, sharedCalibration } from './repair/calibration';
import { collectInputMoments } from './repair/inputMoments';
import { type KeepRepair, repairModel } from './repair/repair';
import type { EvaluationContext, Runnable } from './running';
import type { LoadedRuntime } from './runtime';
import { type SlimInputs, Slimming } from './slim/slimming';
import { elementsFor, type FetchWeights } from './weights';

export type EvaluationHandlers = HandlersOf<EvaluationApi, EvaluationProgress>;

export interface EvaluationParts {
  /** Called when a graph is opened, once unless it fails. */
  readonly loadRuntime: (forced: Runtime['backend'] | undefined) => Promise<LoadedRuntime>;
  readonly decodeImage: DecodeImage;
  /** Where weights come from; absent: from the one that `connect` brings. */
  readonly engine?: Engine;
  /** How weights reach sessions, where it is not to be measured. */
  readonly delivery?: Delivery;
}

/** The open graph, and the inputs it was given last. */
interface Open {
  readonly runnable: Runnable;
  readonly slimming: Slimming;
  inputs?: Inputs;
}

interface Inputs extends SlimInputs {
  /** As they were given; `dataset`: those that the quality figures are measured on. */
  readonly given: Dataset;
}

export function createEvaluation({
  loadRuntime,
  decodeImage,
  delivery,
  ...given
}: EvaluationParts): EvaluationHandlers {
  let { engine } = given;
  let disconnect = () => {};
  let forced: Runtime['backend'] | undefined;
  let loading: Promise<LoadedRuntime> | undefined;
  let open: Open | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let latest: AbortController | undefined;

  const runtime = () => {
    loading ??= loadRuntime(forced).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };

  const fetch: FetchWeights = async (outcomes, tensors, signal) => {
    if (!engine) throw new CheckpointError('internal', 'The evaluation is not connected with the engine.');
    return engine.call('weights', { outcomes, tensors }, signal && { signal });
  };

  const keep: KeepRepair = async (id, values, rest, signal) => {
    if (!engine) throw new CheckpointError('internal', 'The evaluation is not connected with the engine.');
    return engine.call('keepRepair', { id, values, rest }, { signal });
  };

  /** One after the other: a session runs one thing at a time, and what is released must not be in use. */
  const exclusively = <Result>(context: EvaluationContext, work: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(() => {
      throwIfCancelled(context.signal);
      return work();
    });
    queue = result.catch(() => {});
    return result;
  };

  const opened = () => {
    if (!open) throw new CheckpointError('internal', 'No graph is open.');
    return open;
  };

  const current = () => {
    if (!open?.inputs) throw new CheckpointError('internal', 'No graph with inputs is open.');
    return { ...open.inputs, runnable: open.runnable };
  };

  /** Figures are of these inputs from now on. @returns their summary, where they are others than before */
  const judge = async (dataset: Dataset, context: EvaluationContext, calibration?: CalibrationSet) => {
    const { runnable, ...before } = current();
    const isSame = dataset === before.dataset;
    const { delivery: by } = before.evaluator.baseline;
    const evaluator = isSame ? before.evaluator : await Evaluator.start(runnable, dataset, context, by);
    const { given, areRandom } = before;
    const inputs = { given, areRandom, dataset, evaluator, ...(calibration && { calibration }) };
    if (!isSame) await before.evaluator.release();
    if (open) open.inputs = inputs;
    return isSame ? undefined : summaryOf(inputs);
  };

  const release = async () => {
    const { inputs } = open ?? {};
    open = undefined;
    await inputs?.evaluator.release();
  };

  return {
    async connect({ port, backend }) {
      disconnect();
      forced = backend;
      const calls = new CallClient(
        () => overPort<EngineApi, EngineProgress>(port),
        'The part of Secateur that reads files',
      );
      disconnect = () => calls.terminate();
      engine = { call: (method, params, options) => calls.send(method, params, options).result };
    },

    openGraph(request, context) {
      return exclusively(context, async () => {
        await release();
        context.progress({ stage: 'loading ONNX Runtime', done: 0, total: 1 });
        const loaded = await runtime();
        throwIfCancelled(context.signal);
        const given = request.files.map((file) => ({ name: file.name, size: file.size, source: blobSource(file) }));
        const { files } = await chooseFiles(given);
        const source = joinedSource(files.map((file) => file.source));
        context.progress({ stage: 'reading graph', done: 0, total: source.size });
        const { graph, session } = await runnableGraph(loaded, (openBatch) =>
          readGraph(source, partsOf(files), openBatch),
        );
        throwIfCancelled(context.signal);
        const { outputs } = session;
        const { main } = graph.operators;
        const written = graph.takesMany ? session.inputs.map(withOneSample) : session.inputs;
        const inputs = written.map((input) => ({ ...input, roles: rolesOf(input, main) }));
        await session.release();
        throwIfCancelled(context.signal);
        const { targets, pairing } = await pair(graph, request, fetch, context);
        const runnable = { runtime: loaded, graph, targets, inputs, outputs, fetch };
        open = {
          runnable,
          slimming: new Slimming(runnable, { source, parts: partsOf(files) }, pairing, request.tensors),
        };
        const dimensions = openDimensions(inputs);
        return { fileName: graph.fileName, inputs, outputs, dimensions, pairing, runtime: loaded.runtime };
      });
    },

    setInputs({ source }, context) {
      return exclusively(context, async () => {
        const graph = opened();
        const { runnable } = graph;
        const { inputs } = runnable;
        const dataset = await readInputs(
          source,
          inputs,
          decodeImage,
          (done, total) => context.progress({ stage: 'reading inputs', done, total }),
          (arrays) => context.progress({ stage: 'reading inputs', done: 0, total: 1, arrays }),
        );
        const evaluator = await Evaluator.start(runnable, dataset, context, delivery);
        await graph.inputs?.evaluator.release();
        graph.inputs = { given: dataset, areRandom: source.kind === 'random', dataset, evaluator };
        return summaryOf(graph.inputs);
      });
    },

    setCalibration({ source }, context) {
      return exclusively(context, async () => {
        const { runnable, given } = current();
        const { inputs } = runnable;
        const use = async ({ title, dataset }: CalibrationSet, judged: Dataset) => {
          const changed = await judge(judged, context, { title, dataset });
          return { title, samples: dataset.samples, judged: judged.samples, ...(changed && { inputs: changed }) };
        };
        if (source.kind === 'share') {
          const { judged, ...calibration } = sharedCalibration(inputs, given, source);
          return use(calibration, judged);
        }
        const dataset = await readInputs(source.source, inputs, decodeImage, (done, total) =>
          context.progress({ stage: 'reading inputs', done, total }),
        );
        return use(ownCalibration(inputs, dataset, source.samples ?? dataset.samples), given);
      });
    },

    clearCalibration(_, context) {
      return exclusively(context, async () => (open?.inputs ? judge(open.inputs.given, context) : undefined));
    },

    repair(request, context) {
      return exclusively(context, () => {
        const { runnable, dataset, calibration } = current();
        if (!calibration) throw new CheckpointError('internal', 'A repair has nothing to be fitted on.');
        return repairModel({ runnable, calibration, judged: dataset, keep }, request, context);
      });
    },

    evaluate({ outcomes, part }, context) {
      latest?.abort();
      latest = new AbortController();
      const signal = AbortSignal.any([context.signal, latest.signal]);
      const own = { ...context, signal };
      return exclusively(own, () => current().evaluator.evaluate(outcomes, own, part));
    },

    splitInputs({ seed }, context) {
      return exclusively(context, () => current().evaluator.split(seed, context));
    },

    forgetMasks(_, context) {
      return exclusively(context, async () => open?.inputs?.evaluator.forgetMasks());
    },

    layerDrift({ outcomes }, context) {
      return exclusively(context, () => {
        const { runnable, dataset } = current();
        return measureLayerDrift(runnable, dataset, outcomes, context);
      });
    },

    samplePictures({ places }, context) {
      return exclusively(context, async () => current().evaluator.pictures(places));
    },

    blockInfluence(_, context) {
      return exclusively(context, () => {
        const { runnable, dataset, calibration } = current();
        return measureBlocks(runnable, calibration?.dataset ?? dataset, context);
      });
    },

    inputNorms({ tensors }, context) {
      return exclusively(context, () => {
        const { runnable, dataset } = current();
        return collectInputNorms(runnable, dataset, tensors, context);
      });
    },

    inputMoments({ tensors }, context) {
      return exclusively(context, async () => {
        const { runnable, dataset, calibration } = current();
        const { title, dataset: inputs } = calibration ?? { title: dataset.title, dataset };
        const collected = await collectInputMoments(runnable, inputs, tensors, context);
        return { title, samples: inputs.samples, collected };
      });
    },

    channels(_, context) {
      return exclusively(context, () => opened().slimming.channels(open?.inputs, context));
    },

    costs({ outcomes }, context) {
      return exclusively(context, () => opened().slimming.costs(outcomes, open?.inputs, context));
    },

    slim(request, context) {
      return exclusively(context, () => opened().slimming.slim(request, open?.inputs, keep, context));
    },

    slimModel({ id }, context) {
      return exclusively(context, async () => opened().slimming.model(id));
    },

    permute({ patterns }, context) {
      return exclusively(context, () => opened().slimming.permute(patterns, open?.inputs, context));
    },

    close(_, context) {
      latest?.abort();
      return exclusively(context, release);
    },
  };
}

function summaryOf({ dataset, evaluator }: Inputs): InputSummary {
  const { title, samples, classNames, remarks } = dataset;
  const { baseline, doubts, labels } = evaluator;
  const labelled = baseline.accuracy !== undefined;
  const unused = 'The labels are left aside: no output holds one row of class scores a sample.';
  return {
    title,
    samples,
    inputs: shapesOf(dataset),
    labelled,
    ...(labelled && labels && { labels }),
    ...(classNames && { classNames }),
    remarks: [...doubts, ...remarks, ...(dataset.labelled && !labelled ? [unused] : [])],
    baseline,
  };
}

/** The first session tells whether the model can be run at all, opened to several samples or as it is. */
async function runnableGraph({ createSession }: LoadedRuntime, read: (openBatch: boolean) => Promise<ModelInMemory>) {
  const graph = await read(true);
  try {
    return { graph, session: await createSession(...sessionFiles(graph, graph.bytes)) };
  } catch (error) {
    if (!graph.takesMany) throw error;
    const asItIs = await read(false);
    return { graph: asItIs, session: await createSession(...sessionFiles(asItIs, asItIs.bytes)) };
  }
}

/** As the file has it: what it was opened to is nobody's to choose. */
function withOneSample(input: GraphValue): GraphValue {
  return { ...input, shape: [1, ...(input.shape ?? []).slice(1)] };
}

/** The inputs as they are fed, all samples together where the graph takes them in batches. */
function shapesOf({ samples, batches }: Dataset): InputSummary['inputs'] {
  const first = at(batches, 0);
  return [...first.feeds].map(([name, { dtype, shape }]) => {
    const all = batches.map(({ feeds }) => known(feeds, name).shape);
    const sizes = shape.map((size, axis) => {
      if (axis === 0) return size === first.samples ? samples : size;
      const found = all.map((each) => each[axis] ?? size);
      const [least, most] = [Math.min(...found), Math.max(...found)];
      return least === most ? size : `${least}–${most}`;
    });
    return { name, dtype, shape: sizes };
  });
}

async function pair(
  graph: ModelInMemory,
  { isCheckpoint, tensors }: OpenGraphRequest,
  fetch: FetchWeights,
  { signal, progress }: EvaluationContext,
): Promise<Paired> {
  if (isCheckpoint) return pairSameFile(graph, tensors);
  const unpruned = new Map();
  const read = (ids: readonly number[]) => fetch(unpruned, ids, signal);
  const paired = await pairByContent(graph, tensors, read, (done, total) =>
    progress({ stage: 'pairing', done, total }),
  );
  // The checkpoint is what is pruned: where its weights are others than the graph's, they are the original.
  for (const target of paired.targets.filter(({ match }) => match === 'name only')) {
    const weights = await read([target.tensor.id]);
    putElements(graph.bytes, target.graph, elementsFor(graph.bytes, target, known(weights, target.tensor.id)));
  }
  return paired;
}
