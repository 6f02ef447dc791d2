/** Opens bytes as a session and applies a recipe to them, all in memory. */

import type { CallContext } from '../../../src/engine/callContext';
import { resolveExactly as resolve } from '../../../src/engine/recipe/resolveExactly';
import { openSession, type Session, type WrittenCounts } from '../../../src/engine/session';
import type { Patch } from '../../../src/engine/writing/patches';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import type { Resolution } from '../../../src/pruning/resolution';
import { loadWasmKernels } from '../../support/kernels';
import { oneFile } from '../../support/oneFile';
import { reusingSource } from '../../support/reusingSource';

export const context: CallContext = { signal: new AbortController().signal, progress: () => {} };

export function openBytes(bytes: Uint8Array, fileName: string): Promise<Session> {
  return openSession(...oneFile(reusingSource(bytes), fileName), loadWasmKernels(), context);
}

export function recipeOf(...rules: Partial<Rule>[]): Recipe {
  const rule: Rule = { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity: 0.5 } };
  return { format: 'secateur-recipe', version: 1, rules: rules.map((given) => ({ ...rule, ...given })) };
}

export function resolveExactly(session: Session, recipe: Recipe): Promise<Resolution> {
  return resolve(session, recipe, context);
}

export interface Patched {
  readonly bytes: Uint8Array;
  readonly patches: readonly Patch[];
  readonly resolution: Resolution;
  readonly counts: WrittenCounts;
}

export async function patched(original: Uint8Array, session: Session, recipe: Recipe): Promise<Patched> {
  const resolution = await resolveExactly(session, recipe);
  const bytes = original.slice();
  const patches: Patch[] = [];
  const generator = session.patches(resolution.outcomes, context);
  for (;;) {
    const next = await generator.next();
    if (next.done) return { bytes, patches, resolution, counts: next.value };
    patches.push(next.value);
    bytes.set(next.value.bytes, next.value.offset);
  }
}
