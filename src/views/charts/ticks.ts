/** Axis ticks at round numbers, and how they read. */

/** `count` may be exceeded by a step or two. @returns multiples of 1, 2 or 5 times a power of ten within [low, high] */
export function roundTicks(low: number, high: number, count: number): number[] {
  const step = roundStep((high - low) / count);
  if (!Number.isFinite(step) || step <= 0) return [];
  const ticks: number[] = [];
  // Counted in whole steps: adding the step up would drift. The 0 makes a -0 positive.
  for (let i = Math.ceil(low / step - 1e-9) + 0; i <= high / step + 1e-9; i++) ticks.push(i * step);
  return ticks;
}

/** The next of 1, 2, 5 times a power of ten. @param atLeast above 0 */
export function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= atLeast * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Labels with as many digits as tell the ticks apart: `-0.04`, `0`, `0.04`; exponents where those would be long. */
export function tickLabels(ticks: readonly number[]): string[] {
  const [first = 1, second] = ticks;
  const step = second === undefined ? Math.abs(first) : second - first;
  const largest = Math.max(...ticks.map(Math.abs));
  const stepExponent = Math.floor(Math.log10(step) + 1e-9);
  if (stepExponent < -4 || largest >= 1e6) {
    const digits = Math.max(0, Math.floor(Math.log10(largest) + 1e-9) - stepExponent);
    return ticks.map((tick) => (tick === 0 ? '0' : tick.toExponential(digits).replace('e+', 'e')));
  }
  return ticks.map((tick) => (Math.abs(tick) < step / 2 ? '0' : tick.toFixed(Math.max(0, -stepExponent))));
}

/** Of a logarithmic axis: powers of ten, and 2 and 5 times those where there is room. @param low above 0 */
export function magnitudeTicks(low: number, high: number, count: number): number[] {
  const decades = Math.log10(high / low);
  if (decades * 1.5 < 1) return roundTicks(low, high, count);
  const factors = decades * 3 <= count ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / count));
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.ceil(Math.log10(high)); exponent++) {
    if (exponent % every === 0) ticks.push(...factors.map((factor) => factor * 10 ** exponent));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** Whole numbers only: there are no half weights. */
export function countTicks(highest: number, log: boolean): number[] {
  if (!log) return roundTicks(0, highest, 4).filter(Number.isInteger);
  const ticks: number[] = [];
  const decades = Math.floor(Math.log10(Math.max(1, highest)));
  const every = Math.max(1, Math.ceil(decades / 5));
  for (let exponent = 0; exponent <= decades; exponent += every) ticks.push(10 ** exponent);
  return ticks;
}
