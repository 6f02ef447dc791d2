/** Inputs as people have them: what is taken and what is not is said, and a wrong guess is corrected. */
import { npy } from '../support/npy';
import { expectNoSeriousFault } from './faults';
import { chooseFromMenu, qualityOf } from './quality';
import { expect, type NamedFile, test } from './studio';

function file(name: string, ...given: Parameters<typeof npy>): NamedFile {
  return { name, mimeType: '', buffer: Buffer.from(npy(...given)) };
}

/** Eight by eight, with something in it. */
const images = (count: number) => Array.from({ length: count * 64 }, (_, i) => (i % 17) / 17);

test('arrays are listed with what each is used as, a wrong guess is corrected, and open sizes are asked for in words', async ({
  studio,
}) => {
  const { page, dialog } = studio;
  await studio.openSample('digits-cnn.onnx');
  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await expect(qualityOf(page)).toContainText('random inputs');
  await chooseFromMenu(page, 'Change inputs…');
  await dialog.getByText('Random', { exact: true }).click();
  await expect(dialog.getByLabel('Batch')).toHaveValue('8');
  await expect(dialog).toContainText(/: batch × 1 × 8 × 8/);

  await dialog.getByText('Arrays', { exact: true }).click();
  await dialog
    .getByLabel('Array files', { exact: true })
    .setInputFiles([
      file('part0.npy', [3, 1, 8, 8], '<f4', images(3)),
      file('part1.npy', [2, 1, 8, 8], '<f4', images(2)),
      file('klasse.npy', [5], '<i8', [1, 2, 3, 4, 5]),
      file('notes.npy', [4, 4]),
    ]);
  await expect(dialog.getByRole('region', { name: /4 arrays/ }).first()).toContainText('4×4 is no batch × 1 × 8 × 8');
  await expect(dialog.getByLabel('Use of klasse')).toHaveValue('labels');
  await expect(dialog.getByLabel('Use of notes')).toHaveValue('aside');
  await expect(dialog.getByRole('region', { name: 'Inputs in use' })).toContainText('5 samples from 4 files');
  await expect(dialog.getByRole('region', { name: 'Inputs in use' })).toContainText('labels');
  await expectNoSeriousFault(page, 'the list of arrays', { within: '[role=dialog]' });

  // What cannot be is refused in a sentence, and the list stays to choose again.
  await dialog.getByLabel('Use of notes').selectOption('labels');
  await dialog.getByRole('button', { name: 'Use as chosen' }).click();
  await expect(dialog.getByRole('alert')).toContainText('labels');
  await dialog.getByLabel('Use of notes').selectOption('left aside');
  await dialog.getByLabel('Use of klasse').selectOption('left aside');
  await dialog.getByRole('button', { name: 'Use as chosen' }).click();
  await expect(dialog.getByRole('alert')).toHaveCount(0);
  await expect(dialog.getByRole('region', { name: 'Inputs in use' })).not.toContainText('labels');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(qualityOf(page)).toContainText('5 inputs');
});
