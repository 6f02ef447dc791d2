const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** In milliseconds, the largest first. */
const units = [
  ['year', 365 * 864e5],
  ['month', 30 * 864e5],
  ['week', 7 * 864e5],
  ['day', 864e5],
  ['hour', 36e5],
  ['minute', 6e4],
] as const;

/** `just now`, `5 minutes ago`, `yesterday`. @param at in milliseconds since 1970 */
export function agoText(at: number, now = Date.now()): string {
  const since = Math.max(0, now - at);
  const [unit, length] = units.find(([, length]) => since >= length) ?? [];
  return unit ? words.format(-Math.floor(since / length), unit) : 'just now';
}
