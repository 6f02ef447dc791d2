/** `a`, `a and b`, `a, b and c` */
export function listed(words: readonly string[]): string {
  const before = words.slice(0, -1).join(', ');
  return before === '' ? words.join('') : `${before} and ${words.at(-1)}`;
}
