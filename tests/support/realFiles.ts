/**
 * Files that are no part of the project, which people trained and published. Tests that read them say so by name, and count
 * as skipped where the files are not beside the project.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** Checkpoints and graphs; SECATEUR_MODELS names another folder. */
export const realModels = resolve(root, process.env.SECATEUR_MODELS ?? '../shared/models');
/** Small files after public reports of what was judged wrongly. */
export const reportedCases = resolve(root, '../shared/cases');

/** Paths of the real models, none where the folder is not there. */
export function pathsOfRealModels(pattern: RegExp): string[] {
  if (!existsSync(realModels)) return [];
  return readdirSync(realModels)
    .filter((name) => pattern.test(name))
    .map((name) => join(realModels, name));
}

/** One test for a suite that goes on without them: skipped where it does. */
export function countRealModels(pattern: RegExp): void {
  describe('real models', () => {
    it.skipIf(!existsSync(realModels))(`are in ${realModels} (SECATEUR_MODELS names another folder)`, () => {
      expect(pathsOfRealModels(pattern)).not.toEqual([]);
    });
  });
}
