/** A count that a file claims, in a sentence: beyond exact integers its digits would say nothing. */
export function countInWords(count: number): string {
  return Number.isSafeInteger(count) ? String(count) : 'more than 2⁵³';
}
