/** Undo as recipe history. One gesture is one entry; a bailed gesture leaves no trace. */

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
