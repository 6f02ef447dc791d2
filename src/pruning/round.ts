/** Python's `round(x)`: to the nearest integer, halves to the even one. `Math.round` sends halves up. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/** How many of `n` weights a fraction means, as torch.nn.utils.prune computes it: in doubles, halves to even. */
export function countForFraction(fraction: number, n: number): number {
  return roundHalfEven(fraction * n);
}
