/** Undo as recipe history. One gesture is one entry; a bailed gesture leaves no trace. */
import type { Recipe } from '../pruning/recipe';

/** One thing that was done, and the recipe after it. */
export interface HistoryEntry {
  readonly recipe: Recipe;
  /** In a few words: `conv1.weight: 50 %`. */
  readonly what: string;
  /** In milliseconds since 1970. */
  readonly at: number;
  /** Of the weights that are in, 0 to 1; absent until it was known exactly. */
  readonly sparsity?: number;
}

export interface History<Value> {
  readonly past: readonly Value[];
  readonly present: Value;
  readonly future: readonly Value[];
}

/** Enough for a long session; a recipe is a few hundred bytes to a few KB. */
const limit = 500;

export function historyOf<Value>(present: Value): History<Value> {
  return { past: [], present, future: [] };
}

/** A new present; what had been undone is gone. Committing the present itself changes nothing. */
export function commit<Value>(history: History<Value>, present: Value): History<Value> {
  if (Object.is(present, history.present)) return history;
  return { past: [...history.past, history.present].slice(-limit), present, future: [] };
}

export function undo<Value>(history: History<Value>): History<Value> {
  const present = history.past.at(-1);
  if (present === undefined) return history;
  return { past: history.past.slice(0, -1), present, future: [history.present, ...history.future] };
}

export function redo<Value>(history: History<Value>): History<Value> {
  const [present, ...future] = history.future;
  if (present === undefined) return history;
  return { past: [...history.past, history.present], present, future };
}

/** As many undos or redos as lead to an entry; where there is none such, the history as it is. */
export function travelTo<Value>(history: History<Value>, entry: Value): History<Value> {
  const all = [...history.past, history.present, ...history.future];
  const place = all.indexOf(entry);
  return place < 0 ? history : { past: all.slice(0, place), present: entry, future: all.slice(place + 1) };
}
