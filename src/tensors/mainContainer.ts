/** The dict that holds most of the weights that are in by default: '' for the outermost one. */
export function mainContainer(
  layers: readonly { readonly container: string; readonly byDefault: boolean; readonly numel: number }[],
): string {
  const weights = new Map<string, number>();
  for (const { container, byDefault, numel } of layers) {
    if (byDefault) weights.set(container, (weights.get(container) ?? 0) + numel);
  }
  return [...weights].reduce((most, each) => (each[1] > most[1] ? each : most), ['', 0] as const)[0];
}
