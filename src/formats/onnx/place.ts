/** Where the elements of a tensor lie in the model itself, or why they cannot be patched. */
import { countInWords } from '../../lib/countInWords';
import { type ErrorContext, malformed } from '../../lib/errors';
import { bitsOf, type Dtype, isFloat, labelOf } from '../../tensors/dtype';
import type { Storage } from '../../tensors/tensor';
import { dtypeOf, maxSegments, newScattered, type Scattered, type TensorRecord } from './tensorProto';

const strewn = `its elements are strewn over more than ${maxSegments} records`;

/** One of them: fixed-width elements, varints of halves, or a reason, which elements that can be read may have, too. */
export interface Place {
  readonly storage?: Storage;
  readonly varints?: Scattered;
  readonly readOnly?: string;
  /** The file that they are in, which was not given; '' where there are no elements anywhere. */
  readonly missing?: string;
  /** It is no place in which files are looked for. */
  readonly isOutside?: true;
}

/**
 * Where the elements lie in the model itself, or why they cannot be patched. As in ONNX's own libraries, raw_data goes before
 * the typed lists.
 * @throws CheckpointError `malformed-file` when the bytes there are not what dtype and shape need
 */
export function placeOf(tensor: TensorRecord, numel: number, name: string, context: ErrorContext): Place {
  const dtype = dtypeOf(tensor);
  if (tensor.chunked) return { readOnly: 'stored in chunks (TensorProto.segment), which no ONNX tool reads' };
  if (dtype === 'STRING') return { readOnly: 'strings: not floating point' };
  if (dtype === 'OPAQUE') return { readOnly: `its data type ${tensor.dataType} is not known to Secateur` };

  const listed = listOf(tensor, dtype);
  const hasBytes = (tensor.raw && tensor.raw.end > tensor.raw.start) || listed.byteLength > 0 || tensor.variableWidth;
  if (!hasBytes && numel > 0) return { readOnly: 'its elements are not in the file', missing: '' };
  if (tensor.raw === undefined && listed.byteLength === 0 && numel > 0) {
    const label = labelOf(dtype);
    const { varints } = tensor;
    if ((dtype === 'F16' || dtype === 'BF16') && varints.byteLength > 0) {
      return varints.segments.length > maxSegments ? { readOnly: strewn } : { varints };
    }
    return {
      readOnly: isFloat(dtype)
        ? `stored as varints (${label} outside raw_data), whose length depends on the value`
        : `${label}: not floating point`,
    };
  }
  const segments = tensor.raw ? [tensor.raw] : listed.segments;
  const found = tensor.raw ? tensor.raw.end - tensor.raw.start : listed.byteLength;
  const needed = Math.ceil((numel * bitsOf(dtype)) / 8);
  if (found !== needed || (!tensor.raw && listed.ragged)) {
    const offset = segments[0]?.start ?? 0;
    const shape = `${labelOf(dtype)} [${tensor.shape.join(', ')}]`;
    const fault = found === needed ? 'a record of them ends within an element' : `has ${found}`;
    throw malformed(
      `The tensor "${name}" needs ${countInWords(needed)} bytes for ${shape}, but ${fault} (offset ${offset}).`,
      {
        ...context,
        tensor: name,
        offset,
      },
    );
  }
  if (segments.length > maxSegments) {
    return { readOnly: strewn };
  }
  return { storage: { segments, byteLength: needed } };
}

/** The typed list that holds a dtype's elements at a fixed width; none for those that are varints. */
function listOf(tensor: TensorRecord, dtype: Dtype): Scattered {
  if (dtype === 'F32' || dtype === 'C64') return tensor.floats;
  if (dtype === 'F64' || dtype === 'C128') return tensor.doubles;
  return newScattered();
}
