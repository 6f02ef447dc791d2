/** Evaluation of the open model, in a user's words. */
import type { Locator, Page } from '@playwright/test';
import { expect, type Studio } from './studio';

export function qualityOf(page: Page): Locator {
  return page.getByRole('group', { name: 'Quality', exact: true });
}

/** The figure in percent, once it is of the recipe shown. */
export async function quality(page: Page): Promise<number> {
  await expect(qualityOf(page).locator('[data-stale=false]')).toBeVisible();
  await expect(qualityOf(page)).toHaveAttribute('aria-busy', 'false');
  return Number.parseFloat((await qualityOf(page).locator('b').textContent()) ?? '');
}

export async function chooseFromMenu(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: 'Quality options' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

/** In the dialog of inputs. */
export async function giveTestSet({ dialog }: Studio, patience?: { readonly timeout: number }): Promise<void> {
  await dialog.getByRole('button', { name: 'Use the sample’s test set' }).click();
  await expect(dialog).toContainText('599 samples from digits-test.npz', patience);
  await dialog.getByRole('button', { name: 'Done' }).click();
}

/** Opens the sample's graph and runs it on its labelled test set. */
export async function evaluateSample(studio: Studio, patience?: { readonly timeout: number }): Promise<void> {
  await studio.openSample('digits-cnn.onnx');
  await runOnTestSet(studio, patience);
}

/** Runs the open graph on the sample's labelled test set. */
export async function runOnTestSet(studio: Studio, patience?: { readonly timeout: number }): Promise<void> {
  const { page } = studio;
  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await expect(qualityOf(page)).toContainText('random inputs', patience);
  await chooseFromMenu(page, 'Change inputs…');
  await giveTestSet(studio, patience);
  await expect(qualityOf(page)).toContainText('Accuracy, 599 inputs', patience);
}
