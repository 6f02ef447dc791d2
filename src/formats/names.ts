/** Names that are unique in the checkpoint, though several state dicts or graphs may hold the same ones. */

/**
 * One name per tensor: its key; with its container before it where another container holds the same key; with a number
 * behind it where even that is taken.
 */
export function uniqueNames(tensors: readonly { readonly name: string; readonly container: string }[]): string[] {
  /** The one container of a key; undefined where there are several. */
  const only = new Map<string, string | undefined>();
  for (const { name, container } of tensors) {
    only.set(name, !only.has(name) || only.get(name) === container ? container : undefined);
  }
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return tensors.map(({ name, container }) => {
    const wanted = only.get(name) === undefined && container !== '' ? `${container}.${name}` : name;
    let unique = wanted;
    // Counting on from the last number used keeps many equal names linear.
    let count = counts.get(wanted) ?? 1;
    while (taken.has(unique)) unique = `${wanted} (${++count})`;
    counts.set(wanted, count);
    taken.add(unique);
    return unique;
  });
}
