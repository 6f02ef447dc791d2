/** Arrays as numpy.save writes them. */

export type NpyKind = '<f4' | '<i8';

/** All zeros, or what is given. */
export function npy(
  shape: readonly number[],
  kind: NpyKind = '<f4',
  values: readonly number[] = [],
): Uint8Array<ArrayBuffer> {
  const sizes = `${shape.join(', ')}${shape.length === 1 ? ',' : ''}`;
  const header = `${`{'descr': '${kind}', 'fortran_order': False, 'shape': (${sizes}), }`.padEnd(117)}\n`;
  const width = kind === '<f4' ? 4 : 8;
  const numel = shape.reduce((product, size) => product * size, 1);
  const bytes = new Uint8Array(10 + header.length + numel * width);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length & 0xff, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  const view = new DataView(bytes.buffer, 10 + header.length);
  values.forEach((value, i) => {
    if (kind === '<f4') view.setFloat32(i * 4, value, true);
    else view.setBigInt64(i * 8, BigInt(value), true);
  });
  return bytes;
}
