/** PyTorch's element types by the names that pickles use. */
import type { Dtype } from '../../tensors/dtype';
import type { Ref } from './pickle/values';

export interface ElementType {
  readonly dtype: Dtype;
  /** Bytes per unit of storage (torch's `itemsize`). */
  readonly itemSize: number;
  /** Elements in one unit, where several share it. */
  readonly packed?: number;
}

/** `torch.float32`, … */
const dtypes = new Map<string, ElementType>([
  ['float64', { dtype: 'F64', itemSize: 8 }],
  ['float32', { dtype: 'F32', itemSize: 4 }],
  ['float16', { dtype: 'F16', itemSize: 2 }],
  ['bfloat16', { dtype: 'BF16', itemSize: 2 }],
  ['float8_e4m3fn', { dtype: 'F8_E4M3', itemSize: 1 }],
  ['float8_e5m2', { dtype: 'F8_E5M2', itemSize: 1 }],
  ['float8_e4m3fnuz', { dtype: 'F8_E4M3FNUZ', itemSize: 1 }],
  ['float8_e5m2fnuz', { dtype: 'F8_E5M2FNUZ', itemSize: 1 }],
  ['float8_e8m0fnu', { dtype: 'F8_E8M0', itemSize: 1 }],
  ['complex128', { dtype: 'C128', itemSize: 16 }],
  ['complex64', { dtype: 'C64', itemSize: 8 }],
  ['complex32', { dtype: 'C32', itemSize: 4 }],
  ['int64', { dtype: 'I64', itemSize: 8 }],
  ['int32', { dtype: 'I32', itemSize: 4 }],
  ['int16', { dtype: 'I16', itemSize: 2 }],
  ['int8', { dtype: 'I8', itemSize: 1 }],
  ['uint64', { dtype: 'U64', itemSize: 8 }],
  ['uint32', { dtype: 'U32', itemSize: 4 }],
  ['uint16', { dtype: 'U16', itemSize: 2 }],
  ['uint8', { dtype: 'U8', itemSize: 1 }],
  ['bool', { dtype: 'BOOL', itemSize: 1 }],
  ['qint8', { dtype: 'QINT8', itemSize: 1 }],
  ['quint8', { dtype: 'QUINT8', itemSize: 1 }],
  ['qint32', { dtype: 'QINT32', itemSize: 4 }],
  ['quint4x2', { dtype: 'QUINT4X2', itemSize: 1, packed: 2 }],
  ['quint2x4', { dtype: 'QUINT2X4', itemSize: 1, packed: 4 }],
  ['float4_e2m1fn_x2', { dtype: 'F4X2', itemSize: 1 }],
  // Shells whose shape counts bytes, not the numbers packed into them.
  ['bits16', { dtype: 'OPAQUE', itemSize: 2 }],
  ...['bits8', 'bits1x8', 'bits2x4', 'bits4x2'].map(opaqueByte),
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((bits) => [`int${bits}`, `uint${bits}`]).map(opaqueByte),
]);

function opaqueByte(name: string): [string, ElementType] {
  return [name, { dtype: 'OPAQUE', itemSize: 1 }];
}

/** `torch.FloatStorage` holds float32, … */
const storageDtypes = new Map([
  ['Double', 'float64'],
  ['Float', 'float32'],
  ['Half', 'float16'],
  ['BFloat16', 'bfloat16'],
  ['Long', 'int64'],
  ['Int', 'int32'],
  ['Short', 'int16'],
  ['Char', 'int8'],
  ['Byte', 'uint8'],
  ['Bool', 'bool'],
  ['ComplexDouble', 'complex128'],
  ['ComplexFloat', 'complex64'],
  ['QInt8', 'qint8'],
  ['QInt32', 'qint32'],
  ['QUInt8', 'quint8'],
  ['QUInt4x2', 'quint4x2'],
  ['QUInt2x4', 'quint2x4'],
  // Counts bytes; the tensors over it say their own dtype.
  ['Untyped', 'uint8'],
]);

/** The element type that a reference such as `torch.bfloat16` names. */
export function dtypeNamed({ module, name }: Ref): ElementType | undefined {
  return module === 'torch' ? dtypes.get(name) : undefined;
}

/** The element type of a storage class such as `torch.FloatStorage` or `torch.cuda.HalfStorage`. */
export function storageElement({ module, name }: Ref): ElementType | undefined {
  if (module !== 'torch' && !module.startsWith('torch.')) return undefined;
  const kind = /^(\w+)Storage$/.exec(name)?.[1];
  const dtype = kind === undefined ? undefined : storageDtypes.get(kind);
  return dtype === undefined ? undefined : dtypes.get(dtype);
}

const plain: ReadonlySet<string> = new Set([
  ...[
    'float64',
    'float32',
    'float16',
    'bfloat16',
    'float8_e4m3fn',
    'float8_e5m2',
    'float8_e4m3fnuz',
    'float8_e5m2fnuz',
  ],
  ...['float8_e8m0fnu', 'float4_e2m1fn_x2', 'complex128', 'complex64', 'complex32', 'int64', 'int32', 'int16', 'int8'],
  ...['uint64', 'uint32', 'uint16', 'uint8', 'bool'],
]);

/** What torch calls the dtype of a plain (not quantised, not opaque) tensor, and its bytes per element. */
export function nameByDtype(dtype: Dtype): { readonly name: string; readonly itemSize: number } | undefined {
  for (const [name, element] of dtypes) {
    if (element.dtype === dtype && plain.has(name)) return { name, itemSize: element.itemSize };
  }
  return undefined;
}

/** The storage class in `torch` that holds a plain dtype: `FloatStorage`, … Newer dtypes have none. */
export function classByDtype(dtype: Dtype): string | undefined {
  const name = nameByDtype(dtype)?.name;
  for (const [kind, element] of storageDtypes) if (element === name && kind !== 'Untyped') return `${kind}Storage`;
  return undefined;
}
