/** Several files at once: a model with its weights beside it, and the whole folder of a model hub. */
import { readFileSync } from 'node:fs';
import { quality, qualityOf } from './quality';
import { expect, type NamedFile, samples, test } from './studio';

const folder = 'tests/golden/files/external/exported';
const model = `${folder}/net.onnx`;
const data = `${folder}/net.onnx.data`;

function text(name: string, content: string): NamedFile {
  return { name, mimeType: '', buffer: Buffer.from(content) };
}

function fromDisk(path: string, name: string): NamedFile {
  return { name, mimeType: '', buffer: readFileSync(path) };
}

test('a model and its data open together, are pruned, evaluated and downloaded', async ({ studio, page }) => {
  test.slow();
  await studio.open([data, model]);
  await studio.expectStatus('ready');
  await expect(page).toHaveTitle('net.onnx · Secateur');
  await studio.setScope('Whole model');
  await studio.enter(studio.targetSparsity, '50');
  await expect(studio.modelSparsity).toHaveText('50.0 %');

  await page.getByRole('button', { name: 'Evaluate…' }).click();
  await expect(qualityOf(page)).toContainText('random inputs');
  const match = await quality(page);
  expect(match).toBeGreaterThanOrEqual(0);
  expect(match).toBeLessThanOrEqual(100);

  const download = await studio.download();
  await expect(studio.dialog).toContainText('verified');
  expect(download.name).toBe('net.onnx.data');
  const [before, after] = [readFileSync(data), download.bytes()];
  expect(after.length).toBe(before.length);
  const weights = (bytes: Buffer) =>
    new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const original = weights(before);
  const pruned = weights(after);
  let zeros = 0;
  pruned.forEach((weight, i) => {
    if (weight === 0) zeros++;
    else expect(weight).toBe(original[i]);
  });
  expect(zeros).toBe(original.length / 2);
});

test('a model alone says which file is missing, and what was open stays', async ({ studio }) => {
  await studio.openSample();
  await studio.open([model]);
  await studio.expectStatus('error');
  await expect(studio.alert).toContainText('net.onnx.data, which is missing: drop both files together');
  await studio.showAll();
  await expect(studio.rows()).toHaveCount(18);
});

test('the folder of a model hub opens, and what is no part of the model is named', async ({ studio, page }) => {
  await studio.open([
    text('.gitattributes', '*.safetensors filter=lfs diff=lfs merge=lfs -text\n'),
    text('README.md', '---\nlicense: mit\n---\n# Digits\n'),
    text('config.json', '{"architectures": ["DigitsCnn"], "model_type": "cnn"}'),
    text('generation_config.json', '{"max_length": 20}'),
    text('merges.txt', '#version: 0.2\na b\n'),
    fromDisk(`${samples}/digits-cnn.safetensors`, 'model.safetensors'),
    text('special_tokens_map.json', '{"pad_token": "[PAD]"}'),
    text('tokenizer.json', '{"version": "1.0", "truncation": null}'),
    text('vocab.txt', '[PAD]\n[UNK]\n'),
  ]);
  await studio.expectStatus('ready');
  await expect(page).toHaveTitle('model.safetensors · Secateur');
  await studio.showAll();
  await expect(studio.rows()).toHaveCount(18);
  await expect(
    page.getByText(
      /^\.gitattributes, config\.json, .* and vocab\.txt were left aside: no part of model\.safetensors\.$/,
    ),
  ).toBeVisible();
});

test('a recipe among the files of a folder is applied', async ({ studio, page }) => {
  const rule = { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 } };
  await studio.open([
    text('config.json', '{"rules": "of the road", "format": "none"}'),
    fromDisk(`${samples}/digits-cnn.safetensors`, 'model.safetensors'),
    text('half.json', JSON.stringify({ format: 'secateur-recipe', version: 1, rules: [rule] })),
  ]);
  await studio.expectStatus('ready');
  await expect(studio.modelSparsity).toHaveText('50.0 %');
  await expect(page.getByText('config.json was left aside: no part of model.safetensors.')).toBeVisible();
});

test('of two checkpoints the first by name opens, and the other is named', async ({ studio, page }) => {
  await studio.open([
    fromDisk(`${samples}/digits-cnn.safetensors`, 'second.safetensors'),
    fromDisk(`${samples}/digits-cnn.pth`, 'first.pth'),
  ]);
  await studio.expectStatus('ready');
  await expect(page).toHaveTitle('first.pth · Secateur');
  await expect(page.getByText(/^second\.safetensors was left aside: one checkpoint/)).toBeVisible();
});
