import { expect, it } from 'vitest';
import { openFile } from '../../support/exporting';
import { loadWasmKernels } from '../../support/kernels';
import { float, modelOf, node } from '../formats/onnx/models';

/** Convolutions one behind the other. */
async function notesOf(count: number, { biases = count, norms = 0 } = {}): Promise<string[]> {
  const nodes = Array.from({ length: count }, (_, i) =>
    node('Conv', [`x${i}`, `w${i}`, ...(i < biases ? [`b${i}`] : [])], [`x${i + 1}`]),
  );
  for (let i = 0; i < norms; i++) nodes.push(node('BatchNormalization', [`x${count}`, 's', 's', 's', 's'], ['y']));
  const weights = Object.fromEntries(
    nodes.flatMap((_, i) => [
      [`w${i}`, float(2, 2, 3, 3)],
      [`b${i}`, float(2)],
    ]),
  );
  const file = new File([modelOf(nodes, { ...weights, s: float(2) })], 'model.onnx');
  const { session } = await openFile(file, loadWasmKernels());
  return session.opened.notes.map(({ text }) => text).filter((text) => text.includes('folded'));
}

it('of a deep network of convolutions with biases and no norms it is said that batch norm is folded into them', async () => {
  expect(await notesOf(8)).toHaveLength(1);
});

it.each([
  ['it has norms', 8, { norms: 1 }],
  ['a convolution has no bias', 9, { biases: 8 }],
  ['it has few convolutions', 3, {}],
])('nothing is said where %s', async (_, count, about) => {
  expect(await notesOf(count, about)).toEqual([]);
});
