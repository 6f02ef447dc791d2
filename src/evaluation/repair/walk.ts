/**
 * A model run piece by piece, from one layer to the next, over all batches: what the rest needs of each piece is kept as
 * far as memory goes, so that every node is run about once.
 */
import { CheckpointError } from '../../lib/errors';
import { at, known } from '../../lib/known';
import type { Dimension, GraphNode } from '../../tensors/graph/graph';
import { cutOut } from '../graph/cutOut';
import { type ModelInMemory, sessionFiles } from '../graph/modelInMemory';
import type { Batch } from '../inputs/dataset';
import type { LoadedRuntime, ModelSession } from '../runtime';
import type { NamedValues, Values } from '../values';
import type { Dependencies } from './dependencies';

/** Of one walk: what is kept of all batches between two pieces. More is run again, from the piece before. */
export const keptBytes = 384 * 2 ** 20;

/** Values that are the same whatever the inputs: computed once, on the first batch. */
export async function constantsOf(
  runtime: LoadedRuntime,
  graph: ModelInMemory,
  dependencies: Dependencies,
  { feeds }: Batch,
  bytes: Uint8Array<ArrayBuffer>,
  names: readonly string[],
): Promise<NamedValues> {
  if (names.length === 0) return new Map();
  const { nodes, reads } = dependencies.upTo(names);
  const [own, beside] = sessionFiles(graph, bytes);
  const part = { nodes, reads, given: [], outputs: names };
  const session = await runtime.createSession(cutOut(own as Uint8Array<ArrayBuffer>, graph.operators, part), beside);
  try {
    return await session.run(new Map([...feeds].filter(([name]) => reads.has(name))));
  } finally {
    await session.release();
  }
}

/** One piece. */
export interface Piece {
  /** The values that were asked for, of a batch; batches come in order. */
  run(batch: number): Promise<NamedValues>;
  /** After the last batch, or in place of the rest of them. */
  end(): Promise<void>;
}

export class Walk {
  private readonly runtime: LoadedRuntime;
  private readonly graph: ModelInMemory;
  private readonly dependencies: Dependencies;
  private readonly batches: readonly Batch[];
  private readonly bytes: Uint8Array<ArrayBuffer>;
  private readonly budget: number;
  /** By batch. */
  private kept: ReadonlyMap<string, Values>[];

  /** @param bytes of the model; they may get other weights between two pieces, of nodes that are run in later ones */
  constructor(
    runtime: LoadedRuntime,
    graph: ModelInMemory,
    dependencies: Dependencies,
    batches: readonly Batch[],
    bytes: Uint8Array<ArrayBuffer>,
    budget = keptBytes,
  ) {
    this.budget = budget;
    this.runtime = runtime;
    this.graph = graph;
    this.dependencies = dependencies;
    this.batches = batches;
    this.bytes = bytes;
    this.kept = batches.map(() => new Map());
  }

  /**
   * @param names of values
   * @param later those that will be asked for in later pieces
   */
  async begin(names: readonly string[], later: readonly string[]): Promise<Piece> {
    const { dependencies } = this;
    const before = at(this.kept, 0);
    const own = dependencies.upTo(names, before);
    const isThere = (name: string) => before.has(name) || this.isOf(own.nodes, name);
    const needed = [...dependencies.upTo(later, { has: isThere }).taken];
    const fresh = needed.filter((name) => !before.has(name));
    const asked = names.filter((name) => this.isOf(own.nodes, name));
    const given = [...own.taken].filter((name) => own.reads.has(name));
    const open = (outputs: readonly string[]) => this.sessionOf(own.nodes, own.reads, given, outputs);
    const next: ReadonlyMap<string, Values>[] = [];
    let keeps = true;
    let session = asked.length + fresh.length > 0 ? await open([...new Set([...asked, ...fresh])]) : undefined;
    const end = async () => {
      await session?.release();
      session = undefined;
    };
    return {
      run: async (index) => {
        const { feeds } = at(this.batches, index);
        const kept = at(this.kept, index);
        const inputs = new Map<string, Values>();
        for (const name of given) inputs.set(name, known(kept, name));
        for (const [name, values] of feeds) if (own.reads.has(name)) inputs.set(name, values);
        const results: NamedValues = session ? await session.run(inputs) : new Map();
        const found = (name: string) => results.get(name) ?? kept.get(name) ?? feeds.get(name);
        const rest = needed.map((name) => [name, found(name)] as const);
        if (keeps && index === 0) {
          keeps = this.fits(rest.map(([, values]) => values));
          if (!keeps && session) {
            await session.release();
            session = asked.length > 0 ? await open(asked) : undefined;
          }
        }
        if (keeps) {
          next[index] = new Map(rest.flatMap(([name, values]) => (values ? [[name, values]] : [])));
          // What was before is needed no more: both together would be twice as much.
          if (index + 1 === this.batches.length) this.kept = next;
        }
        return new Map(
          names.map((name) => {
            const values = found(name);
            if (!values) throw new CheckpointError('evaluation-failed', `ONNX Runtime did not give the value ${name}.`);
            return [name, values];
          }),
        );
      },
      end,
    };
  }

  private isOf(nodes: ReadonlySet<GraphNode>, name: string): boolean {
    const producer = this.dependencies.producerOf(name);
    return producer !== undefined && nodes.has(producer) && !this.dependencies.isConstant(name);
  }

  /** Whether what a batch leaves is little enough to be kept of all. What has no numbers cannot be kept. */
  private fits(values: readonly (Values | undefined)[]): boolean {
    const bytes = values.reduce((sum, each) => sum + (each?.bytes.length ?? Number.POSITIVE_INFINITY), 0);
    return bytes * this.batches.length <= this.budget;
  }

  private sessionOf(
    nodes: ReadonlySet<GraphNode>,
    reads: ReadonlySet<string>,
    given: readonly string[],
    outputs: readonly string[],
  ): Promise<ModelSession> {
    const [own, beside] = sessionFiles(this.graph, this.bytes);
    const values = given.map((name) => {
      const ofBatches = this.kept.map((kept) => known(kept, name));
      const { dtype, shape } = at(ofBatches, 0);
      const sizes = shape.map(
        (size, axis): Dimension => (ofBatches.every((each) => each.shape[axis] === size) ? size : ''),
      );
      return { name, dtype, shape: sizes };
    });
    const part = { nodes, reads, given: values, outputs };
    return this.runtime.createSession(cutOut(own as Uint8Array<ArrayBuffer>, this.graph.operators, part), beside);
  }
}
