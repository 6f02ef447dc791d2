/** Files and patches to them, drawn. */
import fc from 'fast-check';
import type { Patch } from '../../../src/engine/writing/patches';

export async function* generate(patches: readonly Patch[], failure?: Error): AsyncGenerator<Patch, string> {
  // Their memory is used again.
  const memory = new Uint8Array(400);
  for (const { offset, bytes } of patches) {
    memory.set(bytes);
    yield { offset, bytes: memory.subarray(0, bytes.length) };
    memory.fill(0xcd);
  }
  if (failure) throw failure;
  return 'what the generator says';
}

/** A file, and patches that do not overlap: ascending ones, then a few out of order, as checksums are. */
export const patchedFiles = fc
  .record({
    file: fc.uint8Array({ minLength: 20, maxLength: 300, size: 'max' }),
    cuts: fc.uniqueArray(fc.nat(300), { maxLength: 16, size: 'max' }),
    isLate: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    fill: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ file, cuts, isLate, fill }) => {
    const edges = [...new Set(cuts.map((cut) => cut % (file.length + 1)))].sort((a, b) => a - b);
    const ascending: Patch[] = [];
    const late: Patch[] = [];
    for (let i = 0; i + 1 < edges.length; i += 2) {
      const patch = { offset: edges[i]!, bytes: new Uint8Array(edges[i + 1]! - edges[i]!).fill(fill + i) };
      (isLate[i / 2] ? late : ascending).push(patch);
    }
    const patches = [...ascending, ...late.reverse()];
    const expected = file.slice();
    for (const { offset, bytes } of patches) expected.set(bytes, offset);
    return { file: file as Uint8Array<ArrayBuffer>, patches, expected };
  });
