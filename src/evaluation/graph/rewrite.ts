/**
 * The model rewritten for evaluation (onnx.proto, IR version 14): weights become inputs, inner values become outputs.
 * ONNX Runtime does not let an initializer that is also an input be overridden, but takes pure inputs.
 */
import { dtypeCodeOf } from '../../formats/onnx/tensorProto';
import { at } from '../../lib/known';
import type { Dtype } from '../../tensors/dtype';
import { bytesField, concatenated, fieldParts, fieldsOf, intField, packedInts, stringField, textField } from './wire';

const model = { irVersion: 1, graph: 7 } as const;
const graph = { initializer: 5, input: 11, output: 12 } as const;
const tensor = { name: 8 } as const;
const valueInfo = { name: 1, type: 2 } as const;
const typeProto = { tensorType: 1 } as const;
const tensorType = { elementType: 1, shape: 2 } as const;
const tensorShape = { dimension: 1 } as const;
const dimension = { value: 1 } as const;

/** Below it, initializers had to be among the inputs. */
const irVersionOfPureInitializers = 4;

export interface NewInput {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

export interface Rewriting {
  /** Initializers of the main graph that are fed instead. */
  readonly inputs?: readonly NewInput[];
  /** Values of the main graph that come out, too. */
  readonly outputs?: readonly string[];
}

/**
 * Initializers that old exporters list among the inputs are taken off that list: ONNX Runtime warns for each and folds
 * nothing.
 */
export function rewrite(bytes: Uint8Array, { inputs = [], outputs = [] }: Rewriting): Uint8Array<ArrayBuffer> {
  const fed = new Set(inputs.map(({ name }) => name));
  const kept: Uint8Array[] = [];
  const graphs: Uint8Array[] = [];
  for (const field of fieldsOf(bytes)) {
    if (field.number === model.graph) graphs.push(field.payload);
    else if (field.number !== model.irVersion) kept.push(bytes.subarray(field.start, field.end));
  }
  // Protobuf merges a message that occurs in parts: one behind the other they are one message.
  const whole = graphs.length === 1 ? at(graphs, 0) : concatenated(graphs);
  const fields = fieldsOf(whole);
  const initializers = new Set(
    fields.filter(({ number }) => number === graph.initializer).map(({ payload }) => textField(payload, tensor.name)),
  );
  const listed = new Set<string>();
  const parts: Uint8Array[] = [];
  for (const { number, start, end, payload } of fields) {
    if (number === graph.initializer && fed.has(textField(payload, tensor.name))) continue;
    if (number === graph.input && initializers.has(textField(payload, valueInfo.name))) continue;
    if (number === graph.output) listed.add(textField(payload, valueInfo.name));
    parts.push(whole.subarray(start, end));
  }
  for (const input of inputs) parts.push(bytesField(graph.input, valueInfoOf(input)));
  // An output's type may be left out: ONNX Runtime infers it.
  for (const name of outputs) {
    if (!listed.has(name)) parts.push(bytesField(graph.output, stringField(valueInfo.name, name)));
  }
  const version = Math.max(irVersionOfPureInitializers, irVersionOf(bytes));
  return concatenated([intField(model.irVersion, version), ...kept, ...fieldParts(model.graph, parts)]);
}

function irVersionOf(bytes: Uint8Array): number {
  const field = fieldsOf(bytes).findLast(({ number }) => number === model.irVersion);
  return Number(packedInts(field?.payload ?? new Uint8Array(0))[0] ?? 0);
}

function valueInfoOf({ name, dtype, shape }: NewInput): Uint8Array {
  const sizes = shape.map((size) => bytesField(tensorShape.dimension, intField(dimension.value, size)));
  const type = concatenated([
    intField(tensorType.elementType, dtypeCodeOf(dtype)),
    bytesField(tensorType.shape, ...sizes),
  ]);
  return concatenated([
    stringField(valueInfo.name, name),
    bytesField(valueInfo.type, bytesField(typeProto.tensorType, type)),
  ]);
}
