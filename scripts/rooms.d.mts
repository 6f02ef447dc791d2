/** Types of rooms.mjs, for its test. */
export function roomsOf(text: string): Map<string, Set<string>>;
export function violations(
  files: ReadonlyMap<string, string>,
  rooms: ReadonlyMap<string, ReadonlySet<string>>,
): string[];
