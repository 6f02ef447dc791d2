/** Look-ups of what has to be there. Where it is not, the error says what was expected: a bug of ours, never the file's. */
import { CheckpointError } from './errors';

/** `list[index]`. Cheap enough for any loop over tensors or bins; loops over single weights read typed arrays as they are. */
export function at<Value>(list: ArrayLike<Value>, index: number): Value {
  const value = list[index];
  if (value === undefined) throw missing(`an entry ${index} of ${list.length}`);
  return value;
}

/** The one at the end of a list. */
export function last<Value>(list: ArrayLike<Value>): Value {
  return at(list, list.length - 1);
}

/** `map.get(key)`. */
export function known<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key);
  if (value === undefined) throw missing(`an entry for ${String(key)} among ${map.size}`);
  return value;
}

/** The value itself. @param what it is: "a canvas to draw on" */
export function found<Value>(value: Value | null | undefined, what: string): Value {
  if (value === null || value === undefined) throw missing(what);
  return value;
}

function missing(what: string): CheckpointError {
  return new CheckpointError('internal', `Expected ${what}, found none.`);
}
