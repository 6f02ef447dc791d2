/**
 * The weights of one group of a layer: for each output, with K what of it is free,
 * (H_KK + λI) w_K = B_K + λ w0_K. Exactly where that costs less, else by conjugate gradients over all outputs at once.
 */
import { throwIfCancelled } from '../../lib/errors';
import { getOrInsert } from '../../lib/maps';
import { Turns } from '../../lib/turns';
import type { Products } from './products';

/** Matrices are outputs × inputs, row by row. */
export interface Problem {
  readonly inputs: number;
  readonly outputs: number;
  /** Inputs × inputs. */
  readonly h: Float64Array;
  /** Inputs × outputs. */
  readonly b: Float64Array;
  readonly lambda: number;
  /** What the weights are drawn to. */
  readonly original: Float64Array;
  readonly start: Float64Array;
  /** 1 where a weight may change; what may not is 0. */
  readonly free: Uint8Array;
}

/** Measured: 10 are as good as exact solutions but for a fifth of a point, 30 altogether. */
const iterations = 30;
/** Of residuals to the right-hand side, where there is nothing left to win. */
const tolerance = 1e-6;
/** Multiplications here take as long as this many of ONNX Runtime's. */
const slowness = 10;
/** What is not worth a call. */
const fewMultiplications = 2e6;

/** @throws CheckpointError `cancelled` */
export async function solve(problem: Problem, products: Products, signal: AbortSignal): Promise<Float64Array> {
  const patterns = patternsOf(problem);
  const { inputs, outputs } = problem;
  const exact = patterns.reduce(
    (sum, { columns: { length }, rows }) => sum + length ** 3 / 6 + rows.length * length ** 2,
    0,
  );
  const isExact = exact * slowness <= iterations * outputs * inputs ** 2 + slowness * fewMultiplications;
  const solved = isExact ? await solveExactly(problem, patterns, signal) : undefined;
  return solved ?? solveByGradients(problem, products);
}

/** Outputs whose free weights are the same. */
interface Pattern {
  readonly columns: Int32Array;
  readonly rows: number[];
}

function patternsOf({ free, inputs, outputs }: Problem): Pattern[] {
  const byHash = new Map<number, Pattern[]>();
  const patterns: Pattern[] = [];
  for (let row = 0; row < outputs; row++) {
    const columns: number[] = [];
    let hash = 0x811c9dc5;
    for (let column = 0; column < inputs; column++) {
      if (free[row * inputs + column] === 0) continue;
      columns.push(column);
      hash = Math.imul(hash ^ column, 0x01000193);
    }
    const alike = getOrInsert(byHash, hash, () => []);
    const same = alike.find(
      (pattern) =>
        pattern.columns.length === columns.length && columns.every((column, i) => column === pattern.columns[i]),
    );
    if (same) same.rows.push(row);
    else {
      const pattern = { columns: Int32Array.from(columns), rows: [row] };
      alike.push(pattern);
      patterns.push(pattern);
    }
  }
  return patterns;
}

/** By Cholesky's factors, one for each pattern. Undefined where a matrix is not positive definite in f64. */
async function solveExactly(
  { inputs, outputs, h, b, lambda, original }: Problem,
  patterns: readonly Pattern[],
  signal: AbortSignal,
): Promise<Float64Array | undefined> {
  const solved = new Float64Array(outputs * inputs);
  const turns = new Turns();
  for (const { columns, rows } of patterns) {
    const size = columns.length;
    const factor = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      await turns.next();
      throwIfCancelled(signal);
      const hRow = columns[i]! * inputs;
      const iRow = i * size;
      for (let j = 0; j <= i; j++) {
        const jRow = j * size;
        let sum = h[hRow + columns[j]!]! + (i === j ? lambda : 0);
        for (let t = 0; t < j; t++) sum -= factor[iRow + t]! * factor[jRow + t]!;
        if (i === j && !(sum > 0)) return undefined;
        factor[iRow + j] = i === j ? Math.sqrt(sum) : sum / factor[jRow + j]!;
      }
    }
    const values = new Float64Array(size);
    for (const row of rows) {
      await turns.next();
      for (let i = 0; i < size; i++) {
        const column = columns[i]!;
        let sum = b[column * outputs + row]! + lambda * original[row * inputs + column]!;
        for (let t = 0; t < i; t++) sum -= factor[i * size + t]! * values[t]!;
        values[i] = sum / factor[i * size + i]!;
      }
      for (let i = size - 1; i >= 0; i--) {
        const value = values[i]! / factor[i * size + i]!;
        values[i] = value;
        for (let t = 0; t < i; t++) values[t]! -= factor[i * size + t]! * value;
      }
      for (let i = 0; i < size; i++) solved[row * inputs + columns[i]!] = values[i]!;
    }
  }
  return solved;
}

/** Masked, with Jacobi's preconditioner, from the weights as they are. Each iteration is one product. */
async function solveByGradients(
  { inputs, outputs, h, b, lambda, original, start, free }: Problem,
  products: Products,
): Promise<Float64Array> {
  const matrix = new Float32Array(h);
  for (let i = 0; i < inputs; i++) matrix[i * inputs + i]! += lambda;
  const times = (v: Float64Array) => products.times(new Float32Array(v), outputs, matrix, inputs);
  const x = start.slice();
  const residual = new Float64Array(x.length);
  const direction = new Float64Array(x.length);
  /** Σ r z of each output, and where it is as small as it gets. */
  const sizes = new Float64Array(outputs);
  const enough = new Float64Array(outputs);
  const inverse = Float64Array.from({ length: inputs }, (_, i) => 1 / (h[i * inputs + i]! + lambda));
  const first = await times(x);
  for (let row = 0, i = 0; row < outputs; row++) {
    for (let column = 0; column < inputs; column++, i++) {
      if (free[i] === 0) continue;
      const wanted = b[column * outputs + row]! + lambda * original[i]!;
      residual[i] = wanted - first[i]!;
      direction[i] = residual[i]! * inverse[column]!;
      sizes[row]! += residual[i]! * direction[i]!;
      enough[row]! += wanted * wanted * inverse[column]! * tolerance ** 2;
    }
  }
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (sizes.every((size, row) => !(size > enough[row]!))) break;
    const product = await times(direction);
    for (let row = 0; row < outputs; row++) {
      if (!(sizes[row]! > enough[row]!)) continue;
      const [from, to] = [row * inputs, (row + 1) * inputs];
      let curvature = 0;
      for (let i = from; i < to; i++) curvature += direction[i]! * product[i]!;
      const step = curvature > 0 ? sizes[row]! / curvature : 0;
      let size = 0;
      for (let i = from; i < to; i++) {
        if (free[i] === 0) continue;
        x[i]! += step * direction[i]!;
        residual[i]! -= step * product[i]!;
        size += residual[i]! ** 2 * inverse[i - from]!;
      }
      const turn = sizes[row]! > 0 ? size / sizes[row]! : 0;
      for (let i = from; i < to; i++) {
        direction[i] = free[i] === 0 ? 0 : residual[i]! * inverse[i - from]! + turn * direction[i]!;
      }
      sizes[row] = step === 0 ? 0 : size;
    }
  }
  return x;
}

/** Below this many multiplications ‖Xvᵀ‖² is summed here. */
const fewForQuadratic = 2e6;

/** Σ (Xvᵀ − Y)² over all rows and outputs, of moments. */
export async function errorOf(
  v: Float64Array,
  { inputs, outputs, h, b, energy }: Pick<Problem, 'inputs' | 'outputs' | 'h' | 'b'> & { readonly energy: number },
  products: Products,
): Promise<number> {
  let sum = energy;
  const isSmall = outputs * inputs * inputs < fewForQuadratic;
  const product = isSmall ? undefined : await products.times(new Float32Array(v), outputs, new Float32Array(h), inputs);
  for (let row = 0; row < outputs; row++) {
    const from = row * inputs;
    for (let i = 0; i < inputs; i++) {
      const value = v[from + i]!;
      if (value === 0) continue;
      let along = product ? product[from + i]! : 0;
      if (!product) for (let j = 0; j < inputs; j++) along += v[from + j]! * h[i * inputs + j]!;
      sum += value * (along - 2 * b[i * outputs + row]!);
    }
  }
  return Math.max(0, sum);
}
