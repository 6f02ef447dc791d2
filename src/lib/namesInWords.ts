/** A name from a file may be of any length. */
const longest = 100;
const mostNamed = 20;

/** `a`, `a and b`, `a, b and c`; of very many the first, and how many more there are. */
export function namesInWords(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).map((name) => (name.length > longest ? `${name.slice(0, longest)}…` : name));
  if (names.length > mostNamed) return `${shown.join(', ')} and ${names.length - mostNamed} more`;
  const before = shown.slice(0, -1).join(', ');
  return before === '' ? shown.join('') : `${before} and ${shown.at(-1)}`;
}
