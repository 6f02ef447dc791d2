/** The axes of matrices that are multiplied (onnx Operators.md; ONNX Runtime's ContribOperators.md for transBatch). */
import type { Axes } from '../axes';
import { intOf } from './graph';
import { besides, type Operand } from './operand';

interface Flags {
  /** Swaps the last two axes. */
  readonly transpose: string;
  /** Moves the first axis behind those of the batch, before that. */
  readonly batch?: string;
}

/** (batch…, M, K): rows are outputs. */
export function leftMatrix(flags: Flags): (operand: Operand) => Axes | undefined {
  return (operand) => matrix(operand, flags, true);
}

/** Of two constants that are multiplied the right one is the layer's, and the left one what goes in. */
export function isInput(operand: Operand): boolean {
  return besides(operand, 1)?.constant === true;
}

/** (batch…, K, N): columns are outputs. */
export function rightMatrix(flags: Flags): (operand: Operand) => Axes | undefined {
  return (operand) => matrix(operand, flags, false);
}

function matrix({ node, sizes }: Operand, { transpose, batch }: Flags, rowsAreOutputs: boolean): Axes | undefined {
  const rank = sizes?.length ?? 0;
  const transposed = intOf(node, transpose, 0);
  const batchFirst = batch === undefined ? 0 : intOf(node, batch, 0);
  // A vector has no axis of outputs.
  if (rank < 2 || transposed === undefined || batchFirst === undefined) return undefined;
  const row = batchFirst !== 0 ? 0 : rank - 2;
  const column = rank - 1;
  const [rows, columns] = transposed !== 0 ? [column, row] : [row, column];
  const copies = Array.from({ length: rank - 1 }, (_, axis) => axis).filter((axis) => axis !== row);
  const [outputs, inputs] = rowsAreOutputs ? [rows, columns] : [columns, rows];
  return { outputs: [outputs], inputs: [inputs], ...(copies.length > 0 ? { copies } : {}) };
}
