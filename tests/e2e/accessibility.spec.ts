/** No serious fault on any screen, and the whole job without a mouse. */

import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { dropFiles } from './dropFiles';
import { expectNoSeriousFault } from './faults';
import { expect, type Studio, sampleFile, samples, test } from './studio';

/** What the screens are, and how one comes to each from the one before. */
const screens: readonly [string, (studio: Studio, page: Page) => Promise<void>][] = [
  // Where nothing is kept there is more to say, and a question before work is left.
  ['the start page', (studio) => studio.visitPrivately()],
  [
    'an error on it',
    async (studio) => {
      await studio.open([{ name: 'page.pth', mimeType: '', buffer: Buffer.from('<!doctype html>') }]);
      await studio.expectStatus('error');
    },
  ],
  ['the studio', (studio) => studio.openSample()],
  [
    'the presets',
    async (_, page) => {
      await page.getByRole('button', { name: 'Presets' }).click();
      await expect(page.getByRole('menuitem').first()).toBeVisible();
    },
  ],
  [
    'the menu of recipes',
    async (_, page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Recipe', exact: true }).click();
      await expect(page.getByRole('menuitem', { name: 'Copy as JSON' })).toBeVisible();
    },
  ],
  [
    'the menu of columns',
    async (_, page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Columns' }).click();
      await expect(page.getByRole('menuitemcheckbox').first()).toBeVisible();
    },
  ],
  [
    'the menu of kinds',
    async (_, page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Show only some' }).click();
      await expect(page.getByRole('menuitem', { name: 'everything' })).toBeVisible();
    },
  ],
  [
    'a layer that is off',
    async (studio, page) => {
      await page.keyboard.press('Escape');
      await studio.choose('bn1.weight');
    },
  ],
  [
    'warnings',
    async (studio, page) => {
      await studio.choose('conv1.weight');
      await studio.enter(studio.targetSparsity, '100');
      await page.getByRole('button', { name: /Nothing is left of conv1\.weight/ }).click();
      await expect(studio.dialog).toContainText('Show the layer');
    },
  ],
  [
    'the export dialog',
    async (studio, page) => {
      await page.keyboard.press('Escape');
      await expect(studio.dialog).toBeHidden();
      await studio.export();
    },
  ],
  [
    'its report',
    async (studio) => {
      await studio.dialog.getByRole('button', { name: 'Download', exact: true }).click();
      await expect(studio.dialog).toContainText('verified');
    },
  ],
  [
    'where it pays',
    async (studio, page) => {
      await studio.dialog.getByRole('button', { name: 'Done' }).click();
      await expect(studio.dialog).toBeHidden();
      await page.getByRole('button', { name: 'Where will this pay?' }).click();
      await expect(studio.dialog).toContainText('TensorRT');
    },
  ],
  [
    'the help on keys',
    async (studio, page) => {
      await page.keyboard.press('Escape');
      await expect(studio.dialog).toBeHidden();
      await page.keyboard.press('Shift+?');
      await expect(studio.dialog).toContainText('Keyboard shortcuts');
    },
  ],
  [
    'the help on recipes',
    async (studio) => {
      await studio.dialog.getByRole('tab', { name: 'Recipes' }).click();
      await expect(studio.dialog).toContainText('The document');
    },
  ],
  [
    'the question before work is left',
    async (studio, page) => {
      await page.keyboard.press('Escape');
      await expect(studio.dialog).toBeHidden();
      await studio.choose('fc1.weight');
      await studio.enter(studio.targetSparsity, '30');
      await page.getByRole('button', { name: 'Secateur' }).click();
      await expect(studio.dialog).toContainText('Leave this checkpoint?');
    },
  ],
  [
    'the presets, where layers have settings of their own',
    async (studio, page) => {
      await studio.dialog.getByRole('button', { name: 'Stay' }).click();
      await expect(studio.dialog).toBeHidden();
      await page.getByRole('button', { name: 'Presets' }).click();
      await expect(page.getByRole('menuitem', { name: 'Keep these' })).toBeVisible();
    },
  ],
];

/** Those that need work that is kept, or another file. */
const laterScreens: typeof screens = [
  [
    'the palette',
    async (studio, page) => {
      await studio.visit();
      await studio.openSample();
      await studio.setScope('Whole model');
      await studio.enter(studio.targetSparsity, '50');
      await expect(studio.modelSparsity).toHaveText('50.0 %');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Find a command' }).fill('undo');
      await expect(page.getByRole('option', { name: /^Undo/ })).toBeVisible();
    },
  ],
  [
    'the history',
    async (_, page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('tab', { name: 'History' }).click();
      await page.getByRole('button', { name: 'Take snapshot' }).click();
      await expect(page.getByRole('table', { name: 'Snapshots' })).toBeVisible();
    },
  ],
  [
    'the editor of recipes',
    async (studio, page) => {
      await page.keyboard.press('Control+j');
      await expect(studio.dialog).toContainText('Apply');
    },
  ],
  [
    'a closer look',
    async (studio, page) => {
      await page.keyboard.press('Escape');
      await expect(studio.dialog).toBeHidden();
      await page.getByRole('button', { name: 'Understand…' }).click();
      await expect(studio.dialog.getByRole('tab', { name: 'Marks' })).toBeVisible();
    },
  ],
  [
    'what int8 would do',
    async (studio) => {
      await studio.dialog.getByRole('tab', { name: 'int8' }).click();
      await expect(studio.dialog.getByRole('table', { name: 'int8 by layer' })).toBeVisible();
    },
  ],
  [
    'the question about another checkpoint',
    async (studio, page) => {
      await page.keyboard.press('Escape');
      await expect(studio.dialog).toBeHidden();
      await dropFiles(page, sampleFile('digits-cnn.safetensors'));
      await expect(studio.dialog).toContainText('Use as reference');
    },
  ],
  [
    'two checkpoints beside each other',
    async (studio, page) => {
      await studio.dialog.getByRole('button', { name: 'Compare' }).click();
      await expect(page.getByRole('status', { name: 'Result' })).toBeVisible();
    },
  ],
  [
    'the start page of a later visit',
    async (studio) => {
      await studio.visit();
      await expect(studio.page.getByRole('region', { name: 'Continue where you left off' })).toBeVisible();
    },
  ],
  [
    'work that is offered',
    async (studio) => {
      await studio.openSample();
      await expect(studio.page.getByRole('button', { name: 'Restore work' })).toBeVisible();
    },
  ],
];

/** Every rule where the screens differ most; elsewhere what other sizes and colours can spoil. */
const looks: readonly { readonly width: number; readonly colorScheme: 'light' | 'dark'; readonly rules?: string[] }[] =
  [
    { width: 1440, colorScheme: 'light' },
    { width: 1440, colorScheme: 'dark', rules: ['color-contrast', 'link-in-text-block'] },
    { width: 1024, colorScheme: 'dark', rules: ['color-contrast', 'link-in-text-block'] },
    { width: 1024, colorScheme: 'light', rules: ['color-contrast', 'scrollable-region-focusable'] },
    { width: 390, colorScheme: 'light' },
    { width: 390, colorScheme: 'dark', rules: ['color-contrast', 'link-in-text-block'] },
  ];

// Colours are measured as they rest, not halfway through a transition.
test.describe('without motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  for (const [which, those, seen] of [
    ['any screen', screens, looks],
    // Made of the same parts: the widest and the narrowest tell.
    ['those that come with work', laterScreens, looks.filter(({ width, rules }) => !rules || width === 390)],
  ] as const) {
    test(`axe finds no serious fault on ${which}, at all widths and in both colours`, async ({ studio, page }) => {
      test.setTimeout(900_000);
      for (const [name, reach] of those) {
        await test.step(name, async () => {
          await reach(studio, page);
          for (const { width, colorScheme, rules } of seen) {
            await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
            await page.emulateMedia({ colorScheme });
            await expectNoSeriousFault(page, `${name}, ${width} wide, ${colorScheme}`, { rules });
          }
          await page.setViewportSize({ width: 1440, height: 900 });
        });
      }
    });
  }
});

/** Presses Tab until an element has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error('The Tab key does not lead there.');
}

test('the whole job is done by keyboard alone', async ({ studio, page }) => {
  const opener = page.getByRole('button', { name: 'Open checkpoint' });
  // Asked for well before the key is pressed: the browser must know by then that no dialog is to be shown.
  const choosing = page.waitForEvent('filechooser');
  await tabTo(page, opener);
  await page.keyboard.press('Enter');
  await (await choosing).setFiles(join(samples, 'digits-cnn.pth'));
  await studio.expectStatus('ready');

  await tabTo(page, studio.layers);
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('conv2.weight');
  // Out and in again.
  await page.keyboard.press('Space');
  await expect(studio.sparsityOf('conv2.weight')).toHaveText('switched off');
  await page.keyboard.press('Space');
  await expect(studio.sparsityOf('conv2.weight')).toHaveText('0.0 %');
  await page.keyboard.press('Enter');
  await expect(studio.threshold).toBeFocused();
  await page.keyboard.press('PageUp');
  await expect(studio.sparsityOf('conv2.weight')).toHaveText('10.0 %');
  await page.keyboard.press('Control+z');
  await expect(studio.modelSparsity).toHaveText('0.0 %');

  await page.keyboard.down('Shift');
  await tabTo(page, page.getByRole('radio', { name: 'This layer' }));
  await page.keyboard.up('Shift');
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('radio', { name: 'Whole model' })).toBeChecked();
  await tabTo(page, studio.targetSparsity);
  await page.keyboard.type('50');
  await page.keyboard.press('Enter');
  await expect(studio.modelSparsity).toHaveText('50.0 %');

  await page.keyboard.press('Control+e');
  await expect(studio.dialog.getByRole('button', { name: 'Download', exact: true })).toBeFocused();
  const downloading = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  expect((await downloading).suggestedFilename()).toBe('digits-cnn-pruned.pth');
  await expect(studio.dialog.getByRole('button', { name: 'Done' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(studio.dialog).toBeHidden();
});
