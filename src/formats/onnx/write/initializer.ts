/** Initializers as records of a graph. */
import type { Splice } from '../../../lib/splice';
import { field, intFields, textField } from '../../protobuf/write';
import { graphFields, tensorFields } from '../fieldNumbers';

const floatDataType = 1;
const int64DataType = 7;

/** @param elements row by row, little-endian */
export function initializer(name: string, dataType: number, shape: readonly number[], elements: Splice): Splice {
  return field(graphFields.initializer, [
    ...intFields(tensorFields.dims, shape),
    ...intFields(tensorFields.dataType, [dataType]),
    ...textField(tensorFields.name, name),
    ...field(tensorFields.rawData, elements),
  ]);
}

/** @param shape `[]` for a scalar */
export function integers(name: string, values: readonly number[], shape: readonly number[] = [values.length]): Splice {
  const elements = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return initializer(name, int64DataType, shape, [elements]);
}

/** A list of f32 numbers. */
export function floats(name: string, values: readonly number[]): Splice {
  const elements = new Uint8Array(Float32Array.from(values).buffer);
  return initializer(name, floatDataType, [values.length], [elements]);
}
