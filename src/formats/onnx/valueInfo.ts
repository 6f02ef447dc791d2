/** ValueInfoProto: what goes into a graph and comes out, with its dtype and shape, read and written. */
import type { Splice } from '../../lib/splice';
import type { Dtype } from '../../tensors/dtype';
import { type Dimension, maxRank, type ValueInfo } from '../../tensors/graph/graph';
import type { ByteRange } from '../../tensors/tensor';
import { fieldsIn } from '../protobuf/fields';
import { type FieldSpec, type Message, type MessageType, message, text } from '../protobuf/walk';
import { type Field, rangeOf } from '../protobuf/wire';
import { field, intFields, textField } from '../protobuf/write';
import { dimensionFields, shapeFields, tensorTypeFields, typeFields, valueInfoFields } from './fieldNumbers';
import { dtypeCodeOf, dtypeOfCode } from './tensorProto';

export interface ValueRecord extends ValueInfo {
  name: string;
  dtype?: Dtype;
  shape?: Dimension[];
  /** Where it stands in the file, tag and length included. Absent for what a function names. */
  readonly record?: ByteRange;
}

/** Of the dimension that was added last. */
const dimensionType: MessageType<Dimension[]> = {
  name: 'TensorShapeProto.Dimension',
  fields: new Map<number, FieldSpec<Dimension[]>>([
    [dimensionFields.value, { type: 'int', take: (shape, size) => shape.splice(-1, 1, size) }],
    [dimensionFields.name, { type: 'text', take: (shape, name) => shape.splice(-1, 1, name) }],
  ]),
};

const shapeType: MessageType<Dimension[]> = {
  name: 'TensorShapeProto',
  fields: new Map<number, FieldSpec<Dimension[]>>([
    [
      shapeFields.dimension,
      message((shape) => {
        if (shape.length <= maxRank) shape.push('');
        return { type: dimensionType, state: shape };
      }),
    ],
  ]),
};

const tensorTypeType: MessageType<ValueRecord> = {
  name: 'TypeProto.Tensor',
  fields: new Map<number, FieldSpec<ValueRecord>>([
    [
      tensorTypeFields.elementType,
      {
        type: 'int',
        take(value, code) {
          value.dtype = dtypeOfCode(code);
        },
      },
    ],
    [
      tensorTypeFields.shape,
      message((value) => {
        value.shape ??= [];
        return { type: shapeType, state: value.shape };
      }),
    ],
  ]),
};

const typeType: MessageType<ValueRecord> = {
  name: 'TypeProto',
  fields: new Map<number, FieldSpec<ValueRecord>>([
    [typeFields.tensor, message((state) => ({ type: tensorTypeType, state }))],
  ]),
};

const valueInfoType: MessageType<ValueRecord> = {
  name: 'ValueInfoProto',
  fields: new Map<number, FieldSpec<ValueRecord>>([
    [valueInfoFields.name, text('name')],
    [valueInfoFields.type, message((state) => ({ type: typeType, state }))],
  ]),
};

export function valueMessage(values: ValueRecord[], at: Field): Message<unknown> {
  const state: ValueRecord = { name: '', record: rangeOf(at) };
  values.push(state);
  return { type: valueInfoType, state };
}

/** The content of a ValueInfoProto of a tensor. */
export function valueInfo({ name, dtype, shape }: { name: string; dtype: Dtype; shape: readonly Dimension[] }): Splice {
  const sizes = shape.flatMap((size) => field(shapeFields.dimension, dimension(size)));
  const type = [
    ...intFields(tensorTypeFields.elementType, [dtypeCodeOf(dtype)]),
    ...field(tensorTypeFields.shape, sizes),
  ];
  return [...textField(valueInfoFields.name, name), ...field(valueInfoFields.type, field(typeFields.tensor, type))];
}

/** @param record of a ValueInfoProto that has been read before, tag and length included */
export function nameOfValue(record: Uint8Array): string {
  let name = '';
  for (const { start, end } of fieldsIn(record, 0, record.length)) {
    for (const each of fieldsIn(record, start, end)) {
      if (each.number === valueInfoFields.name) name = new TextDecoder().decode(record.subarray(each.start, each.end));
    }
  }
  return name;
}

function dimension(size: Dimension): Splice {
  if (typeof size === 'number') return intFields(dimensionFields.value, [size]);
  return size === '' ? [] : textField(dimensionFields.name, size);
}
