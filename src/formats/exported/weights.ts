/** Where the tensors of an exported program lie: `data/weights/NAME_weights_config.json` (torch/export/pt2_archive). */
import { type ErrorContext, malformed } from '../../lib/errors';
import type { Dtype } from '../../tensors/dtype';
import { isRecord, textIn } from './json';

export interface SavedTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** In elements. */
  readonly strides: readonly number[];
  readonly offset: number;
  /** Of its storage, in the folder of the configuration. */
  readonly record: string;
  readonly isParameter: boolean;
  /** Its record is a file of torch.save. */
  readonly isPickled: boolean;
  readonly isStrided: boolean;
}

/** `ScalarType` of torch/_export/serde/schema.py */
const dtypes: ReadonlyMap<unknown, Dtype> = new Map([
  [1, 'U8'],
  [2, 'I8'],
  [3, 'I16'],
  [4, 'I32'],
  [5, 'I64'],
  [6, 'F16'],
  [7, 'F32'],
  [8, 'F64'],
  [9, 'C32'],
  [10, 'C64'],
  [11, 'C128'],
  [12, 'BOOL'],
  [13, 'BF16'],
  [28, 'U16'],
  [29, 'F8_E4M3'],
  [30, 'F8_E5M2'],
  [31, 'F8_E4M3FNUZ'],
  [32, 'F8_E5M2FNUZ'],
  [33, 'F8_E8M0'],
  [34, 'U32'],
  [35, 'U64'],
]);
const strided = 7;
const mostDimensions = 64;

/** @throws CheckpointError `malformed-file` */
export function tensorsIn(config: unknown, context: ErrorContext): SavedTensor[] {
  const all = isRecord(config) && isRecord(config.config) ? Object.entries(config.config) : undefined;
  if (!all) throw malformed('It does not say where its weights are.', context);
  return all.map(([name, said]): SavedTensor => {
    const meta = isRecord(said) && isRecord(said.tensor_meta) ? said.tensor_meta : {};
    const record = isRecord(said) ? textIn(said.path_name) : undefined;
    const shape = sizesIn(meta.sizes);
    const strides = sizesIn(meta.strides);
    const offset = countIn(meta.storage_offset);
    const isWhole = record !== undefined && !record.includes('/') && shape && strides && offset !== undefined;
    if (!isRecord(said) || !isWhole || shape.length !== strides.length) {
      throw malformed(`What it says of the tensor "${name.slice(0, 100)}" is no place, shape and strides.`, context);
    }
    return {
      ...{ name, shape, strides, offset, record },
      dtype: dtypes.get(meta.dtype) ?? 'OPAQUE',
      isParameter: said.is_param === true,
      isPickled: said.use_pickle === true,
      isStrided: meta.layout === strided,
    };
  });
}

function sizesIn(value: unknown): number[] | undefined {
  if (!Array.isArray(value) || value.length > mostDimensions) return undefined;
  const sizes = value.flatMap((size) => countIn(size) ?? []);
  return sizes.length === value.length ? sizes : undefined;
}

/** `{ "as_int": 3 }`: sizes of weights are never symbols. */
function countIn(value: unknown): number | undefined {
  const count = isRecord(value) ? value.as_int : undefined;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}
