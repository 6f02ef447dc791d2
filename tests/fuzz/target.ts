/** What Secateur does with files that it was given: opened, measured, pruned, read as inputs or as a recipe. */

import type { CallContext } from '../../src/engine/callContext';
import { inflated } from '../../src/engine/inflating';
import { resolveExactly } from '../../src/engine/recipe/resolveExactly';
import { openSession } from '../../src/engine/session';
import { scratch } from '../../src/engine/worker/outputs';
import { parseNpy } from '../../src/evaluation/inputs/npy';
import { readNpz } from '../../src/evaluation/inputs/npz';
import { parseTensorFile } from '../../src/evaluation/inputs/tensorFile';
import { chooseFiles } from '../../src/formats/chooseFiles';
import type { Checkpoint } from '../../src/formats/format';
import type { Kernels } from '../../src/kernels/kernels';
import { at } from '../../src/lib/known';
import { joinedSource, partsOf } from '../../src/lib/parts';
import { memorySource } from '../../src/lib/source';
import { splicedSource } from '../../src/lib/splice';
import { formatRecipe, parseRecipe } from '../../src/pruning/parseRecipe';
import type { Seed, SeedFile } from './seeds';

const context: CallContext = { signal: new AbortController().signal, progress: () => {} };

const recipe = parseRecipe({
  format: 'secateur-recipe',
  version: 1,
  rules: [{ criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 } }],
});

/**
 * @param prunes beyond opening and measuring
 * @throws CheckpointError where the files are refused; anything else is a fault
 */
export async function take(
  kind: Seed['kind'],
  files: readonly SeedFile[],
  kernels: Kernels,
  prunes: boolean,
): Promise<void> {
  const { name, bytes } = at(files, 0);
  switch (kind) {
    case 'recipe': {
      const read = parseRecipe(new TextDecoder().decode(bytes));
      if (formatRecipe(parseRecipe(formatRecipe(read))) !== formatRecipe(read))
        throw new Error('A recipe is written otherwise than it was read.');
      return;
    }
    case 'array':
      if (name.endsWith('.npz')) await readNpz(new File([bytes], name), name);
      else if (name.endsWith('.npy')) parseNpy(bytes, name);
      else await parseTensorFile(bytes, name);
      return;
    case 'checkpoint':
      return takeCheckpoint(files, kernels, prunes);
  }
}

async function takeCheckpoint(given: readonly SeedFile[], kernels: Kernels, prunes: boolean): Promise<void> {
  const { files } = await chooseFiles(given.map(({ name, bytes }) => ({ name, source: memorySource(bytes) })));
  const made = await inflated(files, scratch, context);
  const sources = made?.files.map((file) => ('name' in file ? file.source : splicedSource(file)));
  const all = sources ?? files.map(({ source }) => source);
  const source = joinedSource(all);
  const parts = partsOf(files.map(({ name }, i) => ({ name, size: at(all, i).size })));
  const session = await openSession(source, parts, kernels, context);
  assertInside(session.measurable.checkpoint, source.size);
  if (!prunes || session.opened.readOnly !== undefined) return;
  const { outcomes } = await resolveExactly(session, recipe, context);
  for await (const { offset, bytes } of session.patches(outcomes, context)) {
    if (offset < 0 || offset + bytes.length > source.size) throw new Error('A patch is outside the file.');
  }
}

/** Whatever is shown and written lies in the file. */
function assertInside({ storages, checksums, tensors, encoded }: Checkpoint, size: number): void {
  for (const { fields } of checksums) {
    for (const field of fields)
      if (!(field >= 0 && field + 4 <= size)) throw new Error('A checksum is outside the file.');
  }
  for (const { shape } of tensors) {
    if (!shape.every((side) => Number.isSafeInteger(side) && side >= 0))
      throw new Error(`A shape is ${shape.join(', ')}.`);
  }
  if (encoded?.length) return;
  for (const { segments } of storages) {
    for (const { start, end } of segments)
      if (!(start >= 0 && start <= end && end <= size)) throw new Error('A storage is outside the file.');
  }
}
