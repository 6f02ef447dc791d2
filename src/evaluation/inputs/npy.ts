/** NumPy's array files (numpy.lib.format, versions 1 to 3). */
import { ByteReader } from '../../lib/byteReader';
import { countInWords } from '../../lib/countInWords';
import { CheckpointError, malformed } from '../../lib/errors';
import type { Dtype } from '../../tensors/dtype';
import { rowByRow } from '../../tensors/layout';
import { numpyDtypes } from '../../tensors/numpyDtypes';
import { columnStrides, numelOf } from '../../tensors/tensor';
import { type Values, widthOf } from '../values';

const magic = '\x93NUMPY';
/** A dictionary of three entries; numpy itself stops at 10,000 characters. */
const maxHeaderLength = 65_536;

/** No model is fed with them. */
const complex: ReadonlySet<Dtype> = new Set(['C64', 'C128']);

export function isNpy(bytes: Uint8Array): boolean {
  return [...magic].every((character, i) => bytes[i] === character.charCodeAt(0));
}

/**
 * @param fileName for errors
 * @throws CheckpointError `malformed-file`, `unsupported-feature` for element types that no model takes
 */
export function parseNpy(bytes: Uint8Array<ArrayBuffer>, fileName: string): Values {
  const context = { file: fileName, format: 'npy' };
  if (!isNpy(bytes)) throw malformed(`${fileName} should begin as NumPy's array files do, but does not.`, context);
  const reader = new ByteReader(bytes, 0, context);
  reader.skip(magic.length);
  const version = reader.u8();
  reader.skip(1);
  const length = version === 1 ? reader.u16() : reader.u32();
  if (version < 1 || version > 3 || length > maxHeaderLength) {
    throw malformed(`${fileName} has a header of version ${version} and ${length} bytes, which NumPy does not write.`, {
      ...context,
      offset: magic.length,
    });
  }
  const header = new TextDecoder().decode(reader.slice(length));
  const { descr, fortran, shape } = parseHeader(header, fileName);
  const dtype = numpyDtypes.get(descr.slice(1));
  if (!dtype || complex.has(dtype)) {
    throw new CheckpointError(
      'unsupported-feature',
      `${fileName} holds elements of NumPy's type ${descr}, which is no tensor type.`,
      context,
    );
  }
  const width = widthOf(dtype);
  const byteLength = numelOf(shape) * width;
  if (byteLength > reader.remaining) {
    throw malformed(
      `${fileName} should hold ${countInWords(byteLength)} bytes of shape ${shape.join('×')}, but has ${reader.remaining}.`,
      { ...context, offset: reader.offset },
    );
  }
  const elements = bytes.slice(reader.position, reader.position + byteLength);
  if (descr.startsWith('>')) reverseBytes(elements, width);
  return { dtype, shape, bytes: fortran ? rowByRow(elements, shape, columnStrides(shape), width) : elements };
}

/** The header is the text of a Python dictionary with exactly these keys. */
function parseHeader(header: string, fileName: string): { descr: string; fortran: boolean; shape: number[] } {
  const descr = /'descr':\s*'([<>|=][a-z]\d+)'/.exec(header)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (descr === undefined || fortran === undefined || sizes === undefined) {
    throw malformed(`The header of ${fileName} does not give type, order and shape as NumPy writes them.`, {
      file: fileName,
      format: 'npy',
      advice: 'Save it as a plain array: numpy.save, numpy.savez. Object arrays are not read.',
    });
  }
  const shape = sizes.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  return { descr, fortran: fortran === 'True', shape };
}

function reverseBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}
