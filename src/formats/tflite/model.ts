/** What a TensorFlow Lite model says (tensorflow/compiler/mlir/lite/schema/schema.fbs, version 3). Fields are numbered as there. */
import { type ErrorContext, malformed } from '../../lib/errors';
import { PagedReader } from '../../lib/pagedReader';
import type { ByteSource } from '../../lib/source';
import type { ByteRange } from '../../tensors/tensor';
import { Flatbuffer, type Table } from './flatbuffer';

export interface TfliteModel {
  readonly subgraphs: readonly Subgraph[];
  /** Where its bytes are, by number; undefined where it has none. */
  readonly buffers: readonly (ByteRange | undefined)[];
  /** Numbers of those that hold metadata. */
  readonly metadata: ReadonlySet<number>;
}

export interface Subgraph {
  readonly name: string;
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly Operator[];
}

export interface TfliteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Number of TensorType. */
  readonly type: number;
  readonly buffer: number;
  readonly quantisation?: Quantisation;
  readonly isSparse: boolean;
  /** Its elements are in a file beside the model. */
  readonly isOutside: boolean;
}

export interface Quantisation {
  readonly scales: Float32Array;
  readonly zeroPoints: Int32Array;
  readonly dimension: number;
  /** Of a kind that is not scale and zero point: in blocks, or of somebody's own. */
  readonly isOther: boolean;
}

export interface Operator {
  /** Number of BuiltinOperator. */
  readonly code: number;
  /** Indices of tensors; -1 where one is left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** BatchMatMul: whether its first and second operand are turned. */
  readonly turned: readonly [boolean, boolean];
  /** FullyConnected: weights in an order for one processor. */
  readonly isShuffled: boolean;
}

const longestName = 4096;
const customOperator = 32;
const fullyConnected = 9;
const batchMatMul = 126;
/** TensorFlow's own limit is less. */
const mostDimensions = 64;

/** @throws CheckpointError `malformed-file` */
export async function readModel(source: ByteSource, context: ErrorContext): Promise<TfliteModel> {
  const model = await new Flatbuffer(new PagedReader(source, context)).root();
  const codes: number[] = [];
  for await (const code of model.tables(1)) codes.push(Math.max(code.i8(0), code.i32(3)));
  const buffers: (ByteRange | undefined)[] = [];
  for await (const buffer of model.tables(4)) buffers.push(await bytesOf(buffer, source.size, context));
  const metadata = new Set<number>();
  for await (const entry of model.tables(6)) metadata.add(entry.u32(1));
  for (const number of await model.ints(5)) metadata.add(number);
  const subgraphs: Subgraph[] = [];
  let scales = 0;
  for await (const subgraph of model.tables(2)) {
    const tensors: TfliteTensor[] = [];
    for await (const tensor of subgraph.tables(0)) {
      const read = await tensorOf(tensor, context);
      scales += read.quantisation?.scales.length ?? 0;
      if (scales > Math.max(2 ** 20, source.size)) throw malformed('Its tensors have more scales than bytes.', context);
      tensors.push(read);
    }
    const operators: Operator[] = [];
    for await (const operator of subgraph.tables(3)) operators.push(await operatorOf(operator, codes));
    subgraphs.push({ name: await subgraph.string(4, longestName), tensors, operators });
  }
  return { subgraphs, buffers, metadata };
}

/** In the flatbuffer; or, of models above 2 GB, behind it. */
async function bytesOf(buffer: Table, size: number, context: ErrorContext): Promise<ByteRange | undefined> {
  const [offset, length] = [buffer.u64(1, size), buffer.u64(2, size)];
  const range = offset > 1 ? { start: offset, end: offset + length } : await buffer.range(0);
  if (range.end > size) {
    throw malformed(`A buffer ends at ${range.end}, but the file has only ${size} bytes.`, {
      ...context,
      offset: range.start,
      advice: 'The file is probably cut short: download or copy it again.',
    });
  }
  return range.end > range.start ? range : undefined;
}

async function tensorOf(tensor: Table, context: ErrorContext): Promise<TfliteTensor> {
  const name = await tensor.string(3, longestName);
  const shape = await tensor.ints(0);
  const numel = shape.reduce((product, size) => product * size, 1);
  if (shape.length > mostDimensions || shape.some((size) => size < 0) || !Number.isSafeInteger(numel)) {
    const shown = shape.slice(0, mostDimensions).join(', ');
    throw malformed(`The tensor "${name}" has the impossible shape [${shown}].`, { ...context, tensor: name });
  }
  const quantisation = await quantisationOf(await tensor.table(4));
  return {
    name,
    shape,
    type: tensor.i8(1),
    buffer: tensor.u32(2),
    isSparse: tensor.has(6),
    isOutside: tensor.has(10) && tensor.u32(10) !== 0,
    ...(quantisation && { quantisation }),
  };
}

async function quantisationOf(table: Table | undefined): Promise<Quantisation | undefined> {
  if (!table) return undefined;
  const scales = await table.view(2, 4);
  if (scales.byteLength === 0) return undefined;
  const zeros = await table.view(3, 8);
  const count = scales.byteLength / 4;
  const zeroAt = (i: number) => (8 * i < zeros.byteLength ? Number(zeros.getBigInt64(8 * i, true)) : 0);
  const areInts = Array.from({ length: Math.min(count, zeros.byteLength / 8) }, (_, i) => zeroAt(i));
  return {
    scales: Float32Array.from({ length: count }, (_, i) => scales.getFloat32(4 * i, true)),
    zeroPoints: Int32Array.from({ length: count }, (_, i) => zeroAt(i)),
    dimension: table.i32(6),
    isOther: table.i8(4) !== 0 || areInts.some((zero) => Math.abs(zero) > 255),
  };
}

async function operatorOf(operator: Table, codes: readonly number[]): Promise<Operator> {
  const code = codes[operator.u32(0)] ?? customOperator;
  const options = code === fullyConnected || code === batchMatMul ? await operator.table(4) : undefined;
  return {
    code,
    inputs: await operator.ints(1),
    outputs: await operator.ints(2),
    turned: code === batchMatMul ? [options?.i8(0) === 1, options?.i8(1) === 1] : [false, false],
    isShuffled: code === fullyConnected && options?.i8(1) === 1,
  };
}
