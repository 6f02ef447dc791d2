/** ONNX test data (`test_data_set_0/input_0.pb`): a file that is one TensorProto (onnx.proto, IR version 14). */
import { dtypeOf, newTensor, type Scattered, tensorMessage } from '../../formats/onnx/tensorProto';
import { walkMessage } from '../../formats/protobuf/walk';
import { int64sIn } from '../../formats/protobuf/wire';
import { concatenated } from '../../lib/bytes';
import { countInWords } from '../../lib/countInWords';
import { CheckpointError, malformed } from '../../lib/errors';
import { memorySource } from '../../lib/source';
import { numelOf } from '../../tensors/tensor';
import { fromNumbers, isNumeric, type Values, widthOf } from '../values';

export interface NamedTensor {
  readonly name: string;
  readonly values: Values;
}

/** @throws CheckpointError `malformed-file`, `unsupported-feature` for dtypes without numbers */
export async function parseTensorFile(bytes: Uint8Array, fileName: string): Promise<NamedTensor> {
  const context = { file: fileName, format: 'ONNX tensor' };
  const tensor = newTensor();
  await walkMessage(memorySource(bytes), tensorMessage(tensor), context);
  const { name, shape, raw, floats, doubles, varints, wideVarints } = tensor;
  const dtype = dtypeOf(tensor);
  if (!isNumeric(dtype)) {
    throw new CheckpointError(
      'unsupported-feature',
      `${fileName} holds elements of ONNX type ${tensor.dataType}, which cannot be given to the model here.`,
      context,
    );
  }
  const bytesOf = ({ segments }: Pick<Scattered, 'segments'>) =>
    concatenated(segments.map(({ start, end }) => bytes.subarray(start, end)));
  const numel = numelOf(shape);
  const elements = [raw ? { segments: [raw] } : floats, doubles].map(bytesOf).find(({ length }) => length > 0);
  if (elements?.length === numel * widthOf(dtype)) return { name, values: { dtype, shape, bytes: elements } };
  // Half floats are kept here as the integers of their bits.
  const numbers = elements ? [] : [varints, wideVarints].flatMap((each) => int64sIn(bytesOf(each)));
  if (!elements && numbers.length === numel) {
    const carrier = dtype === 'F16' || dtype === 'BF16' ? 'U16' : dtype;
    return { name, values: { ...fromNumbers(carrier, shape, numbers.map(Number)), dtype } };
  }
  throw malformed(
    `${fileName} should hold ${countInWords(numel)} elements of shape ${shape.join('×')}, but does not.`,
    {
      ...context,
      advice: 'ONNX test data is one TensorProto a file: input_0.pb, input_1.pb, …',
    },
  );
}
