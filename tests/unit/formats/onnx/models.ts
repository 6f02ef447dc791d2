/** Small ONNX models by hand, for operators that no run-time has to know. */
import { concat, model, number, record, text, varint } from './protobuf';

type Attribute = number | string | readonly number[];

/** A NodeProto. */
export function node(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
  domain = '',
): Uint8Array {
  return concat(
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, opType),
    ...Object.entries(attributes).map(([name, value]) => record(5, text(1, name), content(value))),
    text(7, domain),
  );
}

function content(value: Attribute): Uint8Array {
  if (typeof value === 'number') return number(3, value);
  if (typeof value === 'string') return text(4, value);
  return concat(...value.map((each) => number(8, each)));
}

/** A TensorProto without its name: float32 zeros. */
export function float(...shape: readonly number[]): Uint8Array {
  const numel = shape.reduce((product, size) => product * size, 1);
  return concat(...shape.map((size) => number(1, size)), number(2, 1), record(9, new Uint8Array(numel * 4)));
}

/** A TensorProto without its name: a list of int64. */
export function constantInts(...values: readonly number[]): Uint8Array {
  return concat(number(1, values.length), number(2, 7), record(7, ...values.map(varint)));
}

export function modelOf(
  nodes: readonly Uint8Array[],
  initializers: Readonly<Record<string, Uint8Array>>,
): Uint8Array<ArrayBuffer> {
  const tensors = Object.entries(initializers).map(([name, tensor]) => record(5, tensor, text(8, name)));
  return new Uint8Array(model(record(7, ...nodes.map((each) => record(1, each)), ...tensors)));
}
