/** Whole files to be damaged: of the folders given, sorted by what opens them. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { checkpointsAmong } from '../../src/formats/chooseFiles';
import { inOrderOfNames } from '../../src/lib/fileNames';
import { memorySource } from '../../src/lib/source';
import type { Bytes } from './mutate/mutation';

export interface SeedFile {
  readonly name: string;
  readonly bytes: Bytes;
}

export interface Seed {
  /** `recipe`: JSON text; `array`: .npy, .npz and protobuf tensors as inputs. */
  readonly kind: 'checkpoint' | 'array' | 'recipe';
  readonly path: string;
  /** At least one: the first is the one that it is called by. */
  readonly files: readonly SeedFile[];
}

/** Larger ones would take the time of many small ones, and have no other structure. */
const mostBytes = 512 * 1024;

/** @param folders looked through with all that is in them; files that Secateur reads nothing from are left out */
export async function seedsIn(folders: readonly string[]): Promise<Seed[]> {
  const byFolder = new Map<string, string[]>();
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      byFolder.set(dirname(path), [...(byFolder.get(dirname(path)) ?? []), path]);
    }
  }
  const seeds: Seed[] = [];
  for (const folder of [...byFolder.keys()].sort()) {
    const paths = [...(byFolder.get(folder) ?? [])].sort();
    const files = paths.map((path) => {
      const bytes = new Uint8Array(readFileSync(path));
      return { name: basename(path), path, bytes, source: memorySource(bytes) };
    });
    const claimed = await checkpointsAmong(inOrderOfNames(files));
    for (const { file, beside } of claimed)
      seeds.push({ kind: 'checkpoint', path: file.path, files: [file, ...beside] });
    const arrays = files.filter(({ name }) => /\.(npy|npz|pb)$/.test(name));
    seeds.push(...arrays.map((file): Seed => ({ kind: 'array', path: file.path, files: [file] })));
  }
  return seeds.filter(({ files }) => files.reduce((sum, { bytes }) => sum + bytes.length, 0) <= mostBytes);
}

/** Recipes that are the examples of a document. */
export function recipesIn(document: string): Seed[] {
  const blocks = readFileSync(document, 'utf8').matchAll(/```json\n([^`]*)```/g);
  return [...blocks].flatMap(([, text = ''], i): Seed[] =>
    text.includes('secateur-recipe')
      ? [
          {
            kind: 'recipe',
            path: `${document}#${i}`,
            files: [{ name: 'recipe.json', bytes: new Uint8Array(new TextEncoder().encode(text)) }],
          },
        ]
      : [],
  );
}
