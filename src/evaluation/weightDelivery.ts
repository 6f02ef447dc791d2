/**
 * Two ways to give a session pruned weights: as inputs, fed at every run (no new session, but nothing is folded or
 * packed ahead), or patched into the model's bytes, from which each evaluation makes a session.
 */
import { isQuantised } from '../tensors/encodedElements';
import { numelOf } from '../tensors/tensor';
import { elementsOf, type GraphTensor, type ModelInMemory, putElements, sessionFiles } from './graph/modelInMemory';
import type { Target } from './pairing';
import type { Delivery } from './protocol';
import { isFeedable, type LoadedRuntime, type ModelSession } from './runtime';
import { type Values, widthOf } from './values';
import type { PutElements } from './weights';

export interface WeightDelivery {
  readonly by: Delivery;
  readonly put: PutElements;
  /** Calls `work` with a session that holds the weights put last, and what has to be fed to it beside the inputs. */
  use<Result>(work: (session: ModelSession, weights: ReadonlyMap<string, Values>) => Promise<Result>): Promise<Result>;
  release(): Promise<void>;
}

/** Fed weights are copied at every run: above this a session of its own is made for each evaluation. */
export const maxFedBytes = 256 * 2 ** 20;

/** Why a tensor cannot be fed; undefined where it can. */
export function whyNotFeedable(targets: readonly Target[]): string | undefined {
  const bytes = targets.reduce((sum, { graph }) => sum + numelOf(graph.shape) * widthOf(graph.dtype), 0);
  if (bytes > maxFedBytes) return `${Math.round(bytes / 2 ** 20)} MB of weights are too many to feed at every run`;
  const constant = targets.find(({ graph }) => !graph.initializer);
  if (constant) return `${constant.graph.name} is a constant inside the graph`;
  const coded = targets.find(({ graph }) => graph.encoding && isQuantised(graph.encoding));
  if (coded) return `${coded.graph.name} is quantised, and the runtime joins it with what uses it ahead`;
  const odd = targets.find(({ graph }) => !isFeedable(graph.dtype));
  return odd && `${odd.graph.name} has a type that cannot be fed`;
}

/** Weights as inputs. Initializers that are not fed stay where they are, and are folded. */
export class FedWeights implements WeightDelivery {
  readonly by = 'inputs';
  private readonly runtime: LoadedRuntime;
  private readonly graph: ModelInMemory;
  private readonly weights = new Map<string, Values>();
  private session: Promise<ModelSession> | undefined;

  constructor(runtime: LoadedRuntime, graph: ModelInMemory, targets: readonly Target[]) {
    this.runtime = runtime;
    this.graph = graph;
    for (const { graph: tensor } of targets) this.set(tensor, elementsOf(graph.bytes, tensor));
  }

  readonly put: PutElements = ({ graph: tensor }, elements) => {
    // One that was not fed before makes another session necessary.
    if (!this.weights.has(tensor.name)) void this.release();
    this.set(tensor, elements);
  };

  async use<Result>(
    work: (session: ModelSession, weights: ReadonlyMap<string, Values>) => Promise<Result>,
  ): Promise<Result> {
    const inputs = [...this.weights].map(([name, values]) => ({ ...values, name }));
    this.session ??= this.runtime.createSession(...sessionFiles(this.graph, this.graph.bytes, { inputs }));
    return work(await this.session, this.weights);
  }

  async release(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await (await session?.catch(() => undefined))?.release();
  }

  private set({ name, dtype, shape }: GraphTensor, bytes: Uint8Array<ArrayBuffer>): void {
    this.weights.set(name, { dtype, shape, bytes });
  }
}

const nothingFed: ReadonlyMap<string, Values> = new Map();

/** A session for each evaluation, from bytes in which the weights were replaced in place. */
export class PatchedModel implements WeightDelivery {
  readonly by = 'session';
  private readonly runtime: LoadedRuntime;
  private readonly graph: ModelInMemory;
  private readonly bytes: Uint8Array<ArrayBuffer>;

  constructor(runtime: LoadedRuntime, graph: ModelInMemory) {
    this.runtime = runtime;
    this.graph = graph;
    this.bytes = graph.bytes.slice();
  }

  readonly put: PutElements = ({ graph: tensor }, elements) => putElements(this.bytes, tensor, elements);

  async use<Result>(
    work: (session: ModelSession, weights: ReadonlyMap<string, Values>) => Promise<Result>,
  ): Promise<Result> {
    const session = await this.runtime.createSession(...sessionFiles(this.graph, this.bytes));
    try {
      return await work(session, nothingFed);
    } finally {
      await session.release();
    }
  }

  async release(): Promise<void> {}
}
