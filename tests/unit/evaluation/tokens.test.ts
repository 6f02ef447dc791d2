import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileOf } from '../../support/studio';
import { context, globalRecipe, openStudio } from './support';

const folder = join(import.meta.dirname, '../../golden/files/evaluation');

it("a language model has PyTorch's perplexity on the tokens it is given, and a worse one when it is pruned", async () => {
  const golden: { sequences: number[][]; perplexity: number } = JSON.parse(
    readFileSync(join(folder, 'perplexity.json'), 'utf8'),
  );
  const model = fileOf(join(folder, 'tokens.onnx'));
  const studio = await openStudio(model, 'inputs');
  await studio.evaluation.openGraph({ files: [model], isCheckpoint: true, tensors: studio.tensors }, context);
  const text = golden.sequences.map((sequence) => sequence.join(' ')).join('\n');
  const { baseline } = await studio.evaluation.setInputs({ source: { kind: 'tokens', text } }, context);
  expect(baseline.perplexity! / golden.perplexity).toBeCloseTo(1, 5);
  const everything = await studio.resolve(globalRecipe({ sparsity: 1 }));
  const pruned = await studio.evaluation.evaluate({ outcomes: everything }, context);
  // All tokens alike.
  expect(pruned.perplexity).toBeCloseTo(40, 4);
  studio.close();
});
