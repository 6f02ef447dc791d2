/** ONNX test data (`test_data_set_0/input_0.pb`): a file that is one TensorProto (onnx.proto, IR version 14). */
import { dtypeOfCode } from '../../formats/onnx/tensorProto';
import { CheckpointError, malformed } from '../../lib/errors';
import { numelOf } from '../../tensors/tensor';
import { concatenated, fieldsOf, packedInts, type WireField } from '../graph/wire';
import { fromNumbers, isNumeric, type Values, widthOf } from '../values';

const fields = { dims: 1, dataType: 2, floats: 4, int32s: 5, int64s: 7, name: 8, raw: 9, doubles: 10, uint64s: 11 };

export interface NamedTensor {
  readonly name: string;
  readonly values: Values;
}

/** @throws CheckpointError `malformed-file`, `unsupported-feature` for dtypes without numbers */
export function parseTensorFile(bytes: Uint8Array, fileName: string): NamedTensor {
  const context = { file: fileName, format: 'ONNX tensor' };
  const all = fieldsOf(bytes);
  const of = (number: number) => all.filter((field) => field.number === number);
  const shape = of(fields.dims).flatMap(integers).map(Number);
  const code = Number(of(fields.dataType).flatMap(integers).at(-1) ?? 0);
  const dtype = dtypeOfCode(code);
  if (!isNumeric(dtype)) {
    throw new CheckpointError(
      'unsupported-feature',
      `${fileName} holds elements of ONNX type ${code}, which cannot be given to the model here.`,
      context,
    );
  }
  const name = new TextDecoder().decode(of(fields.name).at(-1)?.payload);
  const numel = numelOf(shape);
  const byteLength = numel * widthOf(dtype);
  const plain = [...of(fields.raw), ...of(fields.floats), ...of(fields.doubles)].map(({ payload }) => payload);
  if (plain.length > 0) {
    const elements = concatenated(plain);
    if (elements.length === byteLength) return { name, values: { dtype, shape, bytes: elements } };
  }
  // Half floats are kept here as the integers of their bits.
  const numbers = [...of(fields.int32s), ...of(fields.int64s), ...of(fields.uint64s)].flatMap(integers);
  if (plain.length === 0 && numbers.length === numel) {
    const carrier = dtype === 'F16' || dtype === 'BF16' ? 'U16' : dtype;
    return { name, values: { ...fromNumbers(carrier, shape, numbers.map(Number)), dtype } };
  }
  throw malformed(`${fileName} should hold ${numel} elements of shape ${shape.join('×')}, but does not.`, {
    ...context,
    advice: 'ONNX test data is one TensorProto a file: input_0.pb, input_1.pb, …',
  });
}

/** Packed or not. */
function integers({ payload }: WireField): bigint[] {
  return packedInts(payload);
}
