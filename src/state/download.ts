/** Hands files to the browser's downloads. */

/** How long the address of a download stays valid: browsers read it after the click returns. */
const lifetime = 60_000;

export function download(file: Blob, fileName: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), lifetime);
}

/** Chromium drops downloads that follow each other faster. */
const apart = 150;

/** One download each, of those that were not saved elsewhere. */
export function downloadAll(files: readonly { readonly name: string; readonly file?: Blob }[]): void {
  files.forEach(({ name, file }, i) => {
    if (!file) return;
    if (i === 0) download(file, name);
    else setTimeout(() => download(file, name), i * apart);
  });
}
