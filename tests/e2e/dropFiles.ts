import type { Page } from '@playwright/test';
import type { NamedFile } from './studio';

/** Drops files anywhere on the window. */
export async function dropFiles(page: Page, ...files: NamedFile[]): Promise<void> {
  const transfer = await page.evaluateHandle(
    (files) => {
      const transfer = new DataTransfer();
      for (const { name, bytes } of files) {
        transfer.items.add(new File([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))], name));
      }
      return transfer;
    },
    files.map(({ name, buffer }) => ({ name, bytes: buffer.toString('base64') })),
  );
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
}
