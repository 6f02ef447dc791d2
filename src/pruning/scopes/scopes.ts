/** The scopes, in the order in which they are offered. */
import { known } from '../../lib/known';
import { erk } from './erk';
import { global } from './global';
import { lamp } from './lamp';
import { layer } from './layer';
import { row } from './row';
import type { ScopeRecord } from './scope';

const records = [global, layer, row, erk, lamp] as const;

/** What is ranked together, or how one sparsity is shared out. */
export type Scope = (typeof records)[number]['name'];

export const scopes: readonly ScopeRecord<Scope>[] = records;

const byName = new Map(scopes.map((record) => [record.name, record]));

export function scopeOf(name: Scope): ScopeRecord<Scope> {
  return known(byName, name);
}
