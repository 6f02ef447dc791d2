/** What the tests do with the studio, in a user's words. Only names from the design are relied on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, type Download, expect, type Locator, type Page } from '@playwright/test';
import type { Recipe, Rule } from '../../src/pruning/recipe';

export { expect };

export const samples = 'public/samples';

export interface NamedFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A studio on its start page. Whatever the browser's console says fails the test. */
export const test = base.extend<{ studio: Studio }>({
  studio: async ({ page }, use) => {
    const said: string[] = [];
    page.on('console', (message) => {
      // What Playwright itself says for every page.
      if (!message.text().startsWith('Service Worker registration blocked'))
        said.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => said.push(`uncaught: ${error.message}`));
    const studio = new Studio(page);
    await studio.visit();
    await use(studio);
    expect(said).toEqual([]);
  },
});

export class Studio {
  readonly page: Page;
  readonly main: Locator;
  readonly layers: Locator;
  readonly modelSparsity: Locator;
  readonly threshold: Locator;
  readonly thresholdValue: Locator;
  readonly targetSparsity: Locator;
  readonly dialog: Locator;
  readonly alert: Locator;

  constructor(page: Page) {
    this.page = page;
    this.main = page.locator('main');
    this.layers = ['table', 'grid', 'treegrid']
      .map((role) => page.getByRole(role as 'grid', { name: 'Layers' }))
      .reduce((one, other) => one.or(other));
    this.modelSparsity = page.getByLabel('Model sparsity', { exact: true });
    this.threshold = page.getByRole('slider', { name: 'Threshold' });
    this.thresholdValue = page.getByLabel('Threshold value', { exact: true });
    this.targetSparsity = page.getByLabel('Target sparsity', { exact: true });
    this.dialog = page.getByRole('dialog');
    this.alert = page.getByRole('alert');
  }

  async visit(): Promise<void> {
    await this.page.goto('/');
    await this.expectStatus('empty');
  }

  /** In a window that keeps nothing, as private ones may. */
  async visitPrivately(): Promise<void> {
    await this.page.addInitScript(() => {
      Object.defineProperty(window, 'indexedDB', {
        value: {
          open: () => {
            throw new DOMException('Nothing is kept here.', 'InvalidStateError');
          },
        },
      });
    });
    await this.visit();
  }

  /** Gives files to the one file input. */
  async open(files: string | string[] | NamedFile[]): Promise<void> {
    await this.page.locator('input[type=file]').setInputFiles(files);
  }

  async openSample(name = 'digits-cnn.pth'): Promise<void> {
    await this.open(join(samples, name));
    await this.expectStatus('ready');
  }

  async expectStatus(status: 'empty' | 'opening' | 'ready' | 'exporting' | 'error'): Promise<void> {
    await expect(this.main).toHaveAttribute('data-status', status);
  }

  row(name: string): Locator {
    return this.layers.getByRole('row').filter({ hasText: name });
  }

  /** Shows the rows that are folded away: biases, norms, buffers that are off. */
  async showAll(): Promise<void> {
    await this.page.getByRole('button', { name: /more tensors$/ }).click();
  }

  /** Rows of tensors that are shown, as far as the table is in view. */
  rows(): Locator {
    return this.layers.locator('tbody').getByRole('row');
  }

  /** The sparsity of a layer in percent, or why it has none, as its row says it; sparsity is the last column. */
  sparsityOf(name: string): Locator {
    return this.row(name).getByRole('gridcell').last();
  }

  /** Selects the layer that the editor then shows. */
  async choose(name: string): Promise<void> {
    const row = this.row(name).first();
    const folded = this.page.getByRole('button', { name: /more tensors$/ });
    await expect(row.or(folded).first()).toBeVisible();
    if (!(await row.isVisible())) await this.showAll();
    await this.row(name).first().getByText(name.split('.').at(-2)!).click();
    await expect(this.row(name).first()).toHaveAttribute('aria-selected', 'true');
  }

  async setScope(scope: 'This layer' | 'Selected' | 'Whole model'): Promise<void> {
    await this.page.getByRole('radiogroup', { name: 'Edit scope' }).getByText(scope).click();
  }

  async enter(field: Locator, value: string): Promise<void> {
    await field.fill(value);
    await field.press('Enter');
  }

  /** The threshold lies between two values that stand next to each other in the layer. */
  async expectThreshold(from: number, below: number): Promise<void> {
    await expect
      .poll(async () => {
        const threshold = Number(await this.thresholdValue.inputValue());
        return threshold >= from && threshold < below;
      })
      .toBe(true);
  }

  /** Model sparsity in percent, as shown. */
  async sparsity(): Promise<number> {
    const text = (await this.modelSparsity.textContent()) ?? '';
    return Number.parseFloat(text.replace(/[^0-9.]*([0-9.]+).*/s, '$1'));
  }

  async export(): Promise<void> {
    await this.page.getByRole('button', { name: /^Export/ }).click();
    await expect(this.dialog).toBeVisible();
  }

  /** Exports, waits for the report and leaves the dialog open. */
  async download(): Promise<{ name: string; path: string; bytes(): Buffer }> {
    await this.export();
    const downloading: Promise<Download> = this.page.waitForEvent('download');
    await this.dialog.getByRole('button', { name: 'Download', exact: true }).click();
    const download = await downloading;
    const path = await download.path();
    return { name: download.suggestedFilename(), path, bytes: () => readFileSync(path) };
  }
}

export function rule(about: Partial<Rule> = {}): Rule {
  return { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity: 0.8 }, ...about };
}

export function recipeOf(...rules: Rule[]): Recipe {
  return { format: 'secateur-recipe', version: 1, rules };
}

export function recipeFile(recipe: unknown, name = 'recipe.json'): NamedFile {
  return { name, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(recipe)) };
}

export function sampleFile(name = 'digits-cnn.pth'): NamedFile {
  return { name, mimeType: 'application/octet-stream', buffer: readFileSync(join(samples, name)) };
}

/** Gives the file input a safetensors file of `layers` equal f32 layers of 64 MiB. Their bytes are one Blob, repeated. */
export async function openHuge(page: Page, layers: number): Promise<void> {
  await page.evaluate((layers) => {
    const [rows, columns] = [4096, 4096];
    const weights = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i) * 0.1);
    const block = new Blob([weights]);
    const tensors = Object.fromEntries(
      Array.from({ length: layers }, (_, i) => [
        `blocks.${i}.fc.weight`,
        { dtype: 'F32', shape: [rows, columns], data_offsets: [i * block.size, (i + 1) * block.size] },
      ]),
    );
    const json = JSON.stringify(tensors);
    const length = new DataView(new ArrayBuffer(8));
    length.setBigUint64(0, BigInt(json.length), true);
    const file = new File([length, json, ...Array<Blob>(layers).fill(block)], 'huge.safetensors');
    const transfer = new DataTransfer();
    transfer.items.add(file);
    const input = document.querySelector<HTMLInputElement>('input[type=file]')!;
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, layers);
}
