/** Files of other libraries than PyTorch's: each opens, is pruned in place, and is downloaded as large as it was. */
import { readFileSync } from 'node:fs';
import { tensorsIn } from './safetensors';
import { expect, test } from './studio';

const golden = 'tests/golden/files';
const files = [
  ['keras/net.keras', 'Keras'],
  ['keras/net.h5', 'Keras'],
  ['tflite/float.tflite', 'TensorFlow Lite'],
  ['gguf/llama.gguf', 'GGUF'],
  ['numpy/stored.npz', 'NumPy arrays'],
] as const;

test('files of Keras, TensorFlow Lite, llama.cpp and NumPy are pruned in place', async ({ studio, page }) => {
  test.slow();
  for (const [path, format] of files) {
    await studio.open(`${golden}/${path}`);
    const name = path.replace(/.*\//, '');
    await expect(page).toHaveTitle(`${name} · Secateur`);
    await studio.expectStatus('ready');
    await expect(page.getByRole('banner')).toContainText(format);
    await studio.setScope('Whole model');
    await studio.enter(studio.targetSparsity, '50');
    await expect(studio.modelSparsity).toHaveText(/(49|50)\.\d %/);
    const download = await studio.download();
    await expect(studio.dialog).toContainText('verified');
    expect(download.name).toBe(name.replace('.', '-pruned.'));
    const [before, after] = [readFileSync(`${golden}/${path}`), download.bytes()];
    expect(after.length).toBe(before.length);
    expect(after.equals(before)).toBe(false);
    await studio.dialog.getByRole('button', { name: 'Done' }).click();
  }
});

test('a training checkpoint is left with its state dict in half the bits, and the recipe applied', async ({
  studio,
  page,
}) => {
  await studio.open(`${golden}/lean/training.pth`);
  await studio.expectStatus('ready');
  await studio.choose('state_dict.fc.weight');
  await studio.enter(studio.targetSparsity, '50');
  await studio.export();
  const lean = page.getByRole('region', { name: 'Lean checkpoint' });
  await expect(lean).toContainText(/18 tensors of training/);
  await lean.getByLabel('Weights').selectOption('f16');
  await expect(lean).toContainText('1 tensor would have infinite weights as f16');
  await lean.getByLabel('Weights').selectOption('as they are');
  await lean.getByLabel('File').selectOption('safetensors');
  const downloading = page.waitForEvent('download');
  await lean.getByRole('button', { name: 'Download: Lean checkpoint' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('training-lean.safetensors');
  await expect(lean.getByRole('status')).toContainText('training-lean.safetensors in your downloads');
  await expect(lean).toContainText('load_file("training-lean.safetensors")');
  const tensors = tensorsIn(readFileSync(await download.path()));
  expect([...tensors.keys()].sort()).toEqual([
    'conv.bias',
    'conv.weight',
    'fc.bias',
    'fc.weight',
    'head.weight',
    'norm.bias',
    'norm.running_mean',
    'norm.running_var',
    'norm.weight',
  ]);
  const { values } = tensors.get('head.weight')!;
  expect(values.filter((value) => value === 0)).toHaveLength(60);
});
