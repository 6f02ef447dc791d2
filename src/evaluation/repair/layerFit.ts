/** One layer of a repair: what it is fitted to, the fit, and whether samples that the fit has not seen are the better for it. */
import type { FloatOutput } from '../comparison';
import { elementsOf, type GraphTensor, type ModelInMemory } from '../graph/modelInMemory';
import type { Target } from '../pairing';
import { toFloats } from '../values';
import { elementsFor } from '../weights';
import { asMatrix, asTensor, carriedBack } from './carryBack';
import { layerRows } from './layerRows';
import type { FitLayer } from './layers';
import { Moments } from './moments';
import type { Products } from './products';
import { errorOf, solve } from './solve';

/** What a layer does in one batch. */
export interface Seen {
  /** What goes into it in the model as repaired so far. */
  readonly activation: FloatOutput;
  /** What comes out of it in the original. */
  readonly output: FloatOutput;
  readonly samples: number;
  /** Of the first sample, among all. */
  readonly first: number;
  /** Whether the fit is held against it, instead of made of it. */
  readonly held: boolean;
}

/** A tensor with other values: those of the checkpoint, whole and row by row in its dtype, and the graph's own. */
export interface Fitted {
  readonly target: Target;
  readonly values: Uint8Array<ArrayBuffer>;
  readonly elements: Uint8Array<ArrayBuffer>;
}

/** Matrices are outputs × inputs; with a bias the last input is 1 for every row, and its weight what the bias changes by. */
export class LayerFit {
  readonly layer: FitLayer;
  private readonly base: Uint8Array;
  private readonly samples: number;
  private readonly original: Float64Array;
  private readonly start: Float64Array;
  private readonly free: Uint8Array;
  /** Taken off each output of the original: what no weight has to give. */
  private readonly offsets: Float64Array;
  private readonly biasBefore: Float64Array | undefined;
  /** With that of the bias. */
  private readonly inputs: number;
  private readonly moments: readonly { readonly fit: Moments; readonly held: Moments }[];

  /**
   * @param graph with the original's weights
   * @param pruned bytes of the model as pruning left it
   * @param samples altogether
   * @param biasValue what the layer adds, where that is no tensor of the file
   */
  constructor(
    layer: FitLayer,
    graph: ModelInMemory,
    pruned: Uint8Array,
    samples: number,
    biasValue: Float32Array | undefined,
  ) {
    this.layer = layer;
    this.base = graph.bytes;
    this.samples = samples;
    const { weight, outputs, inputs, inputsFirst, bias, groups } = layer;
    const matrixIn = (bytes: Uint8Array) => asMatrix(floatsOf(bytes, weight.graph), outputs, inputsFirst);
    const [before, now] = [matrixIn(graph.bytes), matrixIn(pruned)];
    const columns = inputs + (bias ? 1 : 0);
    this.inputs = columns;
    this.original = new Float64Array(outputs * columns);
    this.start = new Float64Array(outputs * columns);
    this.free = new Uint8Array(outputs * columns);
    for (let output = 0; output < outputs; output++) {
      for (let input = 0; input < inputs; input++) {
        const value = now[output * inputs + input]!;
        this.original[output * columns + input] = before[output * inputs + input]!;
        this.start[output * columns + input] = value;
        this.free[output * columns + input] = value === 0 ? 0 : 1;
      }
    }
    this.offsets = new Float64Array(outputs);
    if (bias) {
      const [own, left] = [floatsOf(graph.bytes, bias.graph), floatsOf(pruned, bias.graph)];
      this.biasBefore = new Float64Array(own);
      for (let output = 0; output < outputs; output++) {
        // What pruning took of it stays taken.
        const isGone = left[output] === 0 && own[output] !== 0;
        const last = (output + 1) * columns - 1;
        this.free[last] = isGone ? 0 : 1;
        this.start[last] = isGone ? 0 : left[output]! - own[output]!;
        this.offsets[output] = (layer.biasWithin === undefined ? 0 : own[output]!) - (isGone ? own[output]! : 0);
      }
    } else if (layer.biasWithin !== undefined) {
      const place = initializerOf(graph, layer.biasWithin);
      const added = place ? floatsOf(pruned, place) : biasValue;
      if (added) for (let output = 0; output < outputs; output++) this.offsets[output] = added[output % added.length]!;
    }
    this.moments = Array.from({ length: groups }, () => ({
      fit: new Moments(columns, outputs / groups, groups),
      held: new Moments(columns, outputs / groups, groups),
    }));
  }

  async see({ activation, output, samples, first, held }: Seen, products: Products): Promise<void> {
    const { layer, inputs, offsets } = this;
    const { rows, parts, all, chosenIn } = layerRows(layer, activation, output, samples, this.samples, inputs);
    const ownOutputs = layer.outputs / layer.groups;
    for (let sample = 0; sample < parts; sample++) {
      const chosen = chosenIn(sample, first);
      for (const [group, both] of this.moments.entries()) {
        await (held ? both.held : both.fit).add(
          chosen.length,
          // As many as are held back, about.
          held ? Math.ceil(all / 8) : all,
          (row, x, xStart, y, yStart) => {
            rows.readInputs(sample, chosen[row]!, group, x, xStart);
            if (inputs > layer.inputs) x[xStart + layer.inputs] = 1;
            rows.readOutputs(sample, chosen[row]!, group, y, yStart);
            for (let i = 0; i < ownOutputs; i++) y[yStart + i]! -= offsets[group * ownOutputs + i]!;
          },
          products,
        );
      }
    }
  }

  /**
   * @param damping λ over the mean of the diagonal of H
   * @returns the tensors that changed, or why there are none: a few words
   * @throws CheckpointError `cancelled`
   */
  async fit(damping: number, products: Products, signal: AbortSignal): Promise<Fitted[] | string> {
    const { layer, inputs } = this;
    const outputs = layer.outputs / layer.groups;
    const solved = this.start.slice();
    let before = 0;
    let isFed = false;
    for (const [group, { fit, held }] of this.moments.entries()) {
      await fit.flush(products);
      await held.flush(products);
      const [from, to] = [group * outputs * inputs, (group + 1) * outputs * inputs];
      const [original, start, free] = [this.original, this.start, this.free].map((all) => all.subarray(from, to)) as [
        Float64Array,
        Float64Array,
        Uint8Array,
      ];
      before += await errorOf(start, held, products);
      let trace = 0;
      for (let i = 0; i < layer.inputs; i++) trace += fit.h[i * inputs + i]!;
      if (!(trace > 0)) continue;
      isFed = true;
      if (inputs > layer.inputs) trace += fit.rows;
      const lambda = (damping * trace) / inputs;
      const { h, b } = fit;
      solved.set(await solve({ inputs, outputs, h, b, lambda, original, start, free }, products, signal), from);
    }
    if (!isFed)
      return this.moments.some(({ fit }) => fit.rows > 0)
        ? 'only zeros go into it'
        : 'what goes into it are no numbers';
    const fitted = this.rounded(solved);
    if (typeof fitted === 'string') return fitted;
    let after = 0;
    for (const [group, { held }] of this.moments.entries()) {
      const size = outputs * inputs;
      after += await errorOf(fitted.matrix.subarray(group * size, (group + 1) * size), held, products);
    }
    if (!(after < before)) return 'its output on the samples that were held back is no nearer to the original’s';
    return fitted.tensors;
  }

  /** As the checkpoint can hold it, and what that is in the graph. */
  private rounded(solved: Float64Array): { readonly tensors: Fitted[]; readonly matrix: Float64Array } | string {
    const { layer, inputs, base, biasBefore } = this;
    const { weight, bias, outputs, inputsFirst } = layer;
    const matrix = new Float64Array(solved.length);
    const weights = new Float64Array(outputs * layer.inputs);
    for (let output = 0; output < outputs; output++) {
      const from = output * inputs;
      weights.set(solved.subarray(from, from + layer.inputs), output * layer.inputs);
    }
    const tensors = [fittedOf(base, weight, asTensor(weights, outputs, inputsFirst))];
    if (bias && biasBefore) {
      const values = biasBefore.map((value, output) => {
        const last = (output + 1) * inputs - 1;
        return this.free[last] === 0 ? 0 : value + solved[last]!;
      });
      tensors.push(fittedOf(base, bias, values));
    }
    const [own, ofBias] = tensors.map(({ target, elements }) => toFloats({ ...target.graph, bytes: elements }));
    if (![own, ofBias].every((floats) => floats?.every(Number.isFinite) ?? true)) {
      return `its weights would be too large for ${weight.tensor.dtype}`;
    }
    const ownMatrix = asMatrix(own ?? [], outputs, inputsFirst);
    for (let output = 0; output < outputs; output++) {
      const from = output * inputs;
      matrix.set(ownMatrix.subarray(output * layer.inputs, (output + 1) * layer.inputs), from);
      if (ofBias && biasBefore && this.free[from + inputs - 1] === 1) {
        matrix[from + inputs - 1] = ofBias[output]! - biasBefore[output]!;
      }
    }
    return { tensors, matrix };
  }
}

/** The tensor of the file of that name. */
export function initializerOf({ tensors }: ModelInMemory, name: string): GraphTensor | undefined {
  return tensors.find((tensor) => tensor?.initializer && tensor.name === name);
}

function fittedOf(base: Uint8Array, target: Target, numbers: Float64Array): Fitted {
  const values = carriedBack(target, numbers);
  return { target, values, elements: elementsFor(base, target, values) };
}

export function floatsOf(bytes: Uint8Array, tensor: GraphTensor): Float32Array {
  return toFloats({ ...tensor, bytes: elementsOf(bytes, tensor) });
}
