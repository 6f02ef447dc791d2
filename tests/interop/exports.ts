/** Prunes and exports a checkpoint as the page does, and describes the result to check.py. */
import { openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { CallContext } from '../../src/engine/callContext';
import type { Layer, OpenedCheckpoint } from '../../src/engine/opened';
import { layersOf, unitsOf } from '../../src/engine/reading/units';
import { rangesInFile } from '../../src/engine/reading/varintSource';
import { AnswerCache } from '../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../src/engine/recipe/candidates';
import { settle } from '../../src/engine/recipe/settle';
import { createEngine } from '../../src/engine/worker/engine';
import { openCheckpoint } from '../../src/formats/registry';
import type { Kernels } from '../../src/kernels/kernels';
import { blobSource } from '../../src/lib/browser/blobSource';
import type { Amount, Recipe } from '../../src/pruning/recipe';
import { oneFile } from '../support/oneFile';

/** What check.py is told about one export. Names are full: container, a dot, and the key in the state dict. */
export interface Job {
  readonly original: string;
  readonly export: string;
  readonly format: string;
  readonly amount: Amount;
  /** Tensors that the rule decides for, in file order. */
  readonly pruned: readonly string[];
  /** Further names of their weights. */
  readonly aliases: readonly string[];
  /** Zeros in `pruned`, as Secateur counted them while writing. */
  readonly zeros: number;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** `[start, end)` in bytes: the weights of `pruned`, and the checksums over them. */
  readonly changeable: readonly (readonly [number, number])[];
}

const context: CallContext = { signal: new AbortController().signal, progress: () => {} };

/** Prunes every tensor that is prunable by default, all together, and writes the result to `exportPath`. */
export async function exportPruned(path: string, exportPath: string, amount: Amount, kernels: Kernels): Promise<Job> {
  const recipe: Recipe = {
    format: 'secateur-recipe',
    version: 1,
    rules: [{ criterion: 'magnitude', granularity: 'weight', scope: 'global', amount }],
  };
  const { opened, pruned, report, bytes } = await applyRecipe(path, recipe, kernels);
  await writeFile(exportPath, bytes);
  const fullName = fullNameIn(opened.layers);
  return {
    original: path,
    export: exportPath,
    format: opened.format,
    amount,
    pruned: pruned.map(fullName),
    aliases: opened.layers.filter(({ sameAs }) => pruned.some(({ id }) => id === sameAs)).map(fullName),
    zeros: report.zeros,
    tensors: opened.layers.map((layer) => ({ name: fullName(layer), shape: layer.shape })),
    changeable: await changeableRanges(path, pruned),
  };
}

/** Open, resolve exactly, export: with the engine that the worker runs. */
export async function applyRecipe(path: string, recipe: Recipe, kernels: Kernels) {
  const engine = createEngine(kernels);
  const file = new File([await openAsBlob(path)], basename(path));
  const opened = await engine.open({ files: [file] }, context);
  const { outcomes } = await settle(recipe, candidatesOf(opened.layers), new AnswerCache(), (requests) =>
    engine.lookUp({ requests }, context),
  );
  const report = await engine.export({ outcomes }, context);
  const bytes = new Uint8Array(await report.files[0]!.file!.arrayBuffer());
  return { opened, pruned: prunedLayers(opened, outcomes), report, bytes };
}

function prunedLayers(opened: OpenedCheckpoint, outcomes: ReadonlyMap<number, unknown>): Layer[] {
  return opened.layers.filter((layer) => outcomes.has(layer.id));
}

async function changeableRanges(path: string, pruned: readonly Layer[]): Promise<[number, number][]> {
  const checkpoint = await openCheckpoint(...oneFile(blobSource(await openAsBlob(path)), basename(path)));
  const units = unitsOf(checkpoint, layersOf(checkpoint));
  const weights = units
    .filter((unit) => pruned.some(({ id }) => id === unit.tensor))
    .flatMap((unit) => unit.pieces.flatMap((piece) => rangesInFile(piece, checkpoint.encoded)))
    .map(({ start, end }): [number, number] => [start, end]);
  const checksums = checkpoint.checksums
    .filter(({ range }) => weights.some(([start, end]) => start < range.end && end > range.start))
    .flatMap(({ fields }) => fields.map((field): [number, number] => [field, field + 4]));
  return [...weights, ...checksums];
}

/** A layer's name says its container already where another container holds the same key. */
export function fullNameIn(layers: readonly Layer[]): (layer: Layer) => string {
  return ({ container, name }) => {
    if (container === '') return name;
    const prefix = `${container}.`;
    const key = name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
    const shared = layers.some(
      (other) => other.container !== container && [key, `${other.container}.${key}`].includes(other.name),
    );
    return key !== undefined && shared ? name : prefix + name;
  };
}
