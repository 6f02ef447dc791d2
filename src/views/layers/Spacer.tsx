/** Stands for the rows that are not drawn. */
export function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: this row takes no focus
  return <tr aria-hidden="true" style={{ height }} />;
}
