/** What was dropped or chosen together, by content: a recipe, the norms and repaired weights that it needs, inputs, and files of a checkpoint. */
import type { OpenedCheckpoint } from '../engine/opened';
import { type FileKind, fileKind } from '../engine/page/fileKind';
import { inOrderOfNames, namesInWords } from '../lib/fileNames';

export interface Dropped {
  /** Everything that is nothing else: the checkpoint, what belongs to it, and what does not. */
  readonly checkpoints: readonly File[];
  /** Of those, ONNX models, and whether there are checkpoints of another format. */
  readonly graphs: readonly File[];
  readonly hasWeights: boolean;
  /** Inputs of a model: arrays, and images. */
  readonly arrays: readonly File[];
  readonly images: readonly File[];
  /** Norms of inputs. */
  readonly norms: readonly File[];
  /** Repaired weights. */
  readonly repairs: readonly File[];
  /** The first by name. */
  readonly recipe?: DroppedRecipe;
  readonly otherRecipes: readonly DroppedRecipe[];
}

export interface DroppedRecipe {
  /** Of its file. */
  readonly name: string;
  readonly text: string;
}

/** A file larger than this is no recipe of ours. */
export const recipeLimit = 4 * 2 ** 20;
/** What every recipe has, or says it is. */
const recipeWords = /"(rules|steps)"\s*:|secateur-recipe/;
const recipeFormat = 'secateur-recipe';

export async function sortDropped(files: readonly File[]): Promise<Dropped> {
  const found = await Promise.all(inOrderOfNames(files).map(recognised));
  const ofKind = (...kinds: readonly Recognised['kind'][]) =>
    found.filter(({ kind }) => kinds.includes(kind)).map(({ file }) => file);
  const recipes = found.flatMap((each) => (each.kind === 'recipe' ? [{ name: each.file.name, text: each.text }] : []));
  const [recipe, ...otherRecipes] = recipes;
  return {
    checkpoints: ofKind('checkpoint', 'graph', 'weights'),
    graphs: ofKind('graph'),
    hasWeights: found.some(({ kind }) => kind === 'weights'),
    arrays: ofKind('arrays'),
    images: ofKind('image'),
    norms: ofKind('norms'),
    repairs: ofKind('repair'),
    ...(recipe && { recipe }),
    otherRecipes,
  };
}

/** What is said of recipes that are not applied. */
export function notesOn(
  others: readonly DroppedRecipe[],
  applied: DroppedRecipe | undefined,
): OpenedCheckpoint['notes'] {
  if (others.length === 0 || !applied) return [];
  const names = namesInWords(others.map(({ name }) => name));
  const were = others.length === 1 ? 'was' : 'were';
  return [
    { severity: 'warning', text: `${names} ${were} left aside: one recipe is applied at a time, ${applied.name}.` },
  ];
}

type Recognised = { readonly file: File } & (
  | { readonly kind: FileKind | 'checkpoint' }
  | { readonly kind: 'recipe'; readonly text: string }
);

/** A folder that was dropped is a file that cannot be read: whoever opens it says so. */
async function recognised(file: File): Promise<Recognised> {
  try {
    const kind = await fileKind(file);
    if (kind) return { file, kind };
    const text = await recipeIn(file);
    return text === undefined ? { file, kind: 'checkpoint' } : { file, kind: 'recipe', text };
  } catch {
    return { file, kind: 'checkpoint' };
  }
}

/** The text, where it is JSON that says it is a recipe, or has what only a recipe has. Undefined for any other file. */
async function recipeIn(file: File): Promise<string | undefined> {
  if (file.size > recipeLimit) return undefined;
  const head = await file.slice(0, 100).text();
  if (!/^\s*\{/.test(head)) return undefined;
  const text = await file.text();
  return isRecipeText(text) ? text : undefined;
}

/** One with a slip of the pen is one all the same: whoever reads it says where. */
export function isRecipeText(text: string): boolean {
  if (!recipeWords.test(text)) return false;
  let read: object;
  try {
    read = JSON.parse(text) as object;
  } catch {
    return text.includes(recipeFormat);
  }
  const { format } = read as { format?: unknown };
  return format === undefined ? Object.hasOwn(read, 'rules') || Object.hasOwn(read, 'steps') : format === recipeFormat;
}

/** What a model is saved as, more or less: for a word on what is being opened before any byte was read. */
const modelNames = /\.(onnx|safetensors|pth?|ckpt|bin|th|tar|pkl)$/i;

/** The name to show while files are opened. */
export function nameToShow(files: readonly File[]): string | undefined {
  const named = files.filter(({ name }) => !/(\.norms|-repair)\.safetensors$/i.test(name));
  const model = named.find(({ name }) => modelNames.test(name)) ?? named.find(({ name }) => !/\.json$/i.test(name));
  return (model ?? files[0])?.name;
}
