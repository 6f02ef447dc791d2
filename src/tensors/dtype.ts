/** Element types. Tokens are those of safetensors, extended by what other formats add. */

/** `bits` per element; `float` types can be pruned when in `prunableDtypes`. */
const table = {
  F64: { bits: 64, float: true, label: 'f64' },
  F32: { bits: 32, float: true, label: 'f32' },
  F16: { bits: 16, float: true, label: 'f16' },
  BF16: { bits: 16, float: true, label: 'bf16' },
  F8_E4M3: { bits: 8, float: true, label: 'f8_e4m3' },
  F8_E5M2: { bits: 8, float: true, label: 'f8_e5m2' },
  F8_E4M3FNUZ: { bits: 8, float: true, label: 'f8_e4m3fnuz' },
  F8_E5M2FNUZ: { bits: 8, float: true, label: 'f8_e5m2fnuz' },
  F8_E8M0: { bits: 8, float: true, label: 'f8_e8m0' },
  F6_E2M3: { bits: 6, float: true, label: 'f6_e2m3' },
  F6_E3M2: { bits: 6, float: true, label: 'f6_e3m2' },
  F4: { bits: 4, float: true, label: 'f4' },
  /** Two in a byte, which counts as one element (PyTorch's float4_e2m1fn_x2). */
  F4X2: { bits: 8, float: true, label: 'f4x2' },
  C128: { bits: 128, float: false, label: 'c128' },
  C64: { bits: 64, float: false, label: 'c64' },
  C32: { bits: 32, float: false, label: 'c32' },
  I64: { bits: 64, float: false, label: 'i64' },
  I32: { bits: 32, float: false, label: 'i32' },
  I16: { bits: 16, float: false, label: 'i16' },
  I8: { bits: 8, float: false, label: 'i8' },
  I4: { bits: 4, float: false, label: 'i4' },
  I2: { bits: 2, float: false, label: 'i2' },
  U64: { bits: 64, float: false, label: 'u64' },
  U32: { bits: 32, float: false, label: 'u32' },
  U16: { bits: 16, float: false, label: 'u16' },
  U8: { bits: 8, float: false, label: 'u8' },
  U4: { bits: 4, float: false, label: 'u4' },
  U2: { bits: 2, float: false, label: 'u2' },
  BOOL: { bits: 8, float: false, label: 'bool' },
  QINT8: { bits: 8, float: false, label: 'qint8' },
  QUINT8: { bits: 8, float: false, label: 'quint8' },
  QINT32: { bits: 32, float: false, label: 'qint32' },
  QUINT4X2: { bits: 8, float: false, label: 'quint4x2' },
  QUINT2X4: { bits: 8, float: false, label: 'quint2x4' },
  /** Variable or unknown width: listed, never touched. */
  STRING: { bits: 0, float: false, label: 'string' },
  OPAQUE: { bits: 0, float: false, label: 'unknown' },
} as const satisfies Record<string, { bits: number; float: boolean; label: string }>;

export type Dtype = keyof typeof table;

/** The dtypes whose weights Secateur measures and prunes. */
export type PrunableDtype = 'F64' | 'F32' | 'F16' | 'BF16';
export const prunableDtypes: readonly PrunableDtype[] = ['F64', 'F32', 'F16', 'BF16'];

export function isPrunableDtype(dtype: Dtype): dtype is PrunableDtype {
  return (prunableDtypes as readonly Dtype[]).includes(dtype);
}

export function isDtype(token: string): token is Dtype {
  return Object.hasOwn(table, token);
}

export function bitsOf(dtype: Dtype): number {
  return table[dtype].bits;
}

/** Bytes per element of a prunable dtype: 8, 4 or 2. */
export function byteWidthOf(dtype: PrunableDtype): number {
  return table[dtype].bits / 8;
}

export function isFloat(dtype: Dtype): boolean {
  return table[dtype].float;
}

/** As PyTorch users write it: `f32`, `bf16`, … */
export function labelOf(dtype: Dtype): string {
  return table[dtype].label;
}

/** What a tensor's elements are in its file. */
export function storedLabel(tensor: { readonly dtype: Dtype; readonly stored?: { readonly label: string } }): string {
  return tensor.stored?.label ?? labelOf(tensor.dtype);
}
