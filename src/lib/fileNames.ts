/** Names of files that were given together: their order, and how a sentence lists them. */
import { listed } from './listed';

const collator = new Intl.Collator('en', { numeric: true });

/** As a person counts: `model-9` before `model-10`. */
export function inOrderOfNames<Named extends { readonly name: string }>(files: readonly Named[]): Named[] {
  return [...files].sort((a, b) => collator.compare(a.name, b.name));
}

/** A name from a file may be of any length. */
const longest = 100;
const mostNamed = 20;

/** `a`, `a and b`, `a, b and c`; of very many the first, and how many more there are. */
export function namesInWords(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).map((name) => (name.length > longest ? `${name.slice(0, longest)}…` : name));
  if (names.length > mostNamed) return `${shown.join(', ')} and ${names.length - mostNamed} more`;
  return listed(shown);
}
