/** Makes every kind of export of one file, and says to deliveries.py what they are made of. */
import { openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { availableExports } from '../../src/engine/exports/available';
import { estimateSize } from '../../src/engine/exports/exportAs';
import type { ExportKind } from '../../src/engine/exports/exportKind';
import type { ExportSource } from '../../src/engine/exports/source';
import { resolveExactly } from '../../src/engine/recipe/resolveExactly';
import type { Kernels } from '../../src/kernels/kernels';
import { emptyRecipe, type Recipe } from '../../src/pruning/recipe';
import { keysOf } from '../../src/tensors/stateDictKeys';
import { context, exportedFile, openFile, prunedFile } from '../support/exporting';

export interface Delivery {
  readonly original: string;
  readonly format: string;
  /** The pruned file itself. */
  readonly plain: string;
  /** Paths by kind of export; `permanent` is made of the reparametrised one. */
  readonly files: Partial<Record<ExportKind, string>>;
  readonly tensors: readonly {
    readonly name: string;
    readonly key: string;
    readonly container: string;
    readonly kind: string;
    /** Whether a rule decides for it, or for the weights of which it is another name. */
    readonly isIn: boolean;
    readonly isAlias: boolean;
  }[];
  /** Weights that the masks take. */
  readonly chosen: number;
}

export async function openPath(path: string, kernels: Kernels) {
  return openFile(new File([await openAsBlob(path)], basename(path)), kernels);
}

/** @param inputNorms tensors whose norms the session has */
export async function outcomesFor(
  recipe: Recipe,
  { session }: ExportSource,
  inputNorms: ReadonlyMap<number, unknown> = new Map(),
  inputMoments: ReadonlyMap<number, unknown> = new Map(),
) {
  const { outcomes } = await resolveExactly(session, recipe, context, { inputNorms, inputMoments });
  return outcomes;
}

/** @param prefix of the paths to write */
export async function deliver(path: string, recipe: Recipe, prefix: string, kernels: Kernels): Promise<Delivery> {
  const source = await openPath(path, kernels);
  const outcomes = await outcomesFor(recipe, source);
  const { opened } = source.session;
  const write = async (blob: Blob, name: string) => {
    await writeFile(`${prefix}-${name}`, new Uint8Array(await blob.arrayBuffer()));
    return `${prefix}-${name}`;
  };
  const plain = await write(await prunedFile(source, outcomes), `plain-${opened.fileName}`);
  const files: Partial<Record<ExportKind, string>> = {};
  for (const kind of availableExports(opened)) {
    const isSmaller = async () => (await estimateSize(source, 'sparse-onnx', outcomes, context)) < opened.size;
    if (kind === 'sparse-onnx' && !(await isSmaller())) continue;
    const file = await exportedFile(source, kind, outcomes);
    files[kind] = await write(file, file.name);
  }
  if (files.reparametrised) {
    const masked = await openPath(files.reparametrised, kernels);
    const file = await exportedFile(masked, 'permanent', await outcomesFor(emptyRecipe, masked));
    files.permanent = await write(file, file.name);
  }
  const keys = keysOf(opened.layers);
  return {
    original: path,
    format: opened.format,
    plain,
    files,
    tensors: opened.layers.map(({ id, name, container, kind, sameAs }) => ({
      name,
      key: keys[id]!,
      container,
      kind,
      isIn: outcomes.has(sameAs ?? id),
      isAlias: sameAs !== undefined,
    })),
    chosen: [...outcomes.values()].reduce((sum, { pruned }) => sum + pruned, 0),
  };
}
