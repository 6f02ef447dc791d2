/** The open model as its file has it: not opened to several samples, with the weights that masks leave. */
import { openModel } from '../../formats/onnx';
import type { TensorRecord } from '../../formats/onnx/tensorProto';
import { constantsOf } from '../../graph/slim/shapes';
import type { OpenModel } from '../../graph/slim/slice';
import { firstPart, type Part, partsOf } from '../../lib/parts';
import { type ByteSource, memorySource } from '../../lib/source';
import { elementsOf, type GraphTensor, type ModelInMemory, putElements, readGraph } from '../graph/modelInMemory';
import type { Target } from '../pairing';
import type { Outcomes } from '../protocol';
import type { Runnable } from '../running';
import { isNumeric, toFloats } from '../values';
import { PrunedWeights } from '../weights';

/** The files of a graph, one behind the other. */
export interface GraphFiles {
  readonly source: ByteSource;
  readonly parts: readonly Part[];
}

export class WrittenModel {
  readonly graph: ModelInMemory;
  /** Of the model alone. */
  readonly fileBytes: number;
  private readonly runnable: Runnable;
  private readonly opened: Omit<OpenModel, 'source'>;
  /** By the name that the main graph has for a tensor: its place among those of the file. */
  private readonly places: ReadonlyMap<string, number>;
  private readonly targets = new Map<GraphTensor | undefined, Target[]>();

  private constructor(runnable: Runnable, graph: ModelInMemory, opened: Omit<OpenModel, 'source'>, fileBytes: number) {
    this.runnable = runnable;
    this.graph = graph;
    this.opened = opened;
    this.fileBytes = fileBytes;
    this.places = new Map(
      constantsOf<TensorRecord>(opened.model.main).flatMap(({ name, of }) =>
        of.tensor === undefined ? [] : [[name, of.tensor] as const],
      ),
    );
    for (const target of runnable.targets) {
      this.targets.set(target.graph, [...(this.targets.get(target.graph) ?? []), target]);
    }
  }

  static async read(runnable: Runnable, { source, parts }: GraphFiles): Promise<WrittenModel> {
    const graph = await readGraph(source, parts);
    const { end } = graph.model;
    const behind = parts.slice(1).map(({ name, start, end }) => ({ name, size: end - start }));
    const opened = await openModel(
      memorySource(graph.bytes),
      partsOf([{ name: firstPart(parts).name, size: end }, ...behind]),
    );
    const model = new WrittenModel(runnable, graph, opened, source.size);
    // The checkpoint is what is pruned: its weights are the original where they are others than the graph's.
    model.carry(runnable.graph.bytes, graph.bytes);
    return model;
  }

  /** @param bytes this model's, or the same with other weights */
  open(bytes: Uint8Array<ArrayBuffer>): OpenModel {
    return { ...this.opened, source: memorySource(bytes) };
  }

  /** Its bytes with the weights that outcomes leave. */
  async masked(outcomes: Outcomes, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
    const { graph, targets, fetch } = this.runnable;
    if (outcomes.size === 0) return this.graph.bytes;
    const pruned = graph.bytes.slice();
    const put = (target: Target, elements: Uint8Array) => putElements(pruned, target.graph, elements);
    await new PrunedWeights(graph.bytes, targets, fetch).update(outcomes, put, signal);
    const bytes = this.graph.bytes.slice();
    this.carry(pruned, bytes);
    return bytes;
  }

  /** Tensors of the checkpoint that one of the graph is, by its name there. */
  targetsOf(name: string): readonly Target[] {
    const place = this.places.get(name);
    return (place !== undefined && this.targets.get(this.runnable.graph.tensors[place])) || [];
  }

  /** The numbers of a tensor, by its name in the graph; undefined where the file has none that can be read. */
  numbersOf(bytes: Uint8Array, name: string): Float32Array | undefined {
    const place = this.places.get(name);
    const tensor = place === undefined ? undefined : this.graph.tensors[place];
    return tensor && isNumeric(tensor.dtype) ? toFloats({ ...tensor, bytes: elementsOf(bytes, tensor) }) : undefined;
  }

  /** Weights of the pairs, from bytes of the graph as it is run. */
  private carry(from: Uint8Array, to: Uint8Array): void {
    this.runnable.graph.tensors.forEach((tensor, place) => {
      const own = this.graph.tensors[place];
      if (tensor && own && this.targets.has(tensor)) putElements(to, own, elementsOf(from, tensor));
    });
  }
}
